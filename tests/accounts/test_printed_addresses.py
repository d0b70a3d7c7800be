"""Addresses that hang somewhere open what they opened, whatever becomes of the code that made them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from tests.hazards.builders import NOW, issued, person, place

from xuncha.core.clock import utcnow
from xuncha.core.db import db
from xuncha.hazards.public.notice_links import NoticeLink
from xuncha.hazards.public.plaques import Plaque
from xuncha.hazards.public.posters import Poster
from xuncha.reminders.models import CalendarFeed
from xuncha.trainings.attendance import SignInSheet
from xuncha.trainings.exams import Exam
from xuncha.trainings.models import Training, TrainingKind

SALT = "00112233445566778899aabbccddeeff"
Made = tuple[Any, str, str]  # the row, the word of its token, where it opens


def poster() -> Made:
    return Poster(site=place("huaxin"), made_at=NOW, made_by_id=person("officer").id), "poster", "/r/"


def plaque() -> Made:
    return Plaque(site=place("huaxin"), made_at=NOW, made_by_id=person("admin").id), "plaque", "/e/"


def notice_link() -> Made:
    notice = issued().notice
    assert notice is not None
    db.session.delete(db.session.query(NoticeLink).one())
    db.session.flush()
    link = NoticeLink(notice=notice, made_at=NOW, made_by_id=person("wang").id)
    return link, f"notice link {notice.id}", "/n/"


def calendar_feed() -> Made:
    user = person("wang")
    return CalendarFeed(user=user, made_at=NOW), f"calendar feed {user.id}", "/calendar/"


def training() -> Training:
    now = utcnow()
    return Training(
        kind=next(iter(TrainingKind)),
        topic="安全用电",
        held_on=now.date(),
        place="礼堂",
        organiser="安全生产办公室",
        hours=2,
        recorded_by=person("wang"),
        recorded_at=now,
    )


def sheet() -> Made:
    now = utcnow()
    ends = now + timedelta(hours=2)
    made = SignInSheet(
        training=training(), made_at=now, made_by_id=person("wang").id, starts_at=now, closes_at=ends
    )
    return made, "sign_in", "/s/"


def exam() -> Made:
    now = utcnow()
    made = Exam(
        training=training(),
        drawn=1,
        pass_mark=60,
        minutes=10,
        attempts=1,
        made_at=now,
        made_by_id=person("wang").id,
        closes_at=now + timedelta(days=1),
    )
    return made, "exam", "/x/"


def printed(app: Flask, row: Any, word: str, path: str) -> str:
    """The address that papers of the first release with such a row bear."""
    mac = hmac.new(app.config["SECRET_KEY"].encode(), f"{word} {SALT}".encode(), hashlib.sha256)
    token = base64.b32encode(mac.digest()).decode()[:26].lower()
    row.salt, row.digest = SALT, hashlib.sha256(token.encode()).hexdigest()
    db.session.add(row)
    db.session.commit()
    return f"{path}{token}" + (".ics" if path == "/calendar/" else "")


@pytest.mark.parametrize("make", [poster, plaque, notice_link, calendar_feed, sheet, exam])
def test_a_printed_address_opens_and_tells_no_other_site(app: Flask, make: Callable[[], Made]) -> None:
    address = printed(app, *make())
    answer = app.test_client().get(address)
    assert answer.status_code in {200, 302}, answer.get_data(as_text=True)
    unknown = app.test_client().get(address[:-8] + "aaaa" + address[-4:])
    assert unknown.status_code == 404
    for one in (answer, unknown):
        assert one.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in one.headers["X-Robots-Tag"]


@pytest.mark.parametrize("path", ["/r/", "/e/", "/n/", "/calendar/", "/s/", "/x/"])
def test_guessing_is_slowed_for_every_kind(app: Flask, path: str) -> None:
    browser = app.test_client()
    ending = ".ics" if path == "/calendar/" else ""
    answers = [browser.get(f"{path}{number:026}{ending}").status_code for number in range(21)]
    assert answers == [404] * 20 + [429]
