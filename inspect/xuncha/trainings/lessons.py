"""Lessons proposed by what fails: checklist items answered with no most often, and questions failed most in exams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..checklists.models import HazardClass, Item
from ..checks.models import Answer, Check, Result
from ..checks.queries import valid, visible_to
from ..core.db import db
from .models import TrainingKind
from .plans import PlanItem

HALF_YEAR = timedelta(days=182)
LEAST, MOST = 10, 10
KIND_FOR = {
    HazardClass.DUTY_SYSTEM: TrainingKind.COURSE,
    HazardClass.TRAINING: TrainingKind.COURSE,
    HazardClass.EMERGENCY: TrainingKind.DRILL,
    HazardClass.FIRE: TrainingKind.DRILL,
    HazardClass.WORK_BEHAVIOUR: TrainingKind.FILM,
}


@dataclass(frozen=True)
class Lesson:
    """An item that failed so often of so many answers of yes or no, and what would help."""

    item: Item
    failed: int
    answered: int

    @property
    def rate(self) -> float:
        """A share of one."""
        return self.failed / self.answered

    @property
    def kind(self) -> TrainingKind:
        """The kind of training that fits what the item is about."""
        return KIND_FOR.get(self.item.hazard_class, TrainingKind.LECTURE)

    @property
    def source(self) -> str:
        """How an item of the plan names it."""
        return f"item:{self.item.code}"


def first_day(day: date) -> date:
    """The first day of the half-year that ends with a day."""
    return day - HALF_YEAR


def _checks(reader: User, day: date) -> sa.Select[int]:
    """The valid checks of the half-year that the reader sees."""
    query = valid(visible_to(reader)).where(Check.visited_on.between(first_day(day), day))
    return query.with_only_columns(Check.id)


def failing_items(reader: User, day: date) -> list[Lesson]:
    """The items with the highest share of no in the half-year before a day, of those answered often enough."""
    failed = sa.func.sum(sa.case((Answer.result == Result.FAIL, 1), else_=0))
    query = (
        sa.select(Answer.code, failed, sa.func.count())
        .where(Answer.check_id.in_(_checks(reader, day)), Answer.result.in_([Result.FAIL, Result.COMPLY]))
        .group_by(Answer.code)
        .having(sa.and_(failed > 0, sa.func.count() >= LEAST))
    )
    rows = sorted(
        (tuple(row) for row in db.session.execute(query)), key=lambda row: (-row[1] / row[2], row[0])
    )[:MOST]
    items = {
        item.code: item
        for item in db.session.scalars(
            sa.select(Item).where(Item.code.in_([row[0] for row in rows])).order_by(Item.version_id)
        )
    }
    return [Lesson(items[code], count, answered) for code, count, answered in rows if code in items]


def failed_checks(reader: User, code: str, day: date) -> sa.Select[Check]:
    """The checks behind the figure of an item: each of them found it failing."""
    failing = sa.select(Answer.check_id).where(Answer.code == code, Answer.result == Result.FAIL)
    query = sa.select(Check).where(Check.id.in_(_checks(reader, day)), Check.id.in_(failing))
    return query.options(joinedload(Check.site), joinedload(Check.inspector))


def planned_sources(year: int) -> set[str]:
    """What the plan of a year has taken up already."""
    kept = (PlanItem.year == year, PlanItem.dropped_reason == "", PlanItem.source != "")
    return set(db.session.scalars(sa.select(PlanItem.source).where(*kept)))
