"""Whose appraisals a person sees, what they come to as things stand, and the appeals against them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..core import settings
from ..core.access import READ_ALL, Permission, allowed, relation
from ..core.asked import Asked
from ..core.db import db
from ..enterprises.models import Assignment
from ..photos.models import Photo
from ..photos.queries import shown
from ..reports.models import Edition, EditionKind
from ..reports.summaries import editions
from ..schedule.models import Task
from ..schedule.places import Place
from ..schedule.planner import office_place
from ..stats.figures import FIGURES, RATES, Figures, Period, Scope
from ..stats.figures.load import LOAD
from . import travel
from .models import Appeal, AppealState, Deduction, DeductionState
from .score import COMPONENTS, Line, Score, taken_off
from .travel import Travel

COUNTED = (*(one.of for one in COMPONENTS), *LOAD, "tasks_planned")


@relation("concerned")
def _is_concerned(actor: User, thing: User | Appeal | Deduction) -> bool:
    return actor.id == (thing.id if isinstance(thing, User) else thing.person_id)


@relation("not_concerned")
def _is_not_concerned(actor: User, thing: User | Appeal | Deduction) -> bool:
    return not _is_concerned(actor, thing)


@dataclass(frozen=True)
class Appraisal:
    """What somebody's work of a period comes to: the score, what he carries beside it, appeals, deductions that hold."""

    person: User
    figures: Figures
    score: Score
    load: Mapping[str, int]
    travel: Travel
    appeals: Mapping[str, Appeal]
    deductions: Sequence[Deduction]

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
    imposed: dict[int, list[Deduction]] = defaultdict(list)
    for deduction in db.session.scalars(_imposed_in(period)):
        imposed[deduction.person_id].append(deduction)
    with settings.read_once():
        rules = Rules(
            weights(), settings.number(settings.FEWEST_TASKS), settings.number(settings.DEDUCTION_MOST)
        )
        start = office_place()
    return [
        _appraise(person, period, filed[person.id], imposed[person.id], rules, start) for person in people
    ]


@dataclass(frozen=True)
class Rules:
    """What the office has set: the weight of each component, the tasks that a score needs, the most that is deducted."""

    weights: Mapping[str, int]
    fewest: int
    most_deducted: int


def _appraise(
    person: User,
    period: Period,
    filed: Mapping[str, Appeal],
    imposed: Sequence[Deduction],
    rules: Rules,
    start: Place | None,
) -> Appraisal:
    figures = Figures(period, Scope(supervisor=person.id), only=COUNTED)
    lines = [
        Line(
            one,
            rules.weights[one.name],
            figures.share(one.of),
            filed[one.name].credited if one.name in filed else 0,
        )
        for one in COMPONENTS
    ]
    off = taken_off((one.points for one in imposed), rules.most_deducted)
    score = Score(lines, figures.number("tasks_planned"), rules.fewest, off)
    load = {name: figures.number(name) for name in LOAD}
    way = travel.of(figures.ids("enterprises_held"), start)
    return Appraisal(person, figures, score, load, way, filed, imposed)


def _in_period(query: sa.Select[Deduction], period: Period) -> sa.Select[Deduction]:
    return query.where(Deduction.record_on >= period.first, Deduction.record_on <= period.last)


def _imposed_in(period: Period) -> sa.Select[Deduction]:
    query = sa.select(Deduction).where(Deduction.state == DeductionState.IMPOSED)
    people = (joinedload(Deduction.recorded_by), joinedload(Deduction.decided_by))
    return _in_period(query, period).options(*people).order_by(Deduction.record_on, Deduction.id)


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
    return list(db.session.scalars(_appeals_waiting_for(actor)))


def _appeals_waiting_for(actor: User) -> sa.Select[Appeal]:
    query = appeals_visible_to(actor).where(Appeal.state == AppealState.WAITING, Appeal.person_id != actor.id)
    may = sa.true() if allowed(actor, Permission.DECIDE_APPEAL) else sa.false()
    return query.where(may).order_by(None).order_by(Appeal.filed_at, Appeal.id)


def decisions_wait(actor: User, today: date) -> tuple[bool, bool]:
    """Whether appeals, and whether deductions, wait for this person's decision, in one statement."""
    waiting = sa.select(_appeals_waiting_for(actor).exists(), _deductions_waiting_for(actor, today).exists())
    appeals, deductions = db.session.execute(waiting).one()
    return bool(appeals), bool(deductions)


def deductions_visible_to(actor: User) -> sa.Select[Deduction]:
    """The deductions that a person sees, with their whole course, the newest first: a supervisor only the own."""
    query = sa.select(Deduction).options(joinedload(Deduction.person))
    if actor.role not in READ_ALL:
        query = query.where(Deduction.person_id == actor.id)
    return query.order_by(Deduction.recorded_at.desc(), Deduction.id.desc())


def deductions_of(actor: User, period: Period, person: User | None = None) -> list[Deduction]:
    """Those of records of a period, whatever became of them; of one person where one is given."""
    query = _in_period(deductions_visible_to(actor), period)
    return list(db.session.scalars(query.where(Deduction.person_id == person.id) if person else query))


def deductions_waiting_for(actor: User, today: date) -> list[Deduction]:
    """Those on which this person is to decide: who was heard or let the term pass, and who appealed."""
    return list(db.session.scalars(_deductions_waiting_for(actor, today)))


def _deductions_waiting_for(actor: User, today: date) -> sa.Select[Deduction]:
    heard = sa.and_(
        Deduction.state == DeductionState.HEARING,
        Deduction.recorded_by_id != actor.id,
        sa.or_(Deduction.stated_at.is_not(None), Deduction.hear_until < today),
    )
    appealed = sa.and_(
        Deduction.state == DeductionState.IMPOSED, Deduction.appeal_state == AppealState.WAITING
    )
    may = sa.true() if allowed(actor, Permission.DECIDE_DEDUCTION) else sa.false()
    return deductions_visible_to(actor).where(may, Deduction.person_id != actor.id, sa.or_(heard, appealed))


def undecided(period: Period) -> int:
    """How many deductions of a period wait for a decision, or for one on an appeal."""
    waits = sa.or_(Deduction.state == DeductionState.HEARING, Deduction.appeal_state == AppealState.WAITING)
    query = _in_period(sa.select(Deduction).where(waits), period)
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


_TO_ANSWER = (
    sa.select(Deduction)
    .where(Deduction.person_id == sa.bindparam("person"), Deduction.state == DeductionState.HEARING)
    .where(Deduction.stated_at.is_(None))
    .order_by(Deduction.hear_until, Deduction.id)
)


def to_answer(actor: User) -> Asked[Deduction]:
    """Those in which this person is still to be heard."""
    return Asked(_TO_ANSWER, {"person": actor.id})


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
    appeals = appeals_visible_to(actor).where(Appeal.evidence_photo_id == photo.id)
    deductions = deductions_visible_to(actor).where(Deduction.evidence_photo_id == photo.id)
    found = (
        db.session.scalar(appeals.with_only_columns(Appeal.id).limit(1)),
        db.session.scalar(deductions.with_only_columns(Deduction.id).limit(1)),
    )
    return any(one is not None for one in found)


def label_of(name: str) -> str:
    """What a rate or figure is called, as a message."""
    return RATES[name].label if name in RATES else FIGURES[name].label
