"""What an old man says becomes a county, in a real browser and by keyboard.

The index is small and built here: an invented province whose dialect says hu
as fu and nan as lang, and one that speaks like the standard.
"""

import pytest

from guitu import Office, guitu
from walk import faults, screenshot, watch

TABLES = {
    "divisions.tsv": """code level name parent lon lat source
430000 province 湘南省 - 112 28 stat2023
430100 prefecture 湖州市 430000 112 28 stat2023
430101 county 湖南县 430100 112 28 stat2023
430102 county 南山县 430100 112.1 28 stat2023
430103 county 福山县 430100 112.1 28.1 stat2023
110000 province 京畿省 - 116 40 stat2023
110100 prefecture 京北市 110000 116 40 stat2023
110101 county 湖南县 110100 116 40 stat2023
110102 county 福兰县 110100 116.1 40 stat2023
""",
    "townships.tsv": """code name county lon lat status
430101100 山南镇 430101 - - 2023
430101101 河口乡 430101 - - 2023
430102100 湖山镇 430102 - - 2023
430102101 太平镇 430102 - - 2023
430103100 古渡镇 430103 - - 2023
110101100 太平镇 110101 - - 2023
110102100 老城镇 110102 - - 2023
""",
    "mandarin.tsv": """char readings
湖 hu2
南 nan2
山 shan1
福 fu2
兰 lan2
太 tai4
平 ping2
河 he2
口 kou3
老 lao3
城 cheng2
古 gu3
渡 du4
""",
    "dialect-points.tsv": """id point province chars
0 湖南 43 12
1 1930南山城 43 12
2 福兰 11 12
""",
    "dialect-readings.tsv": """point ipa_without_tone chars
0 fu 湖福
0 laŋ 南
0 lan 兰
0 san 山
1 fu 湖福
1 lan 南兰
1 san 山
2 xu 湖
2 fu 福
2 nan 南
2 lan 兰
2 ʂan 山
""",
}


@pytest.fixture(scope="module")
def listening_office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("places")
    for name, text in TABLES.items():
        lines = [line.replace(" ", "\t").replace("\t-", "\t") for line in text.splitlines()]
        (folder / name).write_text("\n".join(lines) + "\n")
    index = folder / "places.index"
    made = guitu(
        "places", "build", "--places", str(folder), "--readings", str(folder), "--output", str(index)
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
