"""Selects of the committee: members, meetings, decisions, what is overdue; who may sign and accept; facts for summaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..core.access import FIELD, MANAGERS, Permission, allowed, relation
from ..core.asked import Asked
from ..core.clock import day_end, today
from ..core.db import db
from ..core.i18n import write_day
from ..core.labels import N_, Labelled
from ..enterprises.models import Sector
from ..photos.models import Photo
from ..photos.queries import shown, stamped_with
from ..stats.period import Period
from .lifecycle import OUTSTANDING, DecisionAct, DecisionState
from .models import (
    PRESIDING,
    CommitteeDuty,
    CommitteeMember,
    Decision,
    DecisionPhoto,
    DecisionStep,
    Meeting,
)
from .plans import SectorPlan

NEWEST = (Meeting.held_on.desc(), Meeting.id.desc())
BY_DUE = (Decision.due_on, Decision.id)


def members_visible_to(actor: User) -> sa.Select[CommitteeMember]:
    """The committee belongs to the zone: all of the staff see it, nobody else does."""
    query = sa.select(CommitteeMember)
    return query if allowed(actor, Permission.SEE_COMMITTEE) else query.where(sa.false())


def meetings_visible_to(actor: User) -> sa.Select[Meeting]:
    """The meetings, to whom the committee is open."""
    query = sa.select(Meeting)
    return query if allowed(actor, Permission.SEE_COMMITTEE) else query.where(sa.false())


def decisions_visible_to(actor: User) -> sa.Select[Decision]:
    """The decisions of signed minutes; before that they are a draft of their meeting."""
    query = sa.select(Decision).where(Decision.state != DecisionState.DRAFT)
    return query if allowed(actor, Permission.SEE_COMMITTEE) else query.where(sa.false())


def _serving(day: date) -> sa.ColumnElement[bool]:
    ended = sa.or_(CommitteeMember.until_on.is_(None), CommitteeMember.until_on >= day)
    return sa.and_(CommitteeMember.from_on <= day, ended)


def members_on(day: date) -> list[CommitteeMember]:
    """Who is a member on a day: chair, deputies, secretary, members."""
    found = db.session.scalars(sa.select(CommitteeMember).where(_serving(day)).order_by(CommitteeMember.id))
    return sorted(found, key=lambda one: list(CommitteeDuty).index(one.duty))


def members_between(first: date, last: date | None) -> list[CommitteeMember]:
    """Who is a member on at least one of the days; no last day is for ever."""
    query = sa.select(CommitteeMember).where(
        sa.or_(CommitteeMember.until_on.is_(None), CommitteeMember.until_on >= first)
    )
    query = query.where(CommitteeMember.from_on <= last) if last else query
    return list(db.session.scalars(query.order_by(CommitteeMember.id)))


def presiding_on(day: date) -> list[CommitteeMember]:
    """Who may preside on a day."""
    return [one for one in members_on(day) if one.duty in PRESIDING]


def answerable() -> list[User]:
    """Who may be made responsible: the office's active people who act, not those who only read."""
    roles = MANAGERS | FIELD
    query = sa.select(User).where(User.role.in_(list(roles)), User.active).order_by(User.name, User.id)
    return list(db.session.scalars(query))


class View(Labelled):
    """Which decisions a list shows."""

    OUTSTANDING = "outstanding", N_("Not done yet")
    OVERDUE = "overdue", N_("Overdue decisions")
    REPORTED = "reported", N_("To be accepted")
    DONE = "done", N_("Done and accepted")
    ALL = "all", N_("All decisions")


@dataclass(frozen=True)
class Criteria:
    """The filters of the list of decisions, as they stand in the address."""

    view: View = View.OUTSTANDING
    responsible: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str], responsible: int | None) -> Criteria:
        """Read the filters of an address; what does not fit is left out."""
        view = args.get("view", "")
        return cls(View(view) if view in set(View) else View.OUTSTANDING, responsible)

    def to_args(self) -> dict[str, Any]:
        """The address of these filters."""
        return {"view": self.view.value} | ({"responsible": self.responsible} if self.responsible else {})


def decisions(actor: User, criteria: Criteria, day: date) -> sa.Select[Decision]:
    """The decisions that fit, nearest due first."""
    shows = {
        View.OUTSTANDING: Decision.state.in_(OUTSTANDING),
        View.OVERDUE: _overdue(day),
        View.REPORTED: Decision.state == DecisionState.REPORTED,
        View.DONE: Decision.state == DecisionState.ACCEPTED,
        View.ALL: sa.true(),
    }
    query = decisions_visible_to(actor).where(shows[criteria.view])
    if criteria.responsible:
        query = query.where(Decision.responsible_id == criteria.responsible)
    return query.options(joinedload(Decision.meeting), joinedload(Decision.responsible)).order_by(*BY_DUE)


def _overdue(day: date) -> sa.ColumnElement[bool]:
    return sa.and_(Decision.state == DecisionState.OPEN, Decision.due_on < day)


def overdue_before(meeting: Meeting) -> list[Decision]:
    """What a meeting has to come back to: decisions of others that are overdue on its day and not reported done."""
    query = sa.select(Decision).where(_overdue(meeting.held_on), Decision.meeting_id != meeting.id)
    return list(db.session.scalars(query.options(joinedload(Decision.responsible)).order_by(*BY_DUE)))


# Made once: Today and every digest ask them, and making a statement takes longer than running it.
_DUE_FOR = (
    sa.select(Decision)
    .where(Decision.responsible_id == sa.bindparam("person"), Decision.state == DecisionState.OPEN)
    .where(Decision.due_on <= sa.bindparam("until"))
    .options(joinedload(Decision.meeting))
    .order_by(*BY_DUE)
)
_REPORTED = (
    sa.select(Decision)
    .where(Decision.state == DecisionState.REPORTED)
    .options(joinedload(Decision.meeting))
    .order_by(*BY_DUE)
)
_TO_SIGN = (
    sa.select(Meeting)
    .where(Meeting.signed_at.is_(None), Meeting.minutes != "", Meeting.held_on <= sa.bindparam("day"))
    .options(joinedload(Meeting.chair).joinedload(CommitteeMember.user))
    .order_by(Meeting.held_on)
)


def due_for(person: User, until: date) -> Asked[Decision]:
    """What a person has to carry out up to a day, nearest first."""
    return Asked(_DUE_FOR, {"person": person.id, "until": until})


def reported() -> Asked[Decision]:
    """What is reported done and waits for whoever accepts it."""
    return Asked(_REPORTED, {})


def to_accept(person: User) -> list[Decision]:
    """What is reported done and waits for this person."""
    if not allowed(person, Permission.ACCEPT_DECISION):
        return []
    return [one for one in reported().rows() if allowed(person, Permission.ACCEPT_DECISION, one)]


def unsigned(day: date) -> Asked[Meeting]:
    """The meetings whose minutes are written and wait for the chair."""
    return Asked(_TO_SIGN, {"day": day})


def to_sign(person: User, day: date) -> list[Meeting]:
    """The meetings whose minutes are written and wait for this person."""
    if not allowed(person, Permission.SIGN_MINUTES):
        return []
    return [one for one in unsigned(day).rows() if allowed(person, Permission.SIGN_MINUTES, one)]


def number_of(decision: Decision) -> str:
    """How a decision is named: the day of the meeting and its place in the minutes."""
    return f"{decision.meeting.held_on.isoformat()}-{decision.position}"


@relation("answers")
def _answers(actor: Any, decision: Any) -> bool:
    """The actor is responsible for the decision."""
    return bool(decision.responsible_id == actor.id)


@relation("presides")
def _presides(actor: Any, meeting: Any) -> bool:
    """The actor chaired the meeting; for a chair without an account a manager notes the signature."""
    person = meeting.chair.user
    return bool(person.id == actor.id) if person and person.active else actor.role in MANAGERS


@lru_cache(2)
def _secretaries(day: date) -> sa.Select[int | None]:
    """The accounts of those who are secretary on a day; made once a day, since Today asks it."""
    serving = sa.select(CommitteeMember.user_id).join(CommitteeMember.user).where(_serving(day), User.active)
    return serving.where(CommitteeMember.duty == CommitteeDuty.SECRETARY)


@relation("accepts")
def _accepts(actor: Any, decision: Any) -> bool:
    """The actor is the secretary; without one, or where the secretary is responsible, a manager. Never who is responsible."""
    if decision.responsible_id == actor.id:
        return False
    others = set(db.session.scalars(_secretaries(today()))) - {decision.responsible_id}
    return actor.id in others if others else actor.role in MANAGERS


@shown
def _sees_photo(actor: User, photo: Photo) -> bool:
    return allowed(actor, Permission.SEE_COMMITTEE) and _use_of(photo, None) is not None


def _use_of(photo: Photo, number: int | None) -> DecisionStep | None:
    query = sa.select(DecisionStep).join(DecisionPhoto, DecisionPhoto.step_id == DecisionStep.id)
    query = query.where(DecisionPhoto.photo_id == photo.id)
    if number is not None:
        query = query.where(DecisionStep.decision_id == number)
    return db.session.scalars(query.order_by(DecisionStep.id).limit(1)).first()


@stamped_with("decision")
def _stamp(actor: User, photo: Photo, number: int | None) -> list[str] | None:
    step = _use_of(photo, number) if allowed(actor, Permission.SEE_COMMITTEE) else None
    return [write_day(step.at), number_of(step.decision), step.actor.name] if step else None


@dataclass(frozen=True)
class SummaryFacts:
    """What a summary of a period tells of the committee and the plans."""

    meetings: int
    decisions_made: int
    decisions_done: int
    decisions_overdue: int
    plans: tuple[tuple[Sector, tuple[dict[str, str], ...]], ...]
    """By sector the names of the plans, each as `{"zh": …, "en": …}`."""


def signed_in(period: Period) -> sa.ColumnElement[bool]:
    """Meetings held in the period whose minutes were signed off by the end of the as-of day."""
    held = Meeting.held_on.between(period.first, period.until)
    return sa.and_(held, Meeting.signed_at.is_not(None), Meeting.signed_at < day_end(period.as_of))


def for_summary(period: Period) -> SummaryFacts:
    """Meetings held in the period with signed minutes, their decisions, those of them done and overdue at the end of the
    as-of day, and the plans that run in the period."""
    end, signed = day_end(period.as_of), signed_in(period)
    made = sa.select(Decision.id).join(Decision.meeting).where(signed)
    count = sa.func.count
    last = (
        sa.select(sa.func.max(DecisionStep.id))
        .where(DecisionStep.decision_id.in_(made), DecisionStep.at < end)
        .group_by(DecisionStep.decision_id)
    )
    still = DecisionStep.act.in_((DecisionAct.MAKE, DecisionAct.RETURN, DecisionAct.CHANGE))
    done, overdue = db.session.execute(
        sa.select(
            count().filter(DecisionStep.act == DecisionAct.ACCEPT),
            count().filter(still, DecisionStep.due_on < period.as_of),
        ).where(DecisionStep.id.in_(last))
    ).one()
    return SummaryFacts(
        meetings=db.session.scalar(sa.select(count()).select_from(Meeting).where(signed)) or 0,
        decisions_made=db.session.scalar(sa.select(count()).select_from(made.subquery())) or 0,
        decisions_done=done,
        decisions_overdue=overdue,
        plans=_plans_of(period),
    )


def _plans_of(period: Period) -> tuple[tuple[Sector, tuple[dict[str, str], ...]], ...]:
    query = sa.select(SectorPlan).where(
        SectorPlan.from_on <= period.until, SectorPlan.until_on >= period.first
    )
    plans = list(db.session.scalars(query.order_by(SectorPlan.from_on, SectorPlan.id)))
    sectors = [sector for sector in Sector if any(plan.sector is sector for plan in plans)]
    return tuple(
        (sector, tuple({"zh": one.name, "en": one.name_en} for one in plans if one.sector is sector))
        for sector in sectors
    )
