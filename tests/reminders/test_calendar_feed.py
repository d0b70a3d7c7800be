"""The calendar of one's due dates: what it holds, at an address that is a secret, revoked and renewed by its person."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar
from tests import cast
from tests.hazards.builders import LATER, finding, person
from tests.house import House

from xuncha.core.db import db
from xuncha.reminders.models import CalendarFeed
from xuncha.schedule.models import Task

Browser = Callable[[str], House]
SHOWN = re.compile(r"<code>https?://[^/]+(/calendar/[a-z2-7]{26}\.ics)</code>")


def change(browser: House, *, renew: bool) -> int:
    feed = db.session.scalars(
        sa.select(CalendarFeed.id).where(CalendarFeed.revoked_at.is_(None))
    ).one_or_none()
    db.session.rollback()
    data: dict[str, Any] = {"feed": feed or ""} | ({"renew": 1} if renew else {})
    return browser.post("/me/calendar", data=data).status_code


def address(browser: House) -> str:
    found = SHOWN.search(browser.get("/me").get_data(as_text=True))
    assert found
    return found.group(1)


def events(client: House, path: str) -> list[Any]:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    return list(Calendar.from_ical(answer.get_data()).walk("VEVENT"))


def test_it_holds_ones_tasks_and_due_dates_and_no_more(work: str, client: House, as_user: Browser) -> None:
    wang = as_user("wang")
    assert change(wang, renew=True) == 302
    found = events(client, address(wang))
    words = [str(event["SUMMARY"]) for event in found]
    days = {event["DTSTART"].dt for event in found}
    due = set(db.session.scalars(sa.select(Task.due_on).where(Task.supervisor_id == person("wang").id)))
    assert days == due | {LATER}
    assert any(work in one for one in words)
    assert all(cast.PLACES["huaxin"].name in one for one in words)
    text = client.get(address(wang)).get_data(as_text=True).replace("\r\n ", "")
    assert finding()["description"] not in text
    assert len({str(event["UID"]) for event in found}) == len(found)


@pytest.mark.parametrize(("who", "holds"), [("officer", True), ("stranger", False), ("leader", False)])
def test_each_sees_his_own(work: str, client: House, as_user: Browser, who: str, holds: bool) -> None:
    browser = as_user(who)
    change(browser, renew=True)
    words = " ".join(str(event["SUMMARY"]) for event in events(client, address(browser)))
    assert (work in words) is holds


def test_it_is_renewed_and_revoked_in_one_click(work: str, client: House, as_user: Browser) -> None:
    wang = as_user("wang")
    change(wang, renew=True)
    first = address(wang)
    assert change(wang, renew=True) == 302
    second = address(wang)
    assert first != second and client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert change(wang, renew=False) == 302
    assert client.get(second).status_code == 404
    assert SHOWN.search(wang.get("/me").get_data(as_text=True)) is None


def test_every_address_that_opens_nothing_gets_one_answer(work: str, client: House, as_user: Browser) -> None:
    wang = as_user("wang")
    change(wang, renew=True)
    revoked = address(wang)
    change(wang, renew=True)
    ended = address(wang)
    person("wang").active = False
    db.session.commit()
    answers = set()
    for path in (revoked, ended, f"/calendar/{'a' * 26}.ics", "/calendar/%00.ics", "/calendar/x.ics"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        # Every request has a reference of its own.
        text = answer.text.replace(answer.headers["X-Request-ID"], "")
        text = re.sub(r'name="next" value="[^"]*"|content="[^"]*"|nonce="[^"]*"', "", text)
        answers.add(re.sub(r'name="csrf_token" value="[^"]*"', "", text))
    assert len(answers) == 1


def test_somebody_who_saw_an_older_address_changes_nothing(as_user: Browser) -> None:
    wang = as_user("wang")
    change(wang, renew=True)
    for seen in ("", "999", "x"):
        assert wang.post("/me/calendar", data={"feed": seen, "renew": 1}).status_code == 409
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CalendarFeed)) == 1


def test_the_database_keeps_no_address(app: Flask, as_user: Browser) -> None:
    wang = as_user("wang")
    change(wang, renew=True)
    token = address(wang).removeprefix("/calendar/").removesuffix(".ics")
    feed = db.session.scalars(sa.select(CalendarFeed)).one()
    assert feed.digest == hashlib.sha256(token.encode()).hexdigest()
    rows = [str(tuple(row)) for row in db.session.execute(sa.text("SELECT * FROM calendar_feeds"))]
    assert token not in "".join(rows)
    db.session.rollback()
    app.config["SECRET_KEY"] = "another"
    assert "密钥" in wang.sign_in(person("wang").id).text("/me")


@pytest.mark.parametrize("who", ["expert", "auditor"])
def test_who_has_no_due_dates_is_offered_none(as_user: Browser, who: str) -> None:
    assert "/me/calendar" not in as_user(who).get("/me").get_data(as_text=True)
