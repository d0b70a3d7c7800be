"""Escalation by time: who is behind gets the next step, once for each due date, however often and by how many it is run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from ...core import settings
from ...core.clock import local_day
from ...core.db import db, insert_new, table_of
from .. import transitions
from ..lifecycle import ACTIVE, Act
from ..models import Hazard, queued
from .escalation_steps import Days, Escalation, EscalationStep, reached

PORTION = 100  # hazards escalated in one transaction: a phone that files meanwhile waits for no more of them
SETTING = {
    EscalationStep.OVERDUE: "step_overdue",
    EscalationStep.TEAM_LEADER: "step_team_leader",
    EscalationStep.SUPERVISION_LETTER: "step_letter",
    EscalationStep.INTERVIEW: "step_interview",
}


def days() -> Days:
    """The steps that the office wants, each with its days after the due date."""
    found = {step: late for step, key in SETTING.items() if (late := settings.number(key)) > 0}
    if settings.number("step_due_soon"):
        found[EscalationStep.DUE_SOON] = -settings.number("soon")
    return found


def portions(now: datetime) -> list[Sequence[int]]:
    """The hazards that have reached a step which they have not taken, some at a time; each portion is a transaction."""
    day, wanted = local_day(now), days()
    if not wanted:
        return []
    query = sa.select(Hazard.id, Hazard.due_on, Hazard.state).where(
        queued <= day - timedelta(days=min(wanted.values())),
        Hazard.state.in_(ACTIVE),
        Hazard.due_on.is_not(None),
    )
    taken = gravest()
    found = sorted(
        number
        for number, due_on, state in db.session.execute(query)
        if due_on and _further(reached(due_on, state, day, wanted), taken.get((number, due_on)))
    )
    return [found[first : first + PORTION] for first in range(0, len(found), PORTION)]


# Made once: the list of hazards asks it.
_TAKEN = sa.select(Escalation.hazard_id, Escalation.due_on, Escalation.step)
_TAKEN_FOR = _TAKEN.where(Escalation.hazard_id.in_(sa.bindparam("hazards", expanding=True)))
_TAKEN_FOR_ACTIVE = _TAKEN.join(Hazard, Hazard.id == Escalation.hazard_id).where(Hazard.state.in_(ACTIVE))


def gravest(hazards: Collection[int] | None = None) -> dict[tuple[int, date], EscalationStep]:
    """The gravest step taken for each hazard and due date."""
    taken = (
        db.session.execute(_TAKEN_FOR_ACTIVE)
        if hazards is None
        else db.session.execute(_TAKEN_FOR, {"hazards": list(hazards)})
    )
    found: dict[tuple[int, date], EscalationStep] = {}
    for number, due_on, step in taken:
        if _further(step, found.get((number, due_on))):
            found[number, due_on] = step
    return found


def escalate(hazards: Collection[int], *, now: datetime) -> int:
    """Take the step that each of these hazards has reached by now, unless another run took it; how many were taken."""
    # Locked in one order: another run, or a person who closes one of them, comes before or after as a whole.
    query = sa.select(Hazard).where(Hazard.id.in_(hazards)).order_by(Hazard.id).with_for_update()
    rows = list(db.session.scalars(query.execution_options(populate_existing=True)))
    taken, day, wanted = gravest(hazards), local_day(now), days()
    return sum(_take(hazard, taken, day, wanted, now) for hazard in rows)


def _take(
    hazard: Hazard, taken: dict[tuple[int, date], EscalationStep], day: date, wanted: Days, now: datetime
) -> bool:
    if hazard.due_on is None:
        return False
    step = reached(hazard.due_on, hazard.state, day, wanted)
    if step is None or not _further(step, taken.get((hazard.id, hazard.due_on))):
        return False
    values = {"hazard_id": hazard.id, "due_on": hazard.due_on, "step": step, "at": now}
    if db.session.scalar(insert_new(Escalation).returning(table_of(Escalation).c.id), values) is None:
        return False
    transitions.write_event(hazard, Act.ESCALATE, hazard.state, None, now, {"step": step})
    return True


def _further(step: EscalationStep | None, taken: EscalationStep | None) -> bool:
    return step is not None and (taken is None or step.rank > taken.rank)
