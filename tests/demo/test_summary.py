"""The report that the zone comes from: its figures stand in the paragraph, and each is found again by opening its list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests import cast
from tests.demo.test_demo_zone import zone
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core.db import db

__all__ = ["zone"]
pytestmark = pytest.mark.timeout(600)
ADDRESS = "/papers/summary?of=2026-H1"
LINK = re.compile(r'<a href="([^"]+)">([^<]+)</a>')

# As the report says them; where one is rounded, the numbers that it stands for.
SAID = {
    "patrol_visits": ("400余", "over 400", range(401, 500)),
    "illegal_installations_removed": ("1", "1", range(1, 2)),
    "illegal_acts_stopped": ("1", "1", range(1, 2)),
    "expert_enterprises": ("46", "46", range(46, 47)),
    "expert_hazards_found": ("323", "323", range(323, 324)),
    "expert_hazards_closed": ("256", "256", range(256, 257)),
    "trainings": ("10余", "over 10", range(11, 20)),
    "materials": ("2000余", "over 2000", range(2001, 3000)),
    "attendances": ("8000余", "over 8000", range(8001, 9000)),
}
SUMMED = {"attendances": -2, "materials": -1}  # the column of the list of trainings that is summed


@pytest.fixture
def leader(zone: Flask) -> Iterator[House]:
    """The leader's browser in the demo zone on its day."""
    with time_machine.travel(cast.NOW, tick=True), zone.app_context():
        browser = zone.test_client()
        assert isinstance(browser, House)
        number = db.session.scalars(sa.select(User.id).where(User.username == "leader")).one()
        db.session.rollback()
        yield browser.sign_in(number)
        db.session.remove()


def paragraph(browser: House, lang: str, more: str = "") -> str:
    with browser.session_transaction() as session:
        session["lang"] = lang
    page = browser.get(f"{ADDRESS}{more}").get_data(as_text=True)
    return page.partition('<div class="prose summary-text">')[2].partition("</div>")[0]


def links(text: str) -> dict[str, tuple[str, str]]:
    """By figure: the address of its list, and what the paragraph says."""
    found = {}
    for address, said in LINK.findall(text):
        name = re.search(r"/figures/(\w+)\?", address)
        if name:
            found[name[1]] = (unescape(address), said)
    return found


def rows(browser: House, address: str) -> list[list[str]]:
    """The rows of a list on all its pages."""
    found: list[list[str]] = []
    page = 1
    while True:
        text = browser.get(f"{address}&page={page}").get_data(as_text=True)
        body = text.partition("<tbody>")[2].partition("</tbody>")[0]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
            cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
            found.append([re.sub(r"<[^>]+>|\s", "", cell) for cell in cells])
        if f"page={page + 1}" not in text:
            return found
        page += 1


@pytest.mark.parametrize(("lang", "at"), [("zh", 0), ("en", 1)])
def test_the_reports_figures_stand_in_the_paragraph_and_are_their_lists(
    leader: House, lang: str, at: int
) -> None:
    told = links(paragraph(leader, lang))
    for name, said in SAID.items():
        address, words = told[name]
        assert words == said[at], name
        found = rows(leader, address)
        count = len(found)
        if name in SUMMED:
            count = sum(int(re.sub(r"\D", "", row[SUMMED[name]])) for row in found)
        assert count in said[2], name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_rate_opens_its_whole_and_its_part(leader: House, lang: str) -> None:
    address, said = links(paragraph(leader, lang))["expert_rate"]
    assert said == "79.3%"
    assert [len(rows(leader, f"{address}&part={part}")) for part in ("whole", "part", "rest")] == [
        323,
        256,
        67,
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_exact_numbers_are_told_on_demand(leader: House, lang: str) -> None:
    told = links(paragraph(leader, lang, "&exact=1"))
    for name in ("patrol_visits", "trainings", "materials", "attendances"):
        assert told[name][1].isdigit() and int(told[name][1]) in SAID[name][2], name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_number_of_the_paragraph_opens_its_list(leader: House, lang: str) -> None:
    told = {(unescape(address), said) for address, said in LINK.findall(paragraph(leader, lang, "&exact=1"))}
    assert len(told) > 40
    for address, said in told:
        assert leader.get(address).status_code == 200, address
        if said.isdigit() and not any(name in address for name in SUMMED):
            assert len(rows(leader, address)) == int(said), address


def test_no_claim_is_made_that_nobody_typed(leader: House) -> None:
    assert "未发生" not in paragraph(leader, "zh")
    assert "no fatal" not in paragraph(leader, "en").lower()
