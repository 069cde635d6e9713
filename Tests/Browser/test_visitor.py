"""Before anybody is signed in."""

from walk import faults, walk, watch


def test_a_visitor_sees_nothing_but_the_door(office, page):
    seen = walk(page, office.address, "/sign-in")
    assert [fault for found in seen.values() for fault in found] == []
    assert set(seen) <= {"/sign-in", "/about", "/", "/set-up"}


def test_a_wrong_password_says_no_more_than_that(office, page):
    heard = watch(page)
    answers = []
    for login in (office.login("reception"), "nobody-of-this-name"):
        page.goto(f"{office.address}/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", "not the password at all")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.input_value("[name=login]") == login, "what was typed is gone"
        answers.append(page.locator("main").inner_text())
        assert faults(page, "refused") == []
    assert answers[0] == answers[1], "the page tells which logins exist"
    assert [line for line in heard if not line.startswith("console: Failed to load")] == []
