"""What an old man says becomes a county, in a real browser and by keyboard.

The index is small and built here: an invented province whose dialect says hu
as fu and nan as lang, and one that speaks like the standard.
"""

import pathlib

import pytest

from guitu import Office, guitu
from walk import faults, screenshot, watch

TABLES = pathlib.Path(__file__).parents[1] / "Rig" / "small-country"


@pytest.fixture(scope="module")
def listening_office(tmp_path_factory):
    index = tmp_path_factory.mktemp("places") / "places.index"
    made = guitu(
        "places", "build", "--places", str(TABLES), "--readings", str(TABLES), "--output", str(index)
    )
    assert made.returncode == 0, made.stdout + made.stderr
    office = Office("sqlite")
    office.settings["GUITU_PLACES"] = str(index)
    try:
        office.invent(20, 20)
        office.serve()
        yield office
        office.stop()
    finally:
        office.remove()


def shares(page) -> list[float]:
    return [
        float(text.replace("%", "").replace(">", "").replace("<", ""))
        for text in page.locator(".candidate .probability").all_inner_texts()
    ]


def test_an_old_mans_words_find_his_county(listening_office, sign_in_to, page):
    heard = watch(page)
    office = listening_office
    sign_in_to(office)(page, office.login("tracing-officer"))
    page.goto(f"{office.address}/heard")
    assert faults(page, "empty") == []

    # He says 湖南县 the way they say it at home; Enter sends it.
    page.focus("[name=heard0]")
    page.keyboard.type("fu lang")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    first = page.locator(".candidate").first.inner_text()
    assert "湖南县" in first and "湘南省" in first
    assert "听成 fu" in first
    before = shares(page)[0]
    assert faults(page, "heard") == []
    screenshot(page, "heard")

    # "福兰县?" No: the first grows, and the question after it is another one.
    row = page.locator(".candidate", has_text="福兰县")
    no = row.locator("button[value^='no:']").first
    no.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert shares(page)[0] > before
    assert page.locator(".heard-lines", has_text="福兰县").count() == 1
    assert faults(page, "narrowed") == []

    # On paper there is the call sheet and nothing else.
    page.emulate_media(media="print")
    assert page.locator(".paper-only table tbody tr").count() >= 3
    assert not page.locator("form#heard").is_visible()
    assert heard == []


def test_a_pasted_notice_becomes_a_draft(listening_office, sign_in_to, page):
    heard = watch(page)
    office = listening_office
    sign_in_to(office)(page, office.login("tracing-officer"))
    page.goto(f"{office.address}/notices/new")
    page.fill(
        "[name=text]",
        "寻人启事\n王桂花，女，65岁，身高155cm，左手背有烫伤疤痕，操信阳口音，走失时上身穿红色棉袄。\n"
        "2026年11月20日在河洛市汽车站走失，家住河南省信阳市固始县。联系电话13800000026。",
    )
    with page.expect_navigation():
        page.locator("form[action='/notices/new'] button[type=submit]").click()
    assert page.locator("mark", has_text="王桂花").locator("small").first.inner_text() == "姓名"
    assert faults(page, "read") == []
    screenshot(page, "notice")
    with page.expect_navigation():
        page.locator("form[action='/notices/take'] button[type=submit]").first.click()
    assert page.input_value("[name=name]") == "王桂花"
    assert page.input_value("[name=reporterPhone]") == ""
    assert faults(page, "draft") == []
    assert heard == []
