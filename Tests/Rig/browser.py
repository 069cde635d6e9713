"""A browser without JavaScript: asks for pages and sends their forms."""

import http.client
import re
import secrets
import time
from html import unescape
from urllib.parse import urlencode


class Answer:
    def __init__(self, status: int, headers, body: str, seconds: float):
        self.status, self.headers, self.body, self.seconds = status, headers, body, seconds

    def __repr__(self):
        return f"{self.status} after {self.seconds:.2f} s: {self.body[:200]!r}"


def ask(office, path, cookie="", language="zh-Hans", form=None, limit=30.0) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=limit)
    started = time.monotonic()
    headers = {"Cookie": f"guitu-language={language}; {cookie}", "Sec-Fetch-Site": "same-origin"}
    body = None
    if form is not None:
        body = urlencode(form)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        return Answer(answer.status, answer.headers, text, time.monotonic() - started)
    finally:
        connection.close()


def session(office, role="reception") -> str:
    account = office.staff_of(office.stations()[0], role)
    return "guitu=" + office.new_token(account, "browser")


def hidden(page: str, action: str) -> list[tuple[str, str]]:
    """The hidden fields of the form with this action."""
    for form in re.findall(r"<form.*?</form>", page, re.DOTALL):
        if f'action="{action}"' in form:
            return [
                (unescape(name), unescape(value))
                for name, value in re.findall(
                    r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form
                )
            ]
    raise AssertionError(f"no form {action}")


def arrival(office, cookie) -> tuple[list[tuple[str, str]], str]:
    """A form that is filled in and not sent yet, and a word that is in it."""
    page = ask(office, "/arrivals/new", cookie)
    assert page.status == 200, page
    remark = "车站派出所 李警官 " + secrets.token_hex(4)
    return hidden(page.body, "/arrivals") + [
        ("mode", "police"), ("broughtBy", remark), ("condition", "well"), ("sex", "male"),
        ("communication", "mute"), ("foundPlace", "汽车站候车厅"),
        ("arrivedAt", time.strftime("%Y-%m-%dT00:00", time.gmtime(time.time() - 86_400))),
        ("station", office.stations()[0]),
    ], remark
