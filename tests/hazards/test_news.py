"""The bell and the news: what others did that a person should know, by role, since the last look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.hazards.builders import NOW, day, do, in_state, issued, person
from tests.house import House

from xuncha.core.db import db
from xuncha.hazards.commands import escalate_all
from xuncha.hazards.follow_up import news
from xuncha.hazards.follow_up.news import NewsLook
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard, HazardEvent

Browser = Callable[[str], House]


def new_for(name: str) -> int | None:
    return news.count_new(person(name), NOW)


def acts_for(name: str) -> list[Act]:
    return [event.act for event in db.session.scalars(news.news_for(person(name)).order_by(HazardEvent.id))]


def seen_all(name: str) -> None:
    newest = db.session.scalar(sa.select(sa.func.max(HazardEvent.id)))
    assert newest
    news.note_look(person(name), newest, now=NOW)
    db.session.commit()


def test_each_role_is_told_what_others_did(app: Flask) -> None:
    hazard = in_state(State.EXTENSION_PENDING)
    assert acts_for("officer") == [Act.ISSUE]
    assert acts_for("wang") == [Act.ASK_EXTENSION]
    do(hazard, Act.GRANT_EXTENSION)
    do(hazard, Act.REPORT_DONE)
    do(hazard, Act.SEND_BACK)
    assert acts_for("officer") == [Act.ISSUE, Act.GRANT_EXTENSION, Act.SEND_BACK]
    assert acts_for("wang") == [Act.ASK_EXTENSION, Act.REPORT_DONE]
    assert acts_for("chen") == acts_for("stranger") == acts_for("admin") == []
    assert (new_for("auditor"), new_for("expert")) == (None, None)


def test_managers_are_told_of_closures_to_approve_and_of_letters(app: Flask) -> None:
    in_state(State.VERIFIED)
    assert acts_for("leader") == [Act.SUBMIT_PLAN, Act.VERIFY]
    issued(due_on=day(0).isoformat())
    escalate_all(now=NOW + timedelta(days=2))
    assert acts_for("leader") == [Act.SUBMIT_PLAN, Act.VERIFY]
    escalate_all(now=NOW + timedelta(days=7))
    assert acts_for("leader") == [Act.SUBMIT_PLAN, Act.VERIFY, Act.ESCALATE]
    # The other hazard, verified but not approved, is late too, and that is no matter for the enterprise.
    assert acts_for("officer").count(Act.ESCALATE) == 2
    assert new_for("leader") == 3


def test_what_was_seen_is_not_new_and_what_comes_later_is(app: Flask) -> None:
    hazard = in_state(State.REPORTED_DONE)
    assert new_for("wang") == 1
    seen_all("wang")
    assert new_for("wang") == 0
    do(hazard, Act.SEND_BACK)
    do(hazard, Act.REPORT_DONE, now=NOW - timedelta(hours=5))  # made without a signal, sent later
    assert new_for("wang") == 1
    assert new_for("lin") == 2, "another person has looked at nothing"


def test_who_never_looked_is_told_of_two_weeks(app: Flask) -> None:
    in_state(State.REPORTED_DONE)
    assert news.count_new(person("wang"), NOW + timedelta(days=13)) == 1
    assert news.count_new(person("wang"), NOW + timedelta(days=15)) == 0


def test_the_bell_counts_and_the_page_puts_it_out(as_user: Browser) -> None:
    number = in_state(State.REPORTED_DONE).id
    wang = as_user("wang")
    assert "新消息 1 条未看" in wang.text("/today")
    page = wang.page("/hazards/news")
    assert f"/hazards/{number}" in page.links
    assert "1 条未看" in wang.text("/hazards/news"), "reading changes nothing"
    assert db.session.scalars(sa.select(NewsLook)).all() == []
    assert wang.post("/hazards/news", data={"seen": page.fields["seen"]}).status_code == 302
    assert "条未看" not in wang.text("/today")
    assert f"/hazards/{number}" in wang.page("/hazards/news").links
    assert wang.post("/hazards/news", data={"seen": "1"}).status_code == 302, (
        "an older page takes nothing back"
    )
    assert "条未看" not in wang.text("/today")


@pytest.mark.parametrize("seen", ["", "x", "99999999999999999999"])
def test_a_forged_look_is_refused_or_held_to_what_there_is(as_user: Browser, seen: str) -> None:
    hazard = in_state(State.REPORTED_DONE)
    wang = as_user("wang")
    assert wang.post("/hazards/news", data={"seen": seen}).status_code in {302, 422}
    seen_all("wang")
    wang.post("/hazards/news", data={"seen": "9" * 15})
    hazard = db.session.get_one(Hazard, hazard.id)
    do(hazard, Act.SEND_BACK)
    do(hazard, Act.REPORT_DONE)
    assert new_for("wang") == 1


def test_many_news_are_not_counted_out(as_user: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "MOST", 1)
    for place in ("一车间", "二车间", "三车间"):
        in_state(State.REPORTED_DONE, place=place)
    assert "1+ 条未看" in as_user("wang").text("/today")


@pytest.mark.parametrize("name", ["auditor", "expert"])
def test_for_whom_nothing_is_news_has_no_bell(as_user: Browser, name: str) -> None:
    in_state(State.REPORTED_DONE)
    browser = as_user(name)
    assert "/hazards/news" not in browser.page("/hazards").links
    assert browser.get("/hazards/news").status_code == 200
