"""One headless Chromium for all tests, a fresh profile for each, and one
office that they share."""

import pytest
from playwright.sync_api import sync_playwright

from guitu import Office

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Debian's own Chromium: nothing is downloaded. No sandbox, because
        # continuous integration runs as root; it opens our own pages only.
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(browser, request):
    context = browser.new_context(viewport=request.param, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def office():
    """A small province of invented people, served."""
    office = Office("sqlite")
    try:
        office.invent(60, 80)
        office.serve()
        yield office
        office.stop()
    finally:
        office.remove()


@pytest.fixture
def sign_in(office):
    """Signs in to the office that all tests share."""
    return _door(office)


@pytest.fixture
def sign_in_to():
    """Signs in to an office of the test's own: `sign_in_to(office)(page, login)`."""
    return _door


def _door(office: Office):
    def sign_in(page, login: str, password: str | None = None):
        page.goto(f"{office.address}/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", password or office.password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/sign-in" not in address)

    return sign_in
