"""Selects of the escalation and of the contacts with enterprises: at which step a hazard stands, how often it was urged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...core.db import db
from ..contact_log import Reply
from ..lifecycle import ACTIVE, Act
from ..models import Hazard, HazardEvent
from .escalation import gravest
from .escalation_steps import Escalation, EscalationStep

# A contact that reached nobody urges nobody; contacts noted before there was a reply did.
reached_somebody = sa.and_(
    HazardEvent.act == Act.REMIND,
    sa.func.coalesce(HazardEvent.brought["reply"].as_string(), "") != Reply.NOT_REACHED.value,
)


def _steps(*steps: EscalationStep) -> sa.Select[int]:
    """The steps taken for the present due date of a hazard of the outer select."""
    query = sa.select(Escalation.id).where(
        Escalation.hazard_id == Hazard.id, Escalation.due_on == Hazard.due_on, Escalation.step.in_(steps)
    )
    return query.correlate(Hazard)


def at_step(step: EscalationStep) -> sa.ColumnElement[bool]:
    """Whether a hazard stands at a step: no graver one was taken for its due date, and it is not settled."""
    graver = [other for other in EscalationStep if other.rank > step.rank]
    return sa.and_(Hazard.state.in_(ACTIVE), _steps(step).exists(), ~_steps(*graver).exists())


def to_push() -> sa.ColumnElement[bool]:
    """Whether nobody has reached the enterprise since the gravest step was taken."""
    urged = sa.select(HazardEvent.id).where(HazardEvent.hazard_id == Hazard.id, reached_somebody)
    last = sa.select(sa.func.max(Escalation.at)).where(
        Escalation.hazard_id == Hazard.id, Escalation.due_on == Hazard.due_on
    )
    since = urged.where(HazardEvent.at >= last.correlate(Hazard).scalar_subquery()).correlate(Hazard)
    return sa.and_(_steps(*EscalationStep).exists(), ~since.exists())


def standing(hazards: Iterable[Hazard]) -> dict[int, EscalationStep]:
    """At which step each of these hazards stands; those at none are missing."""
    waiting = {hazard.id: hazard.due_on for hazard in hazards if hazard.due_on and hazard.state in ACTIVE}
    taken = gravest(waiting) if waiting else {}
    return {number: taken[number, due_on] for number, due_on in waiting.items() if (number, due_on) in taken}


@dataclass(frozen=True)
class Urged:
    """How often the enterprise was reached about a hazard, and when last."""

    times: int
    last: datetime


def urged(hazards: Collection[int]) -> dict[int, Urged]:
    """How often each of these hazards was urged; those that never were are missing."""
    query = (
        sa.select(HazardEvent.hazard_id, sa.func.count(), sa.func.max(HazardEvent.at))
        .where(HazardEvent.hazard_id.in_(hazards), reached_somebody)
        .group_by(HazardEvent.hazard_id)
    )
    return {number: Urged(times, last) for number, times, last in db.session.execute(query)}
