"""The program under test, set up, started and killed as in an office."""

import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from hashlib import sha256
from pathlib import Path

from postgres import Cluster

REPOSITORY = Path(__file__).resolve().parents[2]
EXECUTABLE = Path(
    os.environ.get("GUITU_TEST_EXECUTABLE", REPOSITORY / ".build/debug/guitu")
).resolve()


ASK = """
import json, sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=10) as connection:
    rows = connection.execute(sys.argv[2])
    print(json.dumps([["" if v is None else str(v) for v in row] for row in rows]))
"""


def free_port() -> int:
    """A port nobody listens on at the moment, on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment() -> dict[str, str]:
    """Ours without what configures another Guitu."""
    return {k: v for k, v in os.environ.items() if not k.startswith("GUITU_")}


def guitu(
    *arguments: str, environment: dict[str, str] | None = None, timeout: float = 120,
    enter: list[str] | tuple[str, ...] = (),
):
    """Runs one command to its end and returns what it printed."""
    return subprocess.run(
        [*enter, EXECUTABLE, *arguments],
        env={**clean_environment(), **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


class Office:
    """A database filled with invented people, and a server over it."""

    def __init__(self, engine: str, cluster: Cluster | None = None):
        self.engine, self.cluster = engine, cluster
        self.folder = Path(tempfile.mkdtemp(prefix="guitu-office."))
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None
        self.settings: dict[str, str] = {}
        # Where the folder is another one for the program than for us.
        self.enter: list[str] = []
        self.outside = self.folder
        self.database_file = self.folder / "guitu.sqlite"
        self.log_file = self.folder / "serve.log"
        self.database = "guitu"
        if cluster is not None:
            self.database = f"office_{secrets.token_hex(4)}"
            cluster.create(self.database)

    @property
    def environment(self) -> dict[str, str]:
        database = (
            self.cluster.address(self.database)
            if self.cluster is not None
            else str(self.database_file)
        )
        return {
            **self.settings,
            "GUITU_DATA": str(self.folder),
            "GUITU_DATABASE": database,
            "GUITU_LISTEN": f"127.0.0.1:{self.port}",
        }

    def run(self, *arguments: str, timeout: float = 120, token: str | None = None):
        environment = {**self.environment, **({"GUITU_TOKEN": token} if token else {})}
        return guitu(*arguments, environment=environment, timeout=timeout, enter=self.enter)

    def invent(self, people: int, reports: int, seed: int = 1, timeout: float = 600):
        """Fills the empty database and remembers who may sign in."""
        made = self.run(
            "invent", "--people", str(people), "--reports", str(reports), "--seed", str(seed),
            "--json", timeout=timeout,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        told = json.loads(made.stdout)
        self.logins, self.password = told["logins"], told["password"]

    def login(self, role: str, nth: int = 0, place: str | None = None) -> str:
        """The `nth` account that has this role, in the order of the stations."""
        found = [
            one for one in self.logins
            if one["role"] == role and (place is None or one["place"] == place)
        ]
        return found[nth]["login"]

    # The server

    def serve(self, limit: float = 30, until: str = "/health/ready") -> float:
        """Starts the server and returns after how many seconds it was ready."""
        self.log = open(self.log_file, "ab")
        started = time.monotonic()
        self.process = subprocess.Popen(
            [*self.enter, EXECUTABLE, "serve"],
            env={**clean_environment(), **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        while True:
            try:
                with urllib.request.urlopen(self.address + until, timeout=2):
                    return time.monotonic() - started
            except (OSError, urllib.error.URLError):
                pass
            if self.process.poll() is not None or time.monotonic() - started > limit:
                raise RuntimeError("guitu serve did not become ready:\n" + self.log_tail())
            time.sleep(0.01)

    def log_tail(self, lines: int = 30) -> str:
        text = self.log_file.read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def stop(self, limit: float = 30):
        """As an operator stops it: what is on its way is answered first."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError("guitu serve did not stop on SIGTERM")
        finally:
            self.log.close()

    def remove(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Looking into the database from outside

    def query(self, sql: str) -> list[list[str]]:
        if self.cluster is not None:
            return self.cluster.query(sql, self.database)
        if self.enter:
            # SQLite finds its file by its real path, which is another one here.
            there = subprocess.run(
                [*self.enter, sys.executable, "-c", ASK, self.database_file, sql],
                capture_output=True, text=True, check=True,
            )
            return json.loads(there.stdout)
        connection = sqlite3.connect(self.database_file, timeout=10)
        try:
            with connection:
                return [["" if v is None else str(v) for v in row] for row in connection.execute(sql)]
        finally:
            connection.close()

    def count(self, table: str, where: str = "1 = 1") -> int:
        return int(self.query(f"SELECT COUNT(*) FROM {table} WHERE {where}")[0][0])

    def stations(self) -> list[str]:
        return [row[0] for row in self.query("SELECT area FROM station ORDER BY area")]

    def staff_of(self, area: str, role: str) -> str:
        """An account that holds `role` at exactly this area."""
        return self.query(
            f"SELECT account FROM role_grant WHERE area = '{area}' AND role = '{role}'"
            " AND revoked_at IS NULL ORDER BY account"
        )[0][0]

    def new_token(self, account: str, kind: str = "token") -> str:
        """A token or session, written as the program writes it: its digest only."""
        token, now = secrets.token_hex(32), int(time.time() * 1000)
        digest = sha256(token.encode()).hexdigest()
        literal = rf"'\x{digest}'" if self.cluster is not None else f"x'{digest}'"
        self.query(
            "INSERT INTO session (digest, account, kind, label, made_at, expires_at)"
            f" VALUES ({literal}, '{account}', '{kind}', 'rig', {now}, {now + 86_400_000})"
        )
        self.query(f"UPDATE account SET must_change_password = 0 WHERE id = '{account}'")
        return token

    def break_one_audit_entry(self):
        """What somebody with the database's password could do: takes away what
        guards the table, changes one word, and puts the guard back."""
        if self.cluster is not None:
            self.query("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        else:
            guard = self.query("SELECT sql FROM sqlite_master WHERE name = 'audit_entry_stays'")
            self.query("DROP TRIGGER audit_entry_stays")
        self.query(
            "UPDATE audit_entry SET actor = 'nobody' WHERE sequence = 3 AND chain = ("
            "SELECT chain FROM audit_head WHERE sequence > 3 ORDER BY chain LIMIT 1)"
        )
        if self.cluster is not None:
            self.query("ALTER TABLE audit_entry ENABLE TRIGGER USER")
        else:
            self.query(guard[0][0])

    def half_written(self) -> dict[str, int]:
        """What a transaction cut in two would leave; empty when all is whole."""
        broken = {
            "person without an episode": """
                SELECT COUNT(*) FROM person p
                WHERE NOT EXISTS (SELECT 1 FROM episode e WHERE e.person = p.id)""",
            "open episode that is nowhere": """
                SELECT COUNT(*) FROM episode e WHERE e.ended_at IS NULL AND NOT EXISTS (
                    SELECT 1 FROM whereabouts w WHERE w.episode = e.id AND w.until_at IS NULL)""",
            "person that nobody can search for": """
                SELECT COUNT(*) FROM person p WHERE NOT EXISTS (
                    SELECT 1 FROM search_key k
                    WHERE k.subject_kind = 'person' AND k.subject = p.id)""",
            "request key without an answer": """
                SELECT COUNT(*) FROM idempotency WHERE answer IS NULL""",
            "chain whose head is not its last entry": """
                SELECT COUNT(*) FROM audit_head h WHERE h.sequence <> (
                    SELECT COALESCE(MAX(a.sequence), 0) FROM audit_entry a
                    WHERE a.chain = h.chain)""",
            "chain with a gap": """
                SELECT COUNT(*) FROM audit_head h WHERE h.sequence <> (
                    SELECT COUNT(*) FROM audit_entry a WHERE a.chain = h.chain)""",
        }
        found = {name: int(self.query(sql)[0][0]) for name, sql in broken.items()}
        if self.engine == "sqlite":
            found["integrity"] = int(self.query("PRAGMA integrity_check") != [["ok"]])
            found["foreign keys"] = len(self.query("PRAGMA foreign_key_check"))
        return {name: count for name, count in found.items() if count}
