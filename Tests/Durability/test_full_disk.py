"""A disk that fills up while people are taken in.

The data folder is a small disk in a namespace of its own, so that no
privilege of the machine is needed.
"""

import json
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from browser import arrival, ask, session
from guitu import Office

SIZE = "24m"


class SmallDisk:
    """A tmpfs over a folder, seen by programs that `enter` it; None where the
    kernel forbids that."""

    def __init__(self, folder):
        self.folder = folder
        self.keeper = subprocess.Popen(
            ["unshare", "-rm", "sh", "-c",
             f"mount -t tmpfs -o size={SIZE},mode=700 tmpfs '{folder}' && echo ready && exec sleep 600"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        self.works = self.keeper.stdout.readline().strip() == "ready"
        if not self.works:
            self.reason = self.keeper.stderr.read().strip()
            self.keeper.wait()

    @property
    def enter(self) -> list[str]:
        return ["nsenter", "-t", str(self.keeper.pid), "-U", "-m", "--preserve-credentials"]

    @property
    def outside(self):
        """The same files for us, who stay outside."""
        return Path(f"/proc/{self.keeper.pid}/root{self.folder}")

    def remove(self):
        self.keeper.kill()
        self.keeper.wait()


@pytest.fixture
def small_office():
    office = Office("sqlite")
    disk = SmallDisk(office.folder)
    if not disk.works:
        office.remove()
        print(f"The full disk was SKIPPED: {disk.reason}")
        pytest.skip(disk.reason)
    office.enter, office.outside = disk.enter, disk.outside
    office.invent(20, 20)
    yield office
    if office.process is not None and office.process.poll() is None:
        office.kill()
    disk.remove()
    office.remove()


def brim(filler):
    """Takes whatever room is left, to the last byte."""
    with open(filler, "ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1 << 8, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                pass


def take_in(office, token, station, key):
    """Status and answer of one arrival with much to write."""
    body = {
        "station": station, "arrivedAt": int(time.time() * 1000) - 1000, "mode": "alone",
        "sex": "male", "communication": "mute", "condition": "well",
        "conditionNotes": secrets.token_hex(200), "foundPlace": secrets.token_hex(40),
        "belongings": [{"name": secrets.token_hex(30), "quantity": 2} for _ in range(10)],
    }
    request = urllib.request.Request(
        f"{office.address}/api/arrivals", data=json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {token}", "Content-Type": "application/json",
            "Idempotency-Key": key,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer), body
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal), body


def test_a_full_disk_is_told_and_work_goes_on_when_there_is_room(small_office):
    office = small_office
    station = office.stations()[0]
    token = office.new_token(office.staff_of(station, "reception"))
    auditor = office.query(
        "SELECT account FROM role_grant WHERE role = 'audit-administrator' AND revoked_at IS NULL"
    )[0][0]
    audit_token = office.new_token(auditor)
    cookie = session(office)
    office.serve()
    # Filled in beforehand: what fits into the last pages is still taken.
    forms = [arrival(office, cookie) for _ in range(40)]
    before = office.count("person")

    # All but a little of the room is somebody else's.
    filler = office.outside / "filler"
    free = shutil.disk_usage(office.outside).free
    with open(filler, "wb") as file:
        file.write(b"\0" * max(0, free - (3 << 20)))
    taken, refused = [], []
    while len(refused) < 5 and len(taken) < 5000:
        key = secrets.token_hex(16)
        status, answer, _ = take_in(office, token, station, key)
        if status == 201:
            taken.append(answer["person"])
        else:
            assert status in (503, 507), (status, answer)
            assert answer["title"] == "暂时无法办理", answer
            refused.append(key)
    assert taken and len(refused) == 5
    assert ask(office, "/health").status == 200
    small = 0
    while True:
        brim(filler)
        form, remark = forms.pop()
        page = ask(office, "/arrivals", cookie, form=form)
        if page.status != 303:
            break
        small += 1
    assert page.status in (503, 507), page
    assert "磁盘已满" in page.body and remark in page.body
    assert office.count("person") == before + len(taken) + small
    assert office.half_written() == {}

    filler.unlink()
    page = ask(office, "/arrivals", cookie, form=form)
    assert page.status == 303, page
    for key in refused:
        status, answer, _ = take_in(office, token, station, key)
        assert status == 201, answer
        taken.append(answer["person"])
    assert office.count("person") == before + len(taken) + small + 1
    there = {row[0] for row in office.query("SELECT id FROM person")}
    assert set(taken) <= there
    assert office.half_written() == {}
    office.stop()
    verified = office.run("audit", "verify", token=audit_token)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    print(f"{len(taken)} arrivals, {len(refused)} refused while the disk of {SIZE} was full")
