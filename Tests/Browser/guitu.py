"""The program under test, started as an operator starts it."""

import os
import socket
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
EXECUTABLE = Path(
    os.environ.get("GUITU_EXECUTABLE", REPOSITORY / ".build/debug/guitu")
).resolve()


def free_port() -> int:
    """A port nobody listens on at the moment, on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def guitu(*arguments: str, environment: dict[str, str] | None = None, **options):
    """Runs one command to its end and returns what it printed."""
    return subprocess.run(
        [EXECUTABLE, *arguments],
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )
