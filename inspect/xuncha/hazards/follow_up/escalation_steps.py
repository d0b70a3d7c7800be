"""The steps by which a hazard that is not rectified in time is escalated (domain 2.4); no step moves the due date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, Pk
from ...core.labels import N_, Labelled
from ..lifecycle import ACTIVE, State


class EscalationStep(Labelled):
    """In their order: each is graver than the one before."""

    DUE_SOON = "due_soon", N_("Due soon")
    OVERDUE = "overdue", N_("Overdue")
    TEAM_LEADER = "team_leader", N_("Passed to the team leader")
    SUPERVISION_LETTER = "supervision_letter", N_("Supervision letter")
    INTERVIEW = "interview", N_("Interview or referral")

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return tuple(EscalationStep).index(self)


# Once the enterprise has reported it, the delay is ours: the team leader learns of it, the enterprise gets no letter for it.
WAITS_FOR_US = (State.REPORTED_DONE, State.VERIFIED)
INSIDE = (EscalationStep.OVERDUE, EscalationStep.TEAM_LEADER)

Days = Mapping[EscalationStep, int]
"""From how many days after the due date a step holds (before it: negative); a step that is switched off is missing."""


def reached(due_on: date, state: State, day: date, days: Days) -> EscalationStep | None:
    """The gravest step that a hazard has reached on a day."""
    if state not in ACTIVE:
        return None
    steps = [
        step
        for step, late in days.items()
        if day >= due_on + timedelta(days=late)
        and not (step is EscalationStep.DUE_SOON and day > due_on)
        and (step in INSIDE or state not in WAITS_FOR_US)
    ]
    return max(steps, key=lambda step: step.rank, default=None)


class Escalation(Base):
    """A step that the escalation of a hazard reached for one of its due dates; each once, whoever runs it."""

    __tablename__ = "escalations"
    __table_args__ = (sa.UniqueConstraint("hazard_id", "due_on", "step"),)

    id: Mapped[Pk]
    hazard_id: Mapped[int] = mapped_column(sa.ForeignKey("hazards.id"))
    due_on: Mapped[date]
    step: Mapped[EscalationStep]
    at: Mapped[datetime]
