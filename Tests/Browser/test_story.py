"""From the door to home, as people do it: on real pages, in a real browser.

Someone who cannot speak is brought by the police at night. A family at
another station reports its father missing. Two officers see the report first,
and why; they agree; the family collects him.
"""

from datetime import datetime, timedelta, timezone

import pytest

from guitu import Office
from walk import faults, screenshot, watch

CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def desk(browser):
    """One clerk after another at their own screen."""
    contexts = []

    def sit_down(sign_in, login: str):
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.heard = watch(page)
        sign_in(page, login)
        return page

    yield sit_down
    heard = [line for context in contexts for page in context.pages for line in page.heard]
    for context in contexts:
        context.close()
    assert heard == []


def fill(page, **fields: str):
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)


def choose(page, **fields: str):
    for name, value in fields.items():
        page.check(f"input[name={name}][value={value}]", force=True)


def submit(page, action: str):
    """Sends the form that goes to `action`, and arrives at the next page."""
    with page.expect_navigation():
        page.locator(f"form[action='{action}'] button[type=submit]").last.click()
    assert page.locator(".summary, .problem").count() == 0, page.locator("main").inner_text()


def path(page) -> str:
    return page.evaluate("location.pathname")


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_from_the_door_to_home(engine, office_on, sign_in_to, desk):
    office: Office = office_on(engine, people=40, reports=60)
    office.serve()
    today = datetime.now(CHINA)
    lost = (today - timedelta(days=4)).strftime("%Y-%m-%d")

    # A family, at another station, two days before.
    family = desk(sign_in_to(office), office.login("tracing-officer", 2))
    family.goto(f"{office.address}/missing/new")
    fill(
        family, name="蒋守田", birth="1957年", height="168", marks="左手缺小指；右眉有疤",
        lost=lost, lostPlace="商丘市火车站", homePlace="虞城县", reporterName="蒋小军",
        reporterRelation="儿子", reporterPhone="13900000001",
    )
    choose(family, sex="male")
    submit(family, "/missing")
    report = path(family)

    # The night shift: login and password count as two of twelve inputs.
    clerk = desk(sign_in_to(office), office.login("reception"))
    inputs, screens = 2, 1
    clerk.goto(f"{office.address}/arrivals/new")
    screens += 1
    screenshot(clerk, "arrival")
    choose(clerk, mode="police", condition="well", sex="male", communication="mute")
    fill(
        clerk, broughtBy="车站派出所 李警官", birth="约68岁", foundPlace="商丘市火车站候车厅",
        belongings="蓝布包\n布鞋 ×2",
    )
    inputs += 8
    submit(clerk, "/arrivals")
    screens += 1
    choice = path(clerk)
    assert choice.endswith("/bed")
    screenshot(clerk, "bed")
    clerk.locator("input[name=bed]").first.check(force=True)
    inputs += 1
    submit(clerk, choice)
    screens += 1
    assert inputs <= 12 and screens <= 4
    person = path(clerk)
    assert "无名氏" in clerk.locator("h1").inner_text()
    assert faults(clerk, "person") == []
    screenshot(clerk, "person")

    # The tracing officer writes down what can be seen.
    first = desk(sign_in_to(office), office.login("tracing-officer", 0))
    for kind, value in (("mark", "左手缺小指"), ("mark", "右眉有疤"), ("height", "167")):
        first.goto(office.address + person)
        first.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        first.select_option("form[action$='/observations'] [name=kind]", kind)
        first.fill("form[action$='/observations'] [name=value]", value)
        submit(first, f"{person}/observations")

    # He cannot say yes or no; the director signs that the search is for his good.
    director = desk(sign_in_to(office), office.login("director"))
    director.goto(office.address + person)
    director.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    director.check("form[action$='/tracing'] input[value=cannot-decide]", force=True)
    director.fill("form[action$='/tracing'] [name=consentReason]", "不能表达，为其利益寻亲")
    submit(director, f"{person}/tracing")
    request = path(director)
    if not request.startswith("/tracing/"):
        request = director.locator("main a[href^='/tracing/']").last.get_attribute("href")

    # The ranking runs beside; nobody waits for it on a page.
    for _ in range(100):
        first.goto(office.address + request)
        if first.locator(".ranking .candidate").count():
            break
        first.wait_for_timeout(300)
    top = first.locator(".ranking .candidate").first
    assert "蒋" in top.inner_text(), first.locator("main").inner_text()
    assert top.locator(".evidence li").count() >= 3, "no word about why"
    assert faults(first, "ranking") == []
    screenshot(first, "ranking")
    candidate = top.locator("a[href^='/candidates/']").first.get_attribute("href")

    # Two different people decide; the first alone decides nothing.
    second = desk(sign_in_to(office), office.login("tracing-officer", 1))
    for officer, mark in ((first, "comparison"), (second, None)):
        officer.goto(office.address + candidate)
        assert faults(officer, "comparison") == []
        if mark:
            screenshot(officer, mark)
        choose(officer, verdict="confirm")
        fill(officer, reason="缺指、眉疤、身高和走失地点相符，已与家属视频核实")
        submit(officer, f"{candidate}/decide")
    assert second.locator("form[action$='/decide']").count() == 0
    first.goto(office.address + candidate)
    assert first.locator("form[action$='/decide']").count() == 0

    # His son comes. Nothing of his stays behind.
    clerk.goto(f"{office.address}{person}/departure")
    clerk.fill("form[action$='/return-belongings'] [name=receivedBy]", "蒋小军")
    submit(clerk, f"{person}/return-belongings")
    clerk.goto(f"{office.address}{person}/departure")
    choose(clerk, kind="family-collects")
    fill(
        clerk, collectorName="蒋小军", collectorRelation="儿子",
        collectorIdentity="411425198203040014",
    )
    clerk.check("[name=identityChecked]", force=True)
    clerk.check("[name=agreed]", force=True)
    screenshot(clerk, "departure")
    submit(clerk, f"{person}/departure")
    assert path(clerk) == person

    first.goto(office.address + request)
    assert "家属接领" in first.locator("main").inner_text() or first.locator(
        "form[action$='/close']"
    ).count() == 0
    family.goto(office.address + report)
    screenshot(family, "report")
    office.stop()
