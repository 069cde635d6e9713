"""Kills at random moments while eight writers take people in.

Whoever got an answer finds their arrival in the database, whoever got none
sends the same request again and gets one arrival, not two; nothing is
half-written, and the audit trail verifies. GUITU_TEST_KILLS says how often.
"""

import json
import os
import random
import secrets
import threading
import time
import urllib.error
import urllib.request

import pytest

from guitu import Office, guitu

KILLS = int(os.environ.get("GUITU_TEST_KILLS", "6"))
WRITERS = 8
SEED = int(os.environ.get("GUITU_TEST_SEED", "1956"))


class Writers:
    """Eight clerks who do not stop when the program does."""

    def __init__(self, office: Office, token: str, station: str):
        self.office, self.token, self.station = office, token, station
        self.answered: dict[str, dict] = {}
        self.unsure: set[str] = set()
        self.refused: list[str] = []
        self.lock = threading.Lock()

    def arrival(self) -> bytes:
        return json.dumps(
            {
                "station": self.station,
                "arrivedAt": int(time.time() * 1000) - 1000,
                "mode": "alone",
                "sex": random.choice(["male", "female"]),
                "communication": "mute",
                "condition": "well",
                "foundPlace": "火车站北广场",
                "belongings": [{"name": "布鞋", "quantity": 2}],
            }
        ).encode()

    def send(self, key: str, body: bytes) -> dict | None:
        request = urllib.request.Request(
            f"{self.office.address}/api/arrivals",
            data=body,
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            if refusal.code == 503:  # the database is away: no promise was made
                return None
            self.refused.append(f"{refusal.code} {refusal.read()[:300]!r}")
            return None
        except (OSError, ValueError):  # cut off in the middle
            return None

    def write_until(self, stop: threading.Event, bodies: dict[str, bytes]):
        while not stop.is_set():
            key, body = secrets.token_hex(16), self.arrival()
            with self.lock:
                bodies[key] = body
                self.unsure.add(key)
            answer = self.send(key, body)
            if answer is None:
                time.sleep(0.02)
                continue
            with self.lock:
                self.unsure.discard(key)
                self.answered[key] = answer


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_what_was_acknowledged_is_there_after_every_kill(engine, office_on):
    dice = random.Random(SEED)
    office = office_on(engine)
    station = office.stations()[0]
    token = office.new_token(office.staff_of(station, "reception"))
    auditor = office.query(
        "SELECT account FROM role_grant WHERE role = 'audit-administrator' AND revoked_at IS NULL"
    )[0][0]
    verifier = {**office.environment, "GUITU_TOKEN": office.new_token(auditor)}
    writers = Writers(office, token, station)
    bodies: dict[str, bytes] = {}
    before = office.count("episode")
    repeated = 0

    office.serve()
    for kill in range(KILLS):
        stop = threading.Event()
        threads = [
            threading.Thread(target=writers.write_until, args=(stop, bodies))
            for _ in range(WRITERS)
        ]
        for thread in threads:
            thread.start()
        time.sleep(dice.uniform(0.05, 1.0))
        # Every fifth kill takes the database server as well.
        if engine == "postgres" and kill % 5 == 4:
            office.cluster.kill()
            office.kill()
            stop.set()
            office.cluster.start()
        else:
            office.kill()
            stop.set()
        for thread in threads:
            thread.join()
        office.serve()
        # Nobody knows whether these were written; asking again settles it.
        for key in list(writers.unsure):
            answer = writers.send(key, bodies[key])
            assert answer is not None, writers.refused
            writers.unsure.discard(key)
            writers.answered[key] = answer
            repeated += 1
        assert writers.refused == []
        # And one that was answered gets the same answer again.
        key = dice.choice(list(writers.answered))
        assert writers.send(key, bodies[key]) == writers.answered[key]
        if kill % 20 == 19 or kill == KILLS - 1:
            verified = guitu("audit", "verify", environment=verifier)
            assert verified.returncode == 0, verified.stdout + verified.stderr
    office.stop()

    print(f"{engine}: {KILLS} kills, {len(writers.answered)} arrivals, {repeated} sent again")
    assert len(writers.answered) > KILLS, "the writers hardly wrote: nothing was proved"
    people = {answer["person"] for answer in writers.answered.values()}
    cases = {answer["caseNumber"] for answer in writers.answered.values()}
    assert len(people) == len(cases) == len(writers.answered)
    there = {row[0] for row in office.query("SELECT id FROM person")}
    assert people <= there
    assert office.count("episode") == before + len(people), "an arrival nobody asked for"
    assert office.half_written() == {}
