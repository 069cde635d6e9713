"""The same work as two of Guitu's requests, over Guitu's own tables.

`see_person` reads what `SeePerson` reads: session and grants, holder and
scope, the person, episodes, observations, belongings, links and request;
opens the sealed identity number; appends one entry to the keyed audit
chain and commits it before the page leaves. `register_arrival` writes what
`RegisterArrival` writes. The entries use Guitu's key ring, so that
`guitu audit verify` can say whether the peer really did the work.
"""

import base64
import hashlib
import hmac
import itertools
import json
import os
import secrets
import struct
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jinja2 import Environment, FileSystemLoader

from database import connect

CHINA = timezone(timedelta(hours=8))
database = connect(os.environ["PEER_DATABASE"])
_ring = json.loads(Path(os.environ["PEER_KEYS"]).read_text())["keys"]
_seal = {k["id"]: AESGCM(base64.b64decode(k["secret"])) for k in _ring if k["purpose"] == "seal"}
_audit = next(base64.b64decode(k["secret"]) for k in _ring if k["purpose"] == "audit")
_catalog = json.loads(
    (Path(__file__).parents[2] / "Sources/GuituText/Catalogs/zh-Hans.json").read_text()
)
_page = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True
).get_template("person.html")


class NotFound(Exception):
    pass


class SignInRequired(Exception):
    pass


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """Sorts by time like Guitu's; the alphabet does not matter here."""
    return f"{now():012x}{secrets.token_hex(10)}"


def digest(*parts: bytes) -> bytes:
    return hmac.digest(_audit, b"".join(parts), "sha256")


def viewer(run, cookie: str) -> dict:
    row = run(
        """SELECT a.id, a.name, a.home, a.must_change_password, h.name AS home_name,
                  (SELECT COUNT(*) FROM notification n
                   WHERE n.account = a.id AND n.read_at IS NULL) AS unread
           FROM session s JOIN account a ON a.id = s.account JOIN area h ON h.id = a.home
           WHERE s.digest = ? AND s.kind = 'browser' AND s.ended_at IS NULL
               AND s.expires_at > ? AND a.disabled_at IS NULL""",
        (hashlib.sha256(cookie.encode()).digest(), now()),
    ).fetchone()
    if row is None:
        raise SignInRequired
    grants = run(
        """SELECT role, area FROM role_grant
           WHERE account = ? AND revoked_at IS NULL ORDER BY role, area""",
        (row["id"],),
    ).fetchall()
    return {**dict(row), "areas": sorted({grant["area"] for grant in grants})}


def authorise(run, who: dict, area: str) -> None:
    above = {
        row["ancestor"]
        for row in run("SELECT ancestor FROM area_ancestor WHERE area = ?", (area,)).fetchall()
    }
    if not above.intersection(who["areas"]):
        raise NotFound


def append_audit(run, chain, actor, use_case, kind, target, request: bytes) -> None:
    """One entry, hashed over the one before, and the chain's head moved."""
    head = run(
        """UPDATE audit_head SET sequence = sequence + 1 WHERE chain = ?
           RETURNING sequence, hash""",
        (chain,),
    ).fetchone()
    if head is None:
        empty = bytes(32)
        run(
            "INSERT INTO audit_head (chain, sequence, hash, mac) VALUES (?, 1, ?, ?)",
            (chain, empty, empty),
        )
        head = {"sequence": 1, "hash": empty}
    at, sequence = now(), head["sequence"]
    marked = digest(request)

    def sized(data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + data

    fields = [chain, str(sequence), str(at), actor, use_case, kind, target, "done"]
    hashed = digest(
        b"guitu-audit-1",
        *[sized(field.encode()) for field in fields],
        sized(marked),
        sized(bytes(head["hash"])),
    )
    run(
        """INSERT INTO audit_entry
               (chain, sequence, at, actor, use_case, target_kind, target, outcome, digest, hash)
           VALUES (?, ?, ?, ?, ?, ?, ?, 'done', ?, ?)""",
        (chain, sequence, at, actor, use_case, kind, target, marked, hashed),
    )
    mark = digest(f"guitu-head-1|{chain}|{sequence}|".encode(), hashed)
    run("UPDATE audit_head SET hash = ?, mac = ? WHERE chain = ?", (hashed, mark, chain))


def opened(sealed: bytes | None, person: str) -> str | None:
    """Masked as Guitu's page shows it."""
    if sealed is None:
        return None
    sealed = bytes(sealed)
    plain = _seal[sealed[2:6].hex()].decrypt(
        sealed[6:18], sealed[18:], f"person.identity_number:{person}".encode()
    )
    number = plain.decode()
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


def said_time(ms: int) -> str:
    at = datetime.fromtimestamp(ms / 1000, CHINA)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def said(day: str | None) -> str | None:
    """A partial day is kept as its two bounds and what was said."""
    return day and day.split(" ", 1)[-1]


def age(birth: str | None) -> str | None:
    if birth is None:
        return None
    first, last = (int(bound[:4]) for bound in birth.split(" ", 1)[0].split(".."))
    year = datetime.now(CHINA).year
    return f"{year - last}岁" if first == last else f"{year - last}—{year - first}岁"


def keys_of_forms():
    """One random beginning a page, then a number a form, as Guitu has it."""
    beginning, number = secrets.token_hex(24), itertools.count(1)
    return lambda: f"{beginning}-{next(number)}"


def see_person(cookie: str, person: str) -> str:
    with database.transaction(writes=False) as run:
        who = viewer(run, cookie)
        row = run("SELECT holder, protection FROM person WHERE id = ?", (person,)).fetchone()
        if row is None:
            raise NotFound
        holder = row["holder"]
        authorise(run, who, holder)
        marks = ", ".join("?" * len(who["areas"]))
        scope = f"""(EXISTS (SELECT 1 FROM area_ancestor scope WHERE scope.area = p.holder
                        AND scope.ancestor IN ({marks}))
                     AND (p.protection = 'none' OR p.holder IN ({marks})))"""
        scoped = (*who["areas"], *who["areas"])
        found = run(
            """SELECT p.holder, a.name AS station_name, p.name, p.name_certainty, p.sex, p.birth,
                      p.communication, p.identity_number, p.identity_digest, p.protection, p.version
               FROM person p JOIN area a ON a.id = p.holder WHERE p.id = ?""",
            (person,),
        ).fetchone()
        same = (
            run(
                f"""SELECT p.id FROM person p WHERE p.identity_digest = ? AND p.id <> ?
                    AND {scope} ORDER BY p.id""",
                (found["identity_digest"], person, *scoped),
            ).fetchall()
            if found["identity_digest"] is not None
            else []
        )
        episodes = run(
            """SELECT e.id, e.case_number, a.name AS station_name, e.arrived_at, e.ended_at,
                      e.arrival_mode, e.brought_by, e.found_place, e.found_on, e.condition,
                      e.condition_notes, e.rule, w.kind, w.place, r.name AS room, b.name AS bed,
                      d.kind AS departure
               FROM episode e JOIN area a ON a.id = e.station
               LEFT JOIN whereabouts w ON w.episode = e.id AND w.until_at IS NULL
               LEFT JOIN bed_stay s ON s.episode = e.id AND s.until_at IS NULL
               LEFT JOIN bed b ON b.id = s.bed LEFT JOIN room r ON r.id = b.room
               LEFT JOIN departure d ON d.episode = e.id
               WHERE e.person = ? ORDER BY e.arrived_at DESC""",
            (person,),
        ).fetchall()
        observations = run(
            """SELECT o.id, o.kind, o.value, o.source, o.certainty, o.observed, o.occurred_at,
                      o.recorded_at, COALESCE(a.name, o.recorded_by) AS recorded_by,
                      o.retracted_at, o.retraction_reason
               FROM observation o LEFT JOIN account a ON a.id = o.recorded_by
               WHERE o.person = ? ORDER BY o.recorded_at DESC, o.id DESC""",
            (person,),
        ).fetchall()
        belongings = run(
            """SELECT g.name, g.quantity, g.keeping, g.kept_at, g.returned_at, g.returned_to
               FROM belonging g JOIN episode e ON e.id = g.episode
               WHERE e.person = ? ORDER BY g.kept_at, g.id""",
            (person,),
        ).fetchall()
        links = run(
            f"""SELECT l.id, l.reason, l.linked_at, p.id AS person, p.name
                FROM person_link l
                JOIN person p ON p.id = CASE WHEN l.one = ? THEN l.other ELSE l.one END
                WHERE (l.one = ? OR l.other = ?) AND l.unlinked_at IS NULL AND {scope}
                ORDER BY l.linked_at""",
            (person, person, person, *scoped),
        ).fetchall()
        request = run(
            f"""SELECT r.id, r.state, r.consent, r.opened_at
                FROM tracing_request r JOIN person p ON p.id = r.person
                WHERE r.person = ? AND {scope} ORDER BY r.opened_at DESC""",
            (person, *scoped),
        ).fetchone()
    page = _page.render(
        who=who,
        person=found,
        identity=opened(found["identity_number"], person),
        same=same,
        here=next((e for e in episodes if e["ended_at"] is None), None),
        observations=observations,
        belongings=belongings,
        links=links,
        request=request,
        id=person,
        time=said_time,
        said=said,
        age=age,
        one_word=lambda one: _catalog[f"sex.{one['value']}"]
        if one["kind"] == "sex"
        else one["value"],
        now=now(),
        word=lambda kind, value: _catalog[f"{kind}.{value}"],
        unknown="不详",
        csrf=hmac.digest(_audit, b"csrf" + cookie.encode(), "sha256").hex(),
        key=keys_of_forms(),
    )
    asked = json.dumps({"person": person}).encode()
    with database.transaction(writes=True) as run:
        append_audit(run, holder, who["id"], "SeePerson", "person", person, asked)
    return page


def register_arrival(cookie: str, key: str, arrival: dict) -> dict:
    """Takes in an unnamed person; the same key gives the first answer again."""
    asked = json.dumps(arrival, sort_keys=True).encode()
    marked = digest(asked)
    station, at = arrival["station"], now()
    with database.transaction(writes=True) as run:
        who = viewer(run, cookie)
        authorise(run, who, station)
        actor = who["id"]
        first = run(
            """INSERT INTO idempotency (actor, request_key, use_case, digest, made_at)
               VALUES (?, ?, 'RegisterArrival', ?, ?) ON CONFLICT DO NOTHING""",
            (actor, key, marked, at),
        ).rowcount
        if not first:
            kept = run(
                "SELECT answer FROM idempotency WHERE actor = ? AND request_key = ?", (actor, key)
            ).fetchone()
            return json.loads(kept["answer"])
        number = run(
            """UPDATE station SET next_unnamed = next_unnamed + 1 WHERE area = ?
               RETURNING next_unnamed - 1 AS n""",
            (station,),
        ).fetchone()["n"]
        code = run(
            "SELECT a.code FROM station s JOIN area a ON a.id = s.area WHERE s.area = ?", (station,)
        ).fetchone()["code"]
        year = datetime.now(CHINA).year
        case = run(
            """INSERT INTO case_number (station, year, next) VALUES (?, ?, 2)
               ON CONFLICT (station, year) DO UPDATE SET next = case_number.next + 1
               RETURNING next - 1 AS n""",
            (station, year),
        ).fetchone()["n"]
        name = f"无名氏{number}"
        person, episode = new_id(), new_id()
        run(
            """INSERT INTO person (id, holder, name, name_certainty, pinyin, sex, birth, birth_from,
                   birth_until, communication, protection, recorded_at, recorded_by, version)
               VALUES (?, ?, ?, 'alias', ?, ?, NULL, NULL, NULL, ?, 'none', ?, ?, 1)""",
            (person, station, name, f"wu 2ming 2shi 4~{number}", arrival["sex"],
             arrival["communication"], at, actor),
        )
        sounds = ["wu", "ming", "shi", *str(number)]
        keys = {name[i : i + 1] for i in range(len(name))}
        keys |= {name[i : i + 2] for i in range(len(name))}
        keys |= {name[i:] for i in range(len(name))}
        keys |= {"".join(sounds[i:]) for i in range(len(sounds))}
        keys |= {"".join(s[0] for s in sounds[i:]) for i in range(len(sounds) - 1)}
        run(
            "INSERT INTO search_key (key, subject_kind, subject) VALUES "
            + ", ".join(["(?, 'person', ?)"] * len(keys)),
            [value for key in sorted(keys) for value in (key, person)],
        )
        number_text = f"{code}-{year}-{case:05d}"
        run(
            """INSERT INTO episode (id, person, station, case_number, arrived_at, arrival_mode,
                   brought_by, found_place, found_on, condition, condition_notes, checked_by, rule,
                   recorded_at, recorded_by)
               VALUES (?, ?, ?, ?, ?, ?, NULL, ?, NULL, ?, NULL, ?, 'IN-03', ?, ?)""",
            (episode, person, station, number_text, arrival["arrivedAt"], arrival["mode"],
             arrival["foundPlace"], arrival["condition"], actor, at, actor),
        )
        run(
            "UPDATE whereabouts SET until_at = ? WHERE episode = ? AND until_at IS NULL",
            (at, episode),
        )
        run(
            """INSERT INTO whereabouts (id, episode, kind, place, from_at, recorded_at, recorded_by)
               VALUES (?, ?, 'station', NULL, ?, ?, ?)""",
            (new_id(), episode, arrival["arrivedAt"], at, actor),
        )
        for kind, value in (("sex", arrival["sex"]), ("found-place", arrival["foundPlace"])):
            run(
                """INSERT INTO observation (id, person, kind, value, source, certainty, observed,
                       occurred_at, recorded_at, recorded_by)
                   VALUES (?, ?, ?, ?, 'staff', 'likely', NULL, ?, ?, ?)""",
                (new_id(), person, kind, value, arrival["arrivedAt"], at, actor),
            )
        run(
            """INSERT INTO fact (id, kind, subject_kind, subject, area, details, occurred_at,
                   recorded_at)
               VALUES (?, 'arrival-registered', 'person', ?, ?, ?, ?, ?)""",
            (new_id(), person, station, json.dumps({"episode": episode}),
             arrival["arrivedAt"], at),
        )
        answer = {"person": person, "episode": episode, "caseNumber": number_text,
                  "request": None, "sameIdentity": []}
        run(
            "UPDATE idempotency SET answer = ? WHERE actor = ? AND request_key = ?",
            (json.dumps(answer), actor, key),
        )
        append_audit(run, station, actor, "RegisterArrival", "area", station, asked)
    return answer
