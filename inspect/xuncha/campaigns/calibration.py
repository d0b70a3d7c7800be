"""Calibration: items where an expert found a hazard that a supervisor's check had passed shortly before, and the lessons.

The figure is by item and by team; no person is ranked. What it shows is a need of instruction, not a fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from ..accounts.models import Team, User
from ..checks import queries as checks
from ..checks.models import Answer, Check, Result, VisitKind
from ..core.access import Permission, demand
from ..core.db import Base, Code, Pk, db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.panels import Panels
from ..hazards.lifecycle import State
from ..hazards.models import Hazard, Source
from ..hazards.queries import visible_to as hazards_visible_to

WITHIN = timedelta(days=30)
LONGEST_LESSON = 2000
lesson_panels = Panels()
"""What other domains show beside the lessons of the calibration page; each maker gets the lessons and the reader."""


class Lesson(Base):
    """A lesson that the office proposes on an item, with its day; only added."""

    __tablename__ = "lessons"

    id: Mapped[Pk]
    item_code: Mapped[Code] = mapped_column(index=True)
    text: Mapped[str]
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))

    proposed_by: Mapped[User] = relationship()


@dataclass(frozen=True)
class Passed:
    """A hazard that an expert found, and the last check that had passed its item within the days before."""

    hazard: Hazard
    check: Check

    @property
    def team(self) -> Team | None:
        """The team of who passed it."""
        return self.check.inspector.team

    @property
    def days(self) -> int:
        """How many days lay between the two."""
        return (self.hazard.found_on - self.check.visited_on).days


def passed_before(actor: User, first: date, last: date) -> list[Passed]:
    """What experts found from a day to a day that a check had passed in the 30 days before, newest first.

    Findings that the zone has not confirmed, or has rejected, are no hazards and are left out.
    """
    earlier, by_expert = aliased(Check), aliased(Check)
    found = hazards_visible_to(actor).where(
        Hazard.source == Source.EXPERT,
        Hazard.item_id.is_not(None),
        Hazard.found_on.between(first, last),
        Hazard.state.not_in((State.DRAFT, State.VOID)),
    )
    pairs = (
        found.join(by_expert, by_expert.id == Hazard.check_id)
        .join(earlier, earlier.site_id == Hazard.site_id)
        .join(Answer, sa.and_(Answer.check_id == earlier.id, Answer.item_id == Hazard.item_id))
        .where(
            Answer.result == Result.COMPLY,
            earlier.kind != VisitKind.EXPERT,
            earlier.visited_on.between(first - WITHIN, last),
            earlier.finished_at <= by_expert.started_at,
            checks.counts(earlier.id),
        )
        .add_columns(earlier)
        .options(
            joinedload(Hazard.site),
            joinedload(Hazard.item),
            joinedload(earlier.inspector).joinedload(User.team),
        )
        .order_by(Hazard.found_on.desc(), Hazard.id.desc(), earlier.finished_at.desc())
    )
    nearest: dict[int, Passed] = {}
    for hazard, check in db.session.execute(pairs):
        if hazard.found_on - check.visited_on <= WITHIN:
            nearest.setdefault(hazard.id, Passed(hazard, check))
    return list(nearest.values())


def found_by_experts(actor: User, first: date, last: date) -> int:
    """How many hazards on items experts found from a day to a day: the whole of which those are a part."""
    query = hazards_visible_to(actor).where(
        Hazard.source == Source.EXPERT,
        Hazard.item_id.is_not(None),
        Hazard.found_on.between(first, last),
        Hazard.state.not_in((State.DRAFT, State.VOID)),
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def by_item(rows: Sequence[Passed]) -> list[tuple[str, int]]:
    """Code of the item and how often, most often first."""
    counted = Counter(row.hazard.item_code for row in rows)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def by_team(rows: Sequence[Passed]) -> list[tuple[Team | None, int]]:
    """Team and how often, in the order of the teams: no ranking."""
    counted = Counter(row.team.id if row.team else 0 for row in rows)
    teams = {row.team.id if row.team else 0: row.team for row in rows}
    return [(teams[number], counted[number]) for number in sorted(counted)]


def lessons() -> list[Lesson]:
    """The lessons that were proposed, newest first."""
    query = sa.select(Lesson).options(joinedload(Lesson.proposed_by)).order_by(Lesson.id.desc())
    return list(db.session.scalars(query))


def propose(item_code: str, text: str, *, actor: User, now: datetime) -> Lesson:
    """Propose a lesson on an item. Raises Refused."""
    demand(actor, Permission.MANAGE_CAMPAIGNS)
    if not text.strip():
        raise Refused(N_("Say what the lesson is to teach."), field="text")
    if db.session.scalar(sa.select(Hazard.id).where(Hazard.item_code == item_code).limit(1)) is None:
        raise Refused(N_("Choose one of the entries offered."), field="item_code")
    lesson = Lesson(
        item_code=item_code, text=text.strip()[:LONGEST_LESSON], proposed_at=now, proposed_by_id=actor.id
    )
    db.session.add(lesson)
    db.session.flush()
    return lesson
