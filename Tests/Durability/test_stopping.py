"""Told to stop, as an operator or the system does it: what is on its way is
answered, nothing new is taken, and the program ends within its limit."""

import http.client
import signal
import socket
import sqlite3
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest

from browser import arrival, ask, session

STOP_LIMIT = 20.0  # seconds that requests may still take, as the server has it


@contextmanager
def slow_database(office):
    """Whoever takes a person in waits until the block ends."""
    if office.engine == "postgres":
        with office.cluster.holding("LOCK TABLE person IN EXCLUSIVE MODE", office.database):
            yield
    else:
        other = sqlite3.connect(office.database_file, isolation_level=None, timeout=10)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()


def head(cookie: str, length: int) -> bytes:
    return (
        "POST /arrivals HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
        f"Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def refused(office) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", office.port), timeout=2) as new:
            new.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            return new.recv(100) == b""
    except OSError:
        return True


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_what_is_on_its_way_is_answered_and_nothing_new_is_taken(engine, office_on):
    office = office_on(engine)
    cookie = session(office)
    office.serve()
    before = office.count("person")
    forms = [arrival(office, cookie)[0] for _ in range(4)]
    answers = []

    # Connections that rest, one of them after an answer.
    resting = [socket.create_connection(("127.0.0.1", office.port)) for _ in range(3)]
    resting[0].sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert resting[0].recv(1000).startswith(b"HTTP/1.1 200")
    # Somebody whose form is still being sent.
    body = urlencode(forms[3]).encode()
    slow = http.client.HTTPConnection("127.0.0.1", office.port, timeout=20)
    slow.connect()
    slow.sock.sendall(head(cookie, len(body)) + body[:40])

    with slow_database(office):
        threads = [
            threading.Thread(target=lambda f=form: answers.append(ask(office, "/arrivals", cookie, form=f)))
            for form in forms[:3]
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        assert not answers
        told = time.monotonic()
        office.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert refused(office)
        assert office.process.poll() is None
        slow.sock.sendall(body[40:])
    late = http.client.HTTPResponse(slow.sock, method="POST")
    late.begin()
    late.read()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [303] * 3, answers
    assert late.status == 303
    assert office.process.wait(STOP_LIMIT) == 0, office.log_tail()
    seconds = time.monotonic() - told
    assert seconds < 10, "a resting connection held it up"
    assert office.count("person") == before + 4
    assert office.half_written() == {}
    for connection in resting:
        connection.close()
    print(f"{engine}: ended {seconds:.1f} s after it was told")


def test_who_never_ends_does_not_keep_it_from_ending(office_on):
    office = office_on("sqlite")
    cookie = session(office)
    office.serve()
    before = office.count("person")
    endless = socket.create_connection(("127.0.0.1", office.port))
    endless.sendall(head(cookie, 1000))
    time.sleep(0.2)
    told = time.monotonic()
    office.process.send_signal(signal.SIGTERM)
    while office.process.poll() is None and time.monotonic() - told < STOP_LIMIT + 15:
        try:
            endless.sendall(b"a")  # always something, never all
        except OSError:
            pass
        time.sleep(0.5)
    seconds = time.monotonic() - told
    assert office.process.poll() == 0, office.log_tail()
    assert seconds < STOP_LIMIT + 5
    assert office.count("person") == before
    assert office.half_written() == {}
    endless.close()
    print(f"an endless form: ended {seconds:.1f} s after it was told")


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_an_import_that_was_cut_off_is_called_so_after_the_next_start(engine, office_on):
    office = office_on(engine)
    office.serve()
    office.kill()
    office.query(
        "INSERT INTO import_batch (id, area, source, file_digest, state, rows_total, rows_loaded,"
        " rows_known, rows_refused, started_at, started_by)"
        " SELECT '01hzzzzzzzzzzzzzzzzzzzzzzz', s.area, 'list', a.password, 'running', 0, 0, 0, 0, 0, 'x'"
        " FROM station s, account a LIMIT 1"
    )
    office.serve()
    assert office.query("SELECT state FROM import_batch") == [["failed"]]
