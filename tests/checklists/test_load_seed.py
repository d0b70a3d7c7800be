"""The shipped checklists are loaded once and never over the office's own work."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from tests import cast

from xuncha.checklists.loading import load_seed
from xuncha.checklists.models import Basis, Checklist, ChecklistVersion, Item, Law, Phrase
from xuncha.core.db import db
from xuncha.schedule.loading import load_calendar
from xuncha.schedule.models import CalendarDay, DayKind


def counts() -> list[int]:
    tables = (Law, Checklist, ChecklistVersion, Item, Basis, Phrase, CalendarDay)
    return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables]


def test_loading_twice_adds_nothing(app: Flask) -> None:
    load_calendar()
    before = counts()
    assert before[1:4] == [8, 8, 14 + 14 + 15 + 15 + 15 + 11 + 12 + 11]
    load_seed(now=cast.NOW + timedelta(days=1))
    load_calendar()
    assert counts() == before


def test_every_shipped_list_is_published_with_bases_and_phrases(app: Flask) -> None:
    for checklist in db.session.scalars(sa.select(Checklist)):
        assert checklist.current is not None
        assert checklist.current.number == 1
        assert checklist.draft is None
        assert all(item.phrases for item in checklist.current.items)


def test_loading_leaves_what_the_office_changed(app: Flask) -> None:
    load_calendar()
    law = db.session.scalars(sa.select(Law).where(Law.code == "lightning-protection-rules")).one()
    law.note_zh = "已由管理员填写"
    day = db.session.scalars(sa.select(CalendarDay).where(CalendarDay.kind == DayKind.WORK).limit(1)).one()
    day.kind = DayKind.OFF
    load_seed(now=cast.NOW)
    load_calendar()
    assert law.note_zh == "已由管理员填写"
    assert day.kind is DayKind.OFF


def test_a_newer_shipped_list_becomes_a_further_version_and_the_old_one_stays(app: Flask) -> None:
    checklist = db.session.scalars(sa.select(Checklist).where(Checklist.code == "GEN")).one()
    first = checklist.versions[0]
    first.items[0].text_zh = "上一版的文字。"  # as an older release shipped it
    db.session.flush()
    load_seed(now=cast.NOW)
    load_seed(now=cast.NOW)
    assert [version.number for version in checklist.versions] == [1, 2]
    assert checklist.versions[0].items[0].text_zh == "上一版的文字。"
    assert checklist.current is not None
    assert checklist.current.items[0].text_zh != "上一版的文字。"


def test_a_list_that_the_office_published_is_left_alone(app: Flask) -> None:
    checklist = db.session.scalars(sa.select(Checklist).where(Checklist.code == "GEN")).one()
    checklist.versions[0].items[0].text_zh = "本单位的文字。"
    checklist.versions[0].published_by_id = 1
    db.session.flush()
    load_seed(now=cast.NOW)
    assert [version.number for version in checklist.versions] == [1]
