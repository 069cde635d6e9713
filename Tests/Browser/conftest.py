"""One headless Chromium for all tests, a fresh profile for each."""

import pytest
from playwright.sync_api import sync_playwright

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
