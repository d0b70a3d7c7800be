"""Two checks of one task: both are kept, a manager decides which counts, and the figures count one (C2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.checks.filings import filing, visit
from tests.house import House
from xuncha.accounts.models import User
from xuncha.checks import queries
from xuncha.checks.actions import file_check
from xuncha.checks.conflicts import count_again, set_aside
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.core.errors import NotAllowed, Refused
from xuncha.enterprises.models import Site
from xuncha.schedule.actions import open_month
from xuncha.schedule.models import Task
from xuncha.stats.figures import Figures, Period

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 30))


@pytest.fixture
def rivals(app: Flask, user: Callable[[str], User], site: Callable[[str], Site]) -> list[Check]:
    """Wang and, a day later, his lead both filed the same task."""
    open_month(2026, 11, actor=None, now=cast.NOW)
    task = db.session.scalars(
        sa.select(Task).where(Task.site_id == site("huaxin").id).order_by(Task.id)
    ).first()
    assert task is not None
    for who, now in (("wang", cast.NOW - timedelta(days=1)), ("lin", cast.NOW)):
        file_check(filing(visit(site("huaxin"), task_id=task.id, now=now)), actor=user(who), now=now)
    db.session.commit()
    return list(db.session.scalars(sa.select(Check).order_by(Check.id)))


def visits() -> int:
    return int(Figures(NOVEMBER).number("visits"))


def test_the_one_set_aside_counts_no_more_and_stays_readable(
    rivals: list[Check], user: Callable[[str], User], as_user: Callable[[str], House]
) -> None:
    before = visits()
    set_aside(rivals[1], "重复提交", actor=user("leader"), now=cast.NOW)
    db.session.commit()
    counted = db.session.scalars(queries.valid(sa.select(Check))).all()
    assert [check.id for check in counted] == [rivals[0].id]
    assert visits() == before - 1
    number = rivals[1].id
    db.session.rollback()
    assert "重复提交" in as_user("wang").text(f"/checks/{number}")


def test_it_may_count_again(rivals: list[Check], user: Callable[[str], User]) -> None:
    before = visits()
    set_aside(rivals[1], "重复提交", actor=user("leader"), now=cast.NOW)
    count_again(rivals[1], actor=user("leader"), now=cast.NOW)
    assert visits() == before


def test_one_of_them_always_counts(rivals: list[Check], user: Callable[[str], User]) -> None:
    set_aside(rivals[1], "重复提交", actor=user("leader"), now=cast.NOW)
    with pytest.raises(Refused):
        set_aside(rivals[0], "也重复", actor=user("leader"), now=cast.NOW)


@pytest.mark.parametrize("who", ["wang", "chen", "auditor", "officer"])
def test_only_a_manager_decides(rivals: list[Check], user: Callable[[str], User], who: str) -> None:
    with pytest.raises(NotAllowed):
        set_aside(rivals[1], "重复提交", actor=user(who), now=cast.NOW)


def test_a_reason_is_asked_for(rivals: list[Check], user: Callable[[str], User]) -> None:
    with pytest.raises(Refused) as refusal:
        set_aside(rivals[1], "  ", actor=user("leader"), now=cast.NOW)
    assert refusal.value.field == "reason"
