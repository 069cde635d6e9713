"""A reader who opens every kind of page they can reach, and looks closely."""

import os
import re
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

from accessibility import serious_faults

REPOSITORY = Path(__file__).resolve().parents[2]
_id = re.compile(r"/[0-9a-z]{20,}(?=/|$)", re.IGNORECASE)


def pattern(path: str) -> str:
    """`/people/01J…/bed` and another person's bed are one kind of page."""
    return _id.sub("/{id}", path)


def faults(page, label: str) -> list[str]:
    """What is wrong with the page that is open, each with `label` before it."""
    found = serious_faults(page)
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    if overflow > 1:
        found.append(f"scrolls sideways by {overflow} px")
    if page.locator("h1").count() != 1:
        found.append("has not exactly one heading of the first level")
    # A key without words shows as itself.
    for key in re.findall(r"\b[a-z]+\.[a-z][A-Za-z.]+\b", page.locator("main").inner_text()):
        if not re.search(r"\.(csv|tsv|json|txt|md|cn|com|org|pdf|png|jpg)$", key):
            found.append(f"shows a key instead of words: {key}")
    return [f"{label}: {fault}" for fault in found]


def watch(page) -> list[str]:
    """Collects what the browser complains about: scripts that break, anything
    the Content-Security-Policy refuses, answers that are our fault."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(f"script: {error}"))
    page.on(
        "console",
        lambda line: heard.append(f"console: {line.text}") if line.type == "error" else None,
    )
    page.on(
        "response",
        lambda answer: heard.append(f"{answer.status} {urlsplit(answer.url).path}")
        if answer.status >= 500
        else None,
    )
    return heard


def walk(page, address: str, start: str = "/", most: int = 60) -> dict[str, list[str]]:
    """Follows the links of every page from `start`, one of each kind, and
    returns the faults of each. Links that end the session are not followed."""
    heard = watch(page)
    seen: dict[str, list[str]] = {}
    waiting = deque([start])
    while waiting and len(seen) < most:
        path = waiting.popleft()
        kind = pattern(urlsplit(path).path)
        if kind in seen:
            continue
        heard.clear()
        answer = page.goto(address + path, wait_until="load")
        seen[kind] = faults(page, kind)
        if answer.status != 200:
            seen[kind].append(f"{kind}: answers {answer.status}")
        seen[kind] += [f"{kind}: {line}" for line in heard]
        for link in page.eval_on_selector_all(
            "a[href]:not([download])", "links => links.map(link => link.getAttribute('href'))"
        ):
            if link.startswith("/") and not re.match(r"/(assets|sign-out)", link):
                if not re.search(r"[?&](format|export)=|\.csv|/export", link):
                    waiting.append(link)
    return seen


def screenshot(page, name: str):
    """Into Documentation/Screenshots, when asked for: a test run of its own
    must not change files that are committed."""
    if os.environ.get("GUITU_TEST_SCREENSHOTS") == "1":
        folder = REPOSITORY / "Documentation/Screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=False)
