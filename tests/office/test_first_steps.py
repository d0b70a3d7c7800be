"""A new zone is led from nothing to its first month, over its own pages; then the steps are gone for good."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
import time_machine
from flask import Flask

from tests import cast
from tests.checks.filings import filing, visit
from tests.house import House
from tests.office.test_settings_page import VALID
from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.core import settings
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.office.first_steps import steps

DAY = date(2026, 11, 3)


def panel(browser: House) -> str:
    """The panel on the start page; empty where there is none."""
    page = browser.get("/", follow_redirects=True)
    assert page.request.path == "/figures"
    found = re.search(r'<section class="section" id="first-steps">.*?</section>', page.text, re.S)
    return found[0] if found else ""


def open_steps(shown: str) -> list[str]:
    """Where the buttons of the open steps lead."""
    return re.findall(r'<a class="btn (?:primary|secondary)" href="([^"]+)"', shown)


def test_a_new_zone_is_led_to_its_first_month(
    new_zone: Flask, browser_of: Callable[[str], House], join: Callable[[str, Role], int]
) -> None:
    anna = browser_of("anna")
    shown = panel(anna)
    assert "No figures yet" in anna.text("/figures")
    assert open_steps(shown)[:3] == ["/settings", "/users/new", "/enterprises/import"]
    assert shown.count("btn primary") == 1

    seen = anna.page("/settings").fields["seen"]
    assert anna.post("/settings", data=VALID | {"seen": seen}).status_code == 302
    fields = {"username": "sun", "name": "孙新来", "role": "supervisor", "active": "y"}
    assert anna.post("/users/new", data=fields).status_code == 200
    shown = panel(anna)
    assert open_steps(shown)[0] == "/enterprises/import"
    assert "Linhai Zone · Linhai Emergency Bureau" in shown and "1 supervisor may sign in." in shown

    site = {
        "name": "华鑫化工有限公司",
        "sector": "hazchem",
        "risk": "orange",
        "key": "y",
        "working_state": "producing",
    }
    answer = anna.post("/enterprises/new", data=site)
    assert answer.status_code == 302
    assert open_steps(panel(anna))[0] == "/enterprises?supervisor=none"

    sun = db.session.scalars(sa.select(User.id).where(User.username == "sun")).one()
    db.session.rollback()
    named = anna.post(answer.headers["Location"], data={"supervisor_id": str(sun), "from_on": "2026-11-03"})
    assert named.status_code == 302
    shown = panel(anna)
    assert "Every enterprise has its supervisor." in shown
    assert open_steps(shown)[-2:] == ["/schedule/grid#open", "/help/phone"]

    assert anna.post("/schedule/open", data={"month": "2026-11"}).status_code == 302
    assert open_steps(panel(anna)) == ["/help/phone"]
    assert "No figures yet" not in anna.text("/figures")

    beat = {"device": "0123456789abcdef", "unsent": 0, "drafts": 0}
    assert browser_of("anna").post("/sync/heartbeat", json=beat).status_code == 200
    assert panel(anna), "the office's own browser is no supervisor's phone"
    phone = browser_of("sun")
    db.session.execute(sa.update(User).where(User.username == "sun").values(must_change_password=False))
    db.session.commit()
    assert phone.post("/sync/heartbeat", json=beat).status_code == 200
    assert panel(anna) == ""


def test_each_sees_what_he_may_do(
    browser_of: Callable[[str], House], join: Callable[[str, Role], int]
) -> None:
    for name, role in (("leader", Role.LEADER), ("auditor", Role.AUDITOR), ("lead", Role.TEAM_LEAD)):
        join(name, role)
    shown = panel(browser_of("leader"))
    assert "/settings" not in shown and "/users/new" not in shown
    assert open_steps(shown) == ["/enterprises?supervisor=none", "/help/phone"]
    assert "The office does this" in shown
    assert panel(browser_of("auditor")) == panel(browser_of("lead")) == ""


def test_the_office_puts_them_away_and_takes_them_out_again(browser_of: Callable[[str], House]) -> None:
    anna = browser_of("anna")
    assert anna.post("/settings/first-steps", data={"where": "elsewhere"}).status_code == 422
    assert anna.post("/settings/first-steps", data={"where": "away"}).status_code == 302
    assert panel(anna) == ""
    assert "First steps Shown Put away 安娜" in anna.text("/settings")
    assert anna.post("/settings/first-steps", data={"where": "shown"}).status_code == 302
    assert panel(anna)


def test_what_recurs_does_not_bring_them_back(
    app: Flask, user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    """A new enterprise without a supervisor, a month without tasks, a year not announced: told elsewhere by then."""
    file_check(filing(visit(site("huaxin"))), actor=user("wang"), now=cast.NOW)
    site("minghe").supervisor_id = None
    db.session.commit()
    with app.test_request_context():
        assert [step.done for step in steps(DAY)][3:6] == [False, True, False]
        assert [step.done for step in steps(date(2027, 1, 1))][3:6] == [True, True, True]


def test_a_phone_whose_report_was_settled_was_a_phone(app: Flask, as_user: Callable[[str], House]) -> None:
    wang = as_user("wang")
    beat = {"device": "0123456789abcdef", "unsent": 1, "oldest": "2026-10-01T08:00:00+08:00", "drafts": 0}
    assert wang.post("/sync/heartbeat", json=beat).status_code == 200
    assert as_user("admin").post("/phones/1/settle").status_code == 302
    with app.test_request_context():
        assert steps(DAY)[6].done


def test_the_demo_zone_has_none(demo_zone: Path, tmp_path: Path) -> None:
    from tests.conftest import build

    (tmp_path / "xuncha.db").write_bytes((demo_zone / "xuncha.db").read_bytes())
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path)
    app.config["SETTINGS_GIVEN"].clear()
    with app.app_context():
        assert settings.value("first_steps") == "away"
        browser = app.test_client()
        assert isinstance(browser, House)
        assert panel(browser.sign_in(1)) == ""
        db.engine.dispose()


def test_the_step_of_the_calendar_follows_the_year(app: Flask) -> None:
    with app.test_request_context(), time_machine.travel(cast.NOW + timedelta(days=400)):
        calendar = steps(date(2031, 3, 1))[4]
        assert not calendar.done and calendar.url == "/schedule/calendar?year=2031#notice"
