"""A database that is away, hung or locked, seen from a browser.

Health and a static page answer at once all the while, pages say in the
reader's language that nothing was done, and the same process goes on when the
database does. What somebody typed meanwhile is sent again from that page.
"""

import sqlite3
import threading
import time

import pytest

from browser import Answer, arrival, ask, hidden, session

# The longest a page may take to say that it cannot: a statement's second, the
# patience after it, the wait in the queue, and a slow machine.
PAGE_LIMIT = 14.0
AT_ONCE = 1.0
WORDS = {"zh-Hans": "数据库暂时连不上", "en": "The database cannot be reached"}
QUICK = {
    "GUITU_STATEMENT_SECONDS": "1",
    "GUITU_DATABASE_WAIT_SECONDS": "1",
    "GUITU_DATABASE_CONNECTIONS": "4",
}


def static_pages_answer_at_once(office):
    for path in ["/health", "/about", "/robots.txt"]:
        answer = ask(office, path)
        assert answer.status == 200 and answer.seconds < AT_ONCE, (path, answer)


def becomes_well(office, cookie, limit=20.0) -> float:
    started = time.monotonic()
    while True:
        answer = ask(office, "/people", cookie)
        if answer.status == 200:
            return time.monotonic() - started
        assert answer.status == 503, answer
        assert time.monotonic() - started < limit, answer
        time.sleep(0.1)


def pages_say_so(office, cookie, readers=12, is_ready=False) -> list[Answer]:
    """Many readers at once, so that every connection hangs; meanwhile what
    needs no database answers at once."""
    answers: list[tuple[str, Answer]] = []

    def read(number):
        language = ["zh-Hans", "en"][number % 2]
        answers.append((language, ask(office, "/people", cookie, language)))

    threads = [threading.Thread(target=read, args=(n,)) for n in range(readers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        static_pages_answer_at_once(office)
        time.sleep(0.05)
    for thread in threads:
        thread.join()
    assert len(answers) == readers
    for language, answer in answers:
        assert answer.status == 503, answer
        assert answer.seconds < PAGE_LIMIT, answer
        assert answer.headers["Retry-After"], answer
        assert f'<html lang="{language}">' in answer.body
    said = [answer for language, answer in answers if WORDS[language] in answer.body]
    assert said, "nobody was told that the database is away"
    ready = ask(office, "/health/ready")
    assert ready.status == (200 if is_ready else 503) and ready.seconds < 3.0, ready
    return [answer for _, answer in answers]


def arrive_during(office, cookie, begin, end):
    """Somebody is being taken in when the database goes away."""
    fields, remark = arrival(office, cookie)
    before = office.count("person")
    begin()
    try:
        refused = ask(office, "/arrivals", cookie, form=fields)
        assert refused.status == 503, refused
        assert "继续提交" in refused.body and remark in refused.body, "what was typed is lost"
        again = hidden(refused.body, "/arrivals")
        assert dict(again)["key"] == dict(fields)["key"]
    finally:
        end()
    becomes_well(office, cookie)
    assert office.count("person") == before, "something was half-written"
    taken = [ask(office, "/arrivals", cookie, form=again) for _ in range(2)]
    assert [answer.status for answer in taken] == [303, 303], taken
    assert office.count("person") == before + 1
    assert office.half_written() == {}
    assert remark not in office.log_file.read_text(), "the log knows what was typed"


def serving(office_on, engine):
    """An office that gives up soon, and somebody's session in it."""
    office = office_on(engine)
    cookie = session(office)
    office.settings = QUICK
    office.serve()
    return office, cookie


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_database_that_is_away_at_the_start_is_waited_for(engine, office_on):
    office = office_on(engine)
    cookie = session(office)
    office.settings = QUICK
    if engine == "postgres":
        office.cluster.stop()
        back = office.cluster.start
    else:
        # As a disk that is not mounted yet: never a new, empty database.
        disk, away = office.folder / "disk", office.folder / "away"
        away.mkdir()
        for file in office.folder.glob("guitu.sqlite*"):
            file.rename(away / file.name)
        office.database_file = disk / "guitu.sqlite"
        back = lambda: away.rename(disk)  # noqa: E731
    try:
        office.serve(until="/health")
        static_pages_answer_at_once(office)
        for language, words in WORDS.items():
            answer = ask(office, "/people", cookie, language)
            assert answer.status == 503 and words in answer.body, answer
        assert ask(office, "/health/ready").status == 503
    finally:
        back()
    seconds = becomes_well(office, cookie)
    assert office.process.poll() is None
    assert "连不上" in office.log_tail(200) or "does not answer" in office.log_tail(200)
    office.stop()
    print(f"{engine}: met {seconds:.1f} s after it came")


def test_a_stopped_postgres_is_told_and_found_again(office_on):
    office, cookie = serving(office_on, "postgres")
    arrive_during(office, cookie, office.cluster.stop, office.cluster.start)
    office.cluster.stop()
    try:
        answers = pages_say_so(office, cookie)
    finally:
        office.cluster.start()
    seconds = becomes_well(office, cookie)
    office.stop()
    slowest = max(answer.seconds for answer in answers)
    print(f"stopped: told after at most {slowest:.1f} s, well {seconds:.1f} s after the start")


def test_a_frozen_postgres_is_told_and_found_again(office_on):
    office, cookie = serving(office_on, "postgres")
    becomes_well(office, cookie)
    office.cluster.freeze()
    try:
        answers = pages_say_so(office, cookie)
    finally:
        office.cluster.thaw()
    seconds = becomes_well(office, cookie)
    arrive_during(office, cookie, office.cluster.freeze, office.cluster.thaw)
    office.stop()
    slowest = max(answer.seconds for answer in answers)
    print(f"frozen: told after at most {slowest:.1f} s, well {seconds:.1f} s after the thaw")


def test_a_locked_table_is_told_and_waited_for_no_longer_than_allowed(office_on):
    office, cookie = serving(office_on, "postgres")
    becomes_well(office, cookie)
    with office.cluster.holding("LOCK TABLE person, episode IN ACCESS EXCLUSIVE MODE", office.database):
        # The database answers; what needs the table does not get it.
        answers = pages_say_so(office, cookie, is_ready=True)
    seconds = becomes_well(office, cookie)
    office.stop()
    slowest = max(answer.seconds for answer in answers)
    print(f"locked: told after at most {slowest:.1f} s, well {seconds:.1f} s after the lock")


def test_a_file_that_another_program_holds_is_told_and_used_again(office_on):
    office, cookie = serving(office_on, "sqlite")
    becomes_well(office, cookie)
    other = sqlite3.connect(office.folder / "guitu.sqlite", isolation_level=None, timeout=10)

    def hold():
        other.execute("BEGIN EXCLUSIVE")

    arrive_during(office, cookie, hold, lambda: other.execute("ROLLBACK"))
    # Readers go on beside the writer who holds the file; what has to leave a
    # trace cannot.
    hold()
    person = office.query("SELECT id FROM person ORDER BY id LIMIT 1")[0][0]
    told = ask(office, f"/people/{person}", cookie)
    assert told.status == 503 and told.seconds < PAGE_LIMIT, told
    assert WORDS["zh-Hans"] in told.body
    static_pages_answer_at_once(office)
    other.execute("ROLLBACK")
    becomes_well(office, cookie)
    assert ask(office, f"/people/{person}", cookie).status == 200
    office.stop()
    other.close()
    print(f"held: told after {told.seconds:.1f} s")
