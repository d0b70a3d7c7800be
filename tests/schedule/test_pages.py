"""Today, the list and the grid: what each person sees, in which order, with which links."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
import time_machine
from flask import Flask
from tests import cast
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.core.panels import Panel
from xuncha.enterprises.assignments import assign
from xuncha.enterprises.models import Site
from xuncha.schedule import actions, queries
from xuncha.schedule.models import Task

GetUser, FindTask, Browse = Callable[[str], User], Callable[..., Task], Callable[[str], House]
HUAXIN, LIFENG, MINGHE, OLDMILL = (
    cast.PLACES[code].name for code in ("huaxin", "lifeng", "minghe", "oldmill")
)


def test_a_supervisor_finds_what_is_due_with_one_tap_to_start(november: FindTask, as_user: Browse) -> None:
    number = november("huaxin").id
    db.session.rollback()
    browser = as_user("wang")
    page, text = browser.page("/today"), browser.text("/today")
    assert f"/checks/new?task={number}" in page.links
    assert HUAXIN in text
    assert OLDMILL in text, "the idle site to patrol"
    assert LIFENG not in text
    assert MINGHE not in text


def test_late_stands_before_due_and_future_half_months_are_not_shown(
    november: FindTask, as_user: Browse
) -> None:
    late, due = november("huaxin").id, november("huaxin", date(2026, 11, 16)).id
    db.session.rollback()
    assert f"/checks/new?task={due}" not in as_user("wang").page("/today").links
    with time_machine.travel(at(date(2026, 11, 20), 9)):
        links = as_user("wang").page("/today").links
        assert links.index(f"/checks/new?task={late}") < links.index(f"/checks/new?task={due}")
    with time_machine.travel(at(date(2026, 12, 1), 0)):
        links = as_user("wang").page("/today").links
        assert f"/checks/new?task={late}" not in links, "missed: it can no longer be made up"
        assert f"/checks/new?task={due}" in links


def test_a_new_holder_is_shown_what_the_one_before_left_late(
    november: FindTask, as_user: Browse, user: GetUser, site: Callable[[str], Site]
) -> None:
    late = november("huaxin").id
    day = at(date(2026, 11, 20), 9)
    assign(site("huaxin"), user("zhao"), date(2026, 11, 20), actor=user("admin"), now=day)
    db.session.commit()
    with time_machine.travel(day):
        assert f"/checks/new?task={late}" in as_user("zhao").page("/today").links
        assert f"/checks/new?task={late}" not in as_user("wang").page("/today").links


def test_a_lead_sees_the_team_and_a_manager_the_zone(november: FindTask, as_user: Browse) -> None:
    lead, leader = as_user("lin").text("/today"), as_user("leader").text("/today")
    assert "王监管" in lead
    assert "赵同事" in lead
    assert "陈外片" not in lead
    assert "陈外片" in leader


def test_other_domains_add_cards_to_today(november: FindTask, as_user: Browse) -> None:
    task = november("minghe")

    def card(day: date, reader: User) -> Panel | None:
        shown = {"tasks": [task], "day": day}
        return Panel("schedule/site_panel.html", shown) if reader.username == "wang" else None

    queries.today_sections.add(card)
    try:
        assert "陈外片" in as_user("wang").text("/today")
        assert "陈外片" not in as_user("zhao").text("/today")
    finally:
        queries.today_sections._makers.remove(card)


@pytest.mark.parametrize(
    ("name", "shown", "hidden"),
    [
        ("wang", [HUAXIN], [LIFENG, MINGHE]),
        ("lin", [HUAXIN, LIFENG], [MINGHE]),
        ("chen", [MINGHE], [HUAXIN, LIFENG]),
        ("auditor", [HUAXIN, LIFENG, MINGHE], []),
        ("admin", [HUAXIN, LIFENG, MINGHE], []),
    ],
)
def test_list_and_grid_show_what_is_ones_own(
    november: FindTask, as_user: Browse, name: str, shown: list[str], hidden: list[str]
) -> None:
    browser = as_user(name)
    for url in ("/schedule", "/schedule/grid"):
        text = browser.text(url)
        assert all(place in text for place in shown), url
        assert not any(place in text for place in hidden), url


def test_a_task_of_others_is_not_there(november: FindTask, as_user: Browse) -> None:
    number = november("minghe").id
    db.session.rollback()
    assert as_user("wang").get(f"/schedule/tasks/{number}").status_code == 404
    assert as_user("chen").get(f"/schedule/tasks/{number}").status_code == 200
    assert as_user("leader").get(f"/schedule/tasks/{number}").status_code == 200


@pytest.mark.parametrize("name", ["officer", "principal", "expert"])
def test_the_schedule_is_closed_to_enterprises_and_experts(as_user: Browse, name: str) -> None:
    browser = as_user(name)
    for url in ("/today", "/schedule", "/schedule/grid", "/schedule/excuses", "/schedule/calendar"):
        assert browser.get(url).status_code == 403


def test_each_mark_of_the_grid_opens_its_task(november: FindTask, as_user: Browse, user: GetUser) -> None:
    task = november("huaxin")
    actions.mark_done(task, date(2026, 11, 2), actor=user("wang"), now=cast.NOW)
    number = task.id
    db.session.commit()
    browser = as_user("wang")
    assert f"/schedule/tasks/{number}" in browser.page("/schedule/grid").links
    assert "11月2日" in browser.text("/schedule/grid"), "the day is read out with the mark"
    assert HUAXIN not in browser.text("/schedule/grid?from=2026-08&to=2026-09")
    assert browser.get("/schedule/grid?from=x&to=2026-99&supervisor=a&page=0").status_code == 200


def test_the_list_shows_exactly_the_state_it_is_asked_for(
    november: FindTask, as_user: Browse, user: GetUser
) -> None:
    actions.mark_done(november("huaxin"), date(2026, 11, 2), actor=user("wang"), now=cast.NOW)
    db.session.commit()
    browser = as_user("admin")
    done = browser.text("/schedule?state=done&start=2026-11-01&end=2026-11-15")
    assert HUAXIN in done
    assert LIFENG not in done
    due = browser.text("/schedule?state=due,late&start=2026-11-01&end=2026-11-15")
    assert HUAXIN not in due
    assert LIFENG in due
    chen = user("chen").id
    db.session.rollback()
    held = browser.text(f"/schedule?holder={chen}&state=due,late")
    assert MINGHE in held
    assert LIFENG not in held


def test_the_office_opens_a_month_on_the_page(app: Flask, as_user: Browse) -> None:
    browser = as_user("admin")
    assert browser.post("/schedule/open", data={"month": "2026-12"}).status_code == 302
    assert HUAXIN in browser.text("/schedule/grid?from=2026-12&to=2026-12")
    assert browser.post("/schedule/open", data={"month": "soon"}).status_code == 302
    assert as_user("leader").post("/schedule/open", data={"month": "2026-12"}).status_code == 403


@pytest.mark.parametrize("name", ["wang", "expert"])
def test_field_people_begin_on_a_page_they_may_open(as_user: Browse, name: str) -> None:
    assert as_user(name).get("/", follow_redirects=True).status_code == 200


def test_the_open_tasks_of_the_load_open_exactly_those(november: FindTask, as_user: Browse) -> None:
    november("huaxin")
    db.session.rollback()
    browser = as_user("leader")
    html = browser.get("/enterprises/load").get_data(as_text=True)
    figures = re.findall(r'<a href="(/schedule\?[^"]+)">(\d+)</a>', html)
    assert len(figures) == 3
    for url, number in figures:
        page = browser.get(unescape(url)).get_data(as_text=True)
        assert page.count("<tr>") - 1 == int(number), url
