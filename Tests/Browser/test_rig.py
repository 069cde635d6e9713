"""The rig itself: a check that cannot fail would prove nothing."""

from accessibility import serious_faults
from guitu import guitu

GOOD = """<!doctype html><html lang="zh-Hans"><head><title>归途</title></head>
<body><main><h1>受助人员</h1><img alt="校徽" src="data:,"></main></body></html>"""


def test_a_picture_without_a_description_is_reported(page):
    page.set_content(GOOD)
    assert serious_faults(page) == []
    page.set_content(GOOD.replace('alt="校徽"', ""))
    assert any("image-alt" in fault for fault in serious_faults(page))


def test_the_executable_explains_itself():
    shown = guitu("--help")
    assert shown.returncode == 0, shown.stderr
    assert "USAGE: guitu" in shown.stdout
