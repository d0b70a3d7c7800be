"""Whose appraisals a person sees, what they come to as things stand, and the appeals against them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..core import settings
from ..core.access import READ_ALL, Permission, allowed, relation
from ..core.db import db
from ..enterprises.models import Assignment
from ..photos.models import Photo
from ..photos.queries import shown
from ..reports.models import Edition, EditionKind
from ..reports.summaries import editions
from ..schedule.models import Task
from ..stats.figures import FIGURES, RATES, Figures, Period, Scope
from ..stats.figures.load import LOAD
from .models import Appeal, AppealState
from .score import COMPONENTS, Line, Score

COUNTED = (*(one.of for one in COMPONENTS), *LOAD, "tasks_planned")


@relation("concerned")
def _is_concerned(actor: User, thing: User | Appeal) -> bool:
    return actor.id == (thing.person_id if isinstance(thing, Appeal) else thing.id)


@relation("not_concerned")
def _is_not_concerned(actor: User, appeal: Appeal) -> bool:
    return not _is_concerned(actor, appeal)


@dataclass(frozen=True)
class Appraisal:
    """What somebody's work of a period comes to: the score, what he carries beside it, the appeals against it."""

    person: User
    figures: Figures
    score: Score
    load: Mapping[str, int]
    appeals: Mapping[str, Appeal]

    @property
    def period(self) -> Period:
        """Its period, as of its day."""
        return self.figures.period


def visible_to(actor: User) -> sa.Select[User]:
    """The people whose appraisals a person sees: a supervisor only the own."""
    query = sa.select(User).options(joinedload(User.team))
    return query if actor.role in READ_ALL else query.where(User.id == actor.id)


def appraised(actor: User, period: Period) -> list[User]:
    """Those of them who had tasks in the period, or hold a site on its day."""
    planned = sa.select(Task.supervisor_id).where(
        Task.window_start >= period.first, Task.window_end <= period.last, Task.window_start <= period.as_of
    )
    day = period.as_of
    holds = sa.select(Assignment.supervisor_id).where(
        Assignment.from_on <= day, sa.or_(Assignment.until_on.is_(None), Assignment.until_on > day)
    )
    query = visible_to(actor).where(sa.or_(User.id.in_(planned), User.id.in_(holds)))
    # By team and name: a list by score would be a race.
    return list(db.session.scalars(query.order_by(User.team_id, User.name, User.id)))


def weights() -> dict[str, int]:
    """The weight of each component, by its name."""
    return {one.name: settings.number(one.setting) for one in COMPONENTS}


def appraise(people: Collection[User], period: Period) -> list[Appraisal]:
    """The appraisals of some people as things stand."""
    filed: dict[int, dict[str, Appeal]] = {person.id: {} for person in people}
    for appeal in db.session.scalars(_of_period(sa.select(Appeal), period.first, period.last)):
        if appeal.person_id in filed:
            filed[appeal.person_id][appeal.component] = appeal
    with settings.read_once():
        weighed, fewest = weights(), settings.number(settings.FEWEST_TASKS)
    return [_appraise(person, period, filed[person.id], weighed, fewest) for person in people]


def _appraise(
    person: User, period: Period, filed: Mapping[str, Appeal], weighed: Mapping[str, int], fewest: int
) -> Appraisal:
    figures = Figures(period, Scope(supervisor=person.id), only=COUNTED)
    lines = [
        Line(
            one,
            weighed[one.name],
            figures.share(one.of),
            filed[one.name].credited if one.name in filed else 0,
        )
        for one in COMPONENTS
    ]
    score = Score(lines, figures.number("tasks_planned"), fewest)
    return Appraisal(person, figures, score, {name: figures.number(name) for name in LOAD}, filed)


def _of_period(query: sa.Select[Appeal], first: date, last: date) -> sa.Select[Appeal]:
    return query.where(Appeal.first_on == first, Appeal.last_on == last)


def appeals_visible_to(actor: User) -> sa.Select[Appeal]:
    """The appeals that a person sees, those that wait first, then the newest: a supervisor only the own."""
    query = sa.select(Appeal).options(joinedload(Appeal.person))
    if actor.role not in READ_ALL:
        query = query.where(Appeal.person_id == actor.id)
    waits = Appeal.state == AppealState.WAITING
    return query.order_by(waits.desc(), Appeal.filed_at.desc(), Appeal.id.desc())


def appeals_of(actor: User, period: Period) -> list[Appeal]:
    """The appeals of a period."""
    return list(db.session.scalars(_of_period(appeals_visible_to(actor), period.first, period.last)))


def waiting_for(actor: User) -> list[Appeal]:
    """The appeals on which this person is to decide, the oldest first."""
    if not allowed(actor, Permission.DECIDE_APPEAL):
        return []
    query = appeals_visible_to(actor).where(Appeal.state == AppealState.WAITING, Appeal.person_id != actor.id)
    return list(db.session.scalars(query.order_by(None).order_by(Appeal.filed_at, Appeal.id)))


def issued(first: date, last: date) -> list[Edition]:
    """The issued appraisals of a period, the newest first."""
    query = sa.select(Edition).where(
        Edition.kind == EditionKind.APPRAISAL, Edition.first_on == first, Edition.last_on == last
    )
    return list(db.session.scalars(query.order_by(Edition.edition.desc())))


def last_issued(period: Period) -> Edition | None:
    """The newest of them."""
    return editions.last_of(EditionKind.APPRAISAL, period)


@shown
def _sees_evidence(actor: User, photo: Photo) -> bool:
    query = appeals_visible_to(actor).where(Appeal.evidence_photo_id == photo.id).with_only_columns(Appeal.id)
    return db.session.scalar(query.limit(1)) is not None


def label_of(name: str) -> str:
    """What a rate or figure is called, as a message."""
    return RATES[name].label if name in RATES else FIGURES[name].label
