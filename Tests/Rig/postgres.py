"""A PostgreSQL cluster of one's own that keeps its word after a kill.

Scripts/postgres-for-tests runs without fsync, for speed; what is proved here
is that nothing acknowledged is lost, so this cluster commits for real.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

BIN = Path(os.environ.get("GUITU_POSTGRES_BIN", "/usr/lib/postgresql/15/bin"))
# The server refuses to run as root.
AS_OWNER = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


class Cluster:
    """Listens on a socket in a folder of its own and nowhere else."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="guitu-cluster."))
        if AS_OWNER:
            shutil.chown(self.folder, "postgres")
        self.data = self.folder / "data"
        self._run(
            BIN / "initdb", "-D", self.data, "-U", "guitu", "--auth=trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh",
        )
        with open(self.data / "postgresql.conf", "a") as settings:
            settings.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\n"
                "max_connections = 100\n"
            )

    def _run(self, *command):
        done = subprocess.run(
            [*AS_OWNER, *map(str, command)], cwd=self.folder, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def address(self, database: str = "postgres") -> str:
        return f"host={self.folder} user=guitu dbname={database}"

    def start(self):
        self._run(
            BIN / "pg_ctl", "-D", self.data, "-l", self.folder / "server.log", "-w", "-t", "60",
            "start",
        )

    def stop(self):
        subprocess.run(
            [*AS_OWNER, str(BIN / "pg_ctl"), "-D", str(self.data), "-m", "immediate", "stop"],
            cwd=self.folder, capture_output=True,
        )

    def kill(self):
        """Kills the postmaster and waits until its children noticed: a new one
        does not start while one of them still holds the shared memory."""
        pid = (self.data / "postmaster.pid").read_text().splitlines()[0]
        children = subprocess.run(
            ["pgrep", "-P", pid], capture_output=True, text=True
        ).stdout.split()
        os.kill(int(pid), signal.SIGKILL)
        deadline = time.monotonic() + 30
        while any(Path(f"/proc/{child}").exists() for child in children):
            if time.monotonic() > deadline:
                raise TimeoutError("PostgreSQL's processes outlive their postmaster")
            time.sleep(0.02)

    def freeze(self):
        """Stops every process where it stands: connections are neither refused
        nor answered."""
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        # The postmaster first: then no child is born that we do not know.
        os.kill(pid, signal.SIGSTOP)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        self.frozen = [pid, *map(int, children)]
        for child in self.frozen[1:]:
            os.kill(child, signal.SIGSTOP)

    def thaw(self):
        for process in reversed(self.frozen):
            os.kill(process, signal.SIGCONT)

    @contextmanager
    def holding(self, statement: str, database: str):
        """Keeps what `statement` took until the block ends."""
        other = subprocess.Popen(
            [
                *AS_OWNER, str(BIN / "psql"), "-h", str(self.folder), "-U", "guitu", "-d", database,
                "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1",
            ],
            cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        try:
            other.stdin.write(f"BEGIN;\n{statement};\nSELECT 'held';\n")
            other.stdin.flush()
            assert other.stdout.readline().strip() == "held"
            yield
        finally:
            other.stdin.close()
            other.wait(30)

    def create(self, database: str):
        self._run(BIN / "createdb", "-h", self.folder, "-U", "guitu", database)

    def query(self, sql: str, database: str = "postgres") -> list[list[str]]:
        """Rows as text, without a driver: psql is installed with the server."""
        shown = self._run(
            BIN / "psql", "-h", self.folder, "-U", "guitu", "-d", database, "-X", "-q", "-t", "-A",
            "-v", "ON_ERROR_STOP=1", "-F", "\t", "-c", sql,
        )
        return [line.split("\t") for line in shown.splitlines() if line]

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
