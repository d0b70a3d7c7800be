"""An empty list says what to do next and links to it, for whom may do it; one that filters emptied gives them back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.house import House
from xuncha.core.access import Role

NEXT = {
    "/enterprises": ["/enterprises/import", "/enterprises/new?kind=enterprise"],
    "/enterprises/idle": ["/enterprises/import", "/enterprises/new?kind=idle"],
    "/enterprises/load": ["/users/new"],
    "/checks": ["/checks/start", "/today"],
    "/checks/start": ["/enterprises/import", "/enterprises/new"],
    "/hazards": ["/hazards?view=all", "/checks/start"],
    "/hazards?view=all": ["/checks/start"],
    "/today": ["/schedule/grid#open", "/enterprises?supervisor=none"],
    "/schedule": ["/schedule/grid#open", "/enterprises?supervisor=none"],
    "/schedule/grid": ["/schedule/grid#open", "/enterprises?supervisor=none"],
    "/schedule/excuses": ["/schedule"],
    "/campaigns": ["/campaigns/new"],
    "/campaigns/cases": ["/campaigns/cases/new"],
    "/trainings": ["/trainings/new"],
}
FILTERED = {
    "/enterprises?text=zzz": "/enterprises",
    "/checks?text=zzz": "/checks",
    "/hazards?view=all&q=zzz": "/hazards?view=all",
    "/schedule?text=zzz": "/schedule",
    "/schedule/grid?text=zzz": "/schedule/grid",
    "/campaigns?kind=expert": "/campaigns",
    "/campaigns/cases?text=zzz": "/campaigns/cases",
    "/trainings?text=zzz": "/trainings",
    "/users?text=zzz": "/users",
}


def links(browser: House, url: str) -> list[str]:
    """Where the box of an empty list leads."""
    page = browser.get(url)
    assert page.status_code == 200, url
    box = re.search(
        r'<div class="empty">(.*?)</div>\s*(?:</section>|</main>|<footer|<section|\Z)', page.text, re.S
    )
    assert box, f"{url}: no empty list"
    assert "<p>" in box[1], f"{url}: says nothing of what to do"
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', box[1])]


@pytest.mark.parametrize("url", NEXT)
def test_the_office_is_led_on(browser_of: Callable[[str], House], url: str) -> None:
    assert links(browser_of("anna"), url) == NEXT[url]


@pytest.mark.parametrize("url", FILTERED)
def test_filters_that_leave_nothing_can_be_cleared(browser_of: Callable[[str], House], url: str) -> None:
    assert links(browser_of("anna"), url) == [FILTERED[url]]


@pytest.mark.parametrize("role", [Role.LEADER, Role.TEAM_LEAD, Role.SUPERVISOR, Role.AUDITOR, Role.EXPERT])
def test_nobody_is_sent_where_he_may_not_go(
    new_zone: Flask, browser_of: Callable[[str], House], join: Callable[[str, Role], int], role: Role
) -> None:
    join("person", role)
    browser = browser_of("person")
    opened = 0
    for url in NEXT:
        page = browser.get(url)
        if page.status_code == 403:
            continue
        for box in re.findall(r'<div class="empty">(.*?)</div>', page.text, re.S):
            for link in re.findall(r'href="([^"]+)"', box):
                opened += 1
                assert browser.get(link.replace("&amp;", "&")).status_code == 200, f"{url} leads to {link}"
    assert opened or role is Role.EXPERT


def test_the_calendar_and_the_users_say_what_comes_next(browser_of: Callable[[str], House]) -> None:
    anna = browser_of("anna")
    assert 'href="#notice"' in anna.get("/schedule/calendar?year=2033").text
    assert "No day of this year was entered" in anna.text("/schedule/calendar?year=2033")
    assert "Nobody but you has an account yet" in anna.text("/users")
