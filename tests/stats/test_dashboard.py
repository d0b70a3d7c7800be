"""The dashboard's pushes, courses, heat and map: pictures, tables, lists and JSON hold the same numbers."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import cast
from tests.house import House
from tests.stats import brute, builders
from tests.stats.histories import zone as random_zone
from tests.stats.test_pages import total_of
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.enterprises.models import Sector, Site
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Hazard
from xuncha.lists import xlsx
from xuncha.stats import courses, heat
from xuncha.stats.figures import RATES, Figures, Period, Scope
from xuncha.stats.zone_map import queries as maps
from xuncha.sync.models import DeviceReport

Browser = Callable[[str], House]
PUSH = re.compile(
    r'<li class="push">\s*<a href="([^"]+)"><strong>.*?</svg> (\d+)</strong><span>([^<]+)</span>', re.S
)
LINK = re.compile(r'<a href="([^"]+)">(\d+)</a>')
TODAY = date(2026, 11, 3)
AUTUMN = "from=2026-07-01&to=2026-12-31"


@pytest.fixture
def autumn(app: Flask) -> None:
    """Two overdue hazards and one closed, a late check, a phone that waits; a year before, one closed."""
    builders.hazard(date(2026, 9, 1), "huaxin").then(Act.ISSUE, date(2026, 9, 1))
    builders.hazard(date(2026, 9, 2), "lifeng", "zhao").then(Act.ISSUE, date(2026, 9, 2))
    builders.closed(date(2026, 9, 3), date(2026, 9, 8))
    builders.closed(date(2025, 9, 3), date(2025, 9, 8))
    for row in db.session.scalars(sa.select(Hazard)):
        row.item_code = "GEN-01"
    builders.task(date(2026, 10, 16)), builders.task(date(2026, 11, 1), "lifeng", "zhao")
    waiting = DeviceReport(
        user_id=builders.number("wang"), device="phone-12345", at=at(TODAY, 9), unsent=2, lost=0
    )
    waiting.oldest_at = at(date(2026, 10, 30), 9)
    db.session.add(waiting)
    db.session.commit()


def test_what_needs_a_push_stands_first_and_each_opens_its_list(as_user: Browser, autumn: None) -> None:
    browser = as_user("leader")
    text = browser.get("/figures").get_data(as_text=True)
    found = {name: (unescape(url), int(number)) for url, number, name in PUSH.findall(text)}
    numbers = [number for _url, number in found.values()]
    assert numbers == [2, 1, 1]  # hazards overdue, checks late, phones that wait
    assert text.index('class="push"') < text.index('class="tabs"')
    for url, number in found.values():
        if url.startswith("/figures"):
            assert total_of(browser, url) == number
    assert "push-none" in text  # nothing waits for approval, no notice lies in the office


def test_each_push_says_where_it_waits_longest_and_the_wall_does_not(as_user: Browser, autumn: None) -> None:
    browser = as_user("leader")
    text = browser.get("/figures").get_data(as_text=True)
    overdue, late, phone = re.findall(r"<small>最久：([^<]+)</small>", text)
    assert [one.partition("，")[0] for one in (overdue, late)] == ["华鑫化工有限公司"] * 2
    assert phone == "王监管，4天"
    assert "最久" not in browser.get("/figures/wall").get_data(as_text=True)


def test_a_supervisor_is_pushed_for_his_own_only(as_user: Browser, autumn: None) -> None:
    text = as_user("wang").get("/figures").get_data(as_text=True)
    assert [int(number) for _url, number, _name in PUSH.findall(text)][:2] == [1, 1]


def test_a_decision_that_waits_names_its_list(as_user: Browser, autumn: None) -> None:
    from xuncha.hazards.models import Grade

    found = builders.hazard(date(2026, 10, 1), grade=Grade.MAJOR).then(Act.ISSUE, date(2026, 10, 1))
    found.then(Act.REPORT_DONE, date(2026, 10, 3)).then(Act.VERIFY, date(2026, 10, 4))
    db.session.commit()
    assert "/hazards?view=closure" in as_user("leader").page("/figures").links


def test_a_course_shows_both_years_and_each_month_opens_its_list(as_user: Browser, autumn: None) -> None:
    browser = as_user("leader")
    data = browser.get(f"/figures/dashboard.json?{AUTUMN}").get_json()["courses"]["rectification_rate"]
    assert (data["months"][0], data["months"][-1]) == ("2025-12", "2026-11")
    september = data["months"].index("2026-09")
    assert (data["parts"][september], data["wholes"][september]) == (1, 3)
    assert (data["parts_before"][september], data["wholes_before"][september]) == (1, 1)
    text = browser.get(f"/figures/courses?{AUTUMN}").get_data(as_text=True)
    row = re.search(r'<tr data-month="2026-09">(.*?)</tr>', text, re.S)
    assert row is not None
    assert [float(value) for value in re.findall(r'data-value="([\d.]+)"', row[1])] == [1 / 3, 1.0]
    assert [total_of(browser, unescape(url)) for url in re.findall(r'href="([^"]+)"', row[1])] == [3, 1]


def test_cells_of_the_heat_and_sites_of_the_map_open_what_they_count(as_user: Browser, autumn: None) -> None:
    browser = as_user("leader")
    for page, most in (("heat", 3), ("map", 2)):
        links = LINK.findall(browser.get(f"/figures/{page}?{AUTUMN}").get_data(as_text=True))
        assert len(links) >= most
        for url, number in links:
            assert total_of(browser, unescape(url)) == int(number), url


def test_the_wall_names_nobody_and_nothing(as_user: Browser, autumn: None) -> None:
    text = as_user("leader").get("/figures/wall").get_data(as_text=True)
    names = [place.name for place in cast.PLACES.values()] + [person[0] for person in cast.PEOPLE.values()]
    assert not [name for name in names if name in text]
    assert 'href="/enterprises' not in text and 'href="/hazards' not in text


def test_the_first_answer_asks_little(as_user: Browser, autumn: None) -> None:
    browser, asked = as_user("leader"), []
    browser.get("/figures")
    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    browser.get("/figures")
    assert len(asked) <= 20


@pytest.mark.parametrize("part", ["courses", "map", "heat", "glance", "groups", "compared"])
def test_a_part_comes_bare_for_page_code_and_whole_for_people(as_user: Browser, part: str) -> None:
    browser = as_user("auditor")
    assert browser.page(f"/figures/{part}?{AUTUMN}").headings == 1
    # Not through the house's client: a part is no page.
    from flask.testing import FlaskClient

    bare = FlaskClient.open(browser, f"/figures/{part}?{AUTUMN}", headers={"X-Part": "1"})
    assert bare.status_code == 200 and b"<html" not in bare.data


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), lag=st.integers(0, 40), code=st.sampled_from(["", "wang"]))
def test_pictures_of_random_zones_agree_with_the_definitions(
    app: Flask, seed: int, lag: int, code: str
) -> None:
    db.session.rollback()
    dice = random.Random(seed)
    random_zone(dice)
    for hazard in db.session.scalars(sa.select(Hazard)).all():
        hazard.item_code = dice.choice(["", "GEN-01", "GEN-02", "IND-03"])
    db.session.flush()
    scope = Scope(supervisor=builders.number(code) if code else None)
    figures = Figures(Period(date(2026, 5, 1), date(2026, 7, 31), date(2026, 7, 31 - min(lag, 30))), scope)
    for course in courses.of(figures, RATES):
        for point in dice.sample(list(course.points), 2):
            assert point.share == Figures(point.month, scope).share(course.rate.name), course.rate.name
            before = Figures(point.month_before, scope).share(course.rate.name)
            assert point.share_before == before, course.rate.name
    warm = heat.of(figures)
    assert sum(warm.sums) == figures.number("hazards_found") == sum(line.total for line in warm.lines)
    for line in warm.lines:
        for sector, number in zip(warm.sectors, line.numbers, strict=True):
            cell = Figures(figures.period, Scope(supervisor=scope.supervisor, sector=sector, item=line.code))
            assert line.code and cell.number("hazards_found") == number == len(cell.ids("hazards_found"))
    marks = maps.marks(figures)
    assert sum(mark.open for mark in marks) == figures.number("hazards_unsettled")
    assert sum(mark.overdue for mark in marks) == figures.number("hazards_overdue")
    if not code:
        expected = brute.count_all(figures.period)
        assert sum(mark.overdue for mark in marks) == expected["hazards_overdue"]
        assert sum(warm.sums) == expected["hazards_found"]


def test_number_list_sheet_and_json_of_a_narrowed_zone_agree(as_user: Browser, autumn: None) -> None:
    browser = as_user("leader")
    sector = db.session.scalar(sa.select(Site.sector).where(Site.name == cast.PLACES["lifeng"].name))
    db.session.rollback()
    assert sector is Sector.INDUSTRY
    narrow = f"{AUTUMN}&sector=industry"
    data = browser.get(f"/figures/dashboard.json?{narrow}").get_json()
    sheet = xlsx.read(browser.get(f"/figures/hazards_found.xlsx?{narrow}").data)
    total = total_of(browser, f"/figures/hazards_found?{narrow}")
    assert data["figures"]["hazards_found"] == len(sheet.rows) - 1 == total == sum(data["heat"]["sums"]) == 1
    assert sum(mark["open"] for mark in data["map"]) == data["figures"]["hazards_unsettled"] == 1
