"""The state of one hazard at the end of a day, for a row of the ledger; the same as `stats.hazard_state` counts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from ...core.clock import day_end, local_day
from ...hazards.follow_up.escalation_steps import EscalationStep
from ...hazards.lifecycle import ACTIVE, UNSETTLED, Act, State
from ...hazards.lists.filters import View
from ...hazards.lists.ledger_lines import urged_times
from ...hazards.lists.list_queries import OF_STATES
from ...hazards.models import Grade

LOOKED = (Act.FIX_ON_SPOT, Act.VERIFY, Act.SEND_BACK)
AGAIN = (Act.SEND_BACK, Act.REOPEN)


@dataclass(frozen=True)
class StateAsOf:
    """State, dates and people as they were; days are days of the zone."""

    state: State
    grade: Grade
    due_on: date | None
    responsible: str
    cost: float | None
    reported_on: date | None
    looked_on: date | None
    looked_by: str
    closed_on: date | None
    round: int
    step: EscalationStep | None
    urged: int
    to_push: bool

    def overdue(self, day: date) -> bool:
        """Past its valid due date and not closed."""
        return self.due_on is not None and self.due_on < day and self.state in UNSETTLED


def state_as_of(hazard: sa.Row[Any], events: Sequence[sa.Row[Any]], day: date) -> StateAsOf:
    """How the hazard of these events stood when a day ended; entered later, it stands as found."""
    end = day_end(day)
    events = [event for event in events if event.at < end]
    reported, looked = _last(events, (Act.REPORT_DONE,)), _last(events, LOOKED)
    accepted = _last(events, (Act.ACCEPT,))
    cost = reported.brought.get("cost") if reported else None
    state = events[-1].to_state if events else State.DRAFT
    due_on = _due_on(hazard, events, state)
    step = _step(events, state, due_on)
    closing = [event for event in events if event.to_state is State.CLOSED != event.from_state]
    return StateAsOf(
        state=state,
        grade=_grade(hazard, events),
        due_on=due_on,
        responsible=str(accepted.brought.get("responsible", "")) if accepted else "",
        cost=float(cost) if cost is not None else None,
        reported_on=local_day(reported.at) if reported else None,
        looked_on=local_day(looked.at) if looked else None,
        looked_by=looked.actor_name if looked else "",
        closed_on=local_day(closing[-1].at) if closing and state is State.CLOSED else None,
        round=1 + sum(event.act in AGAIN for event in events),
        step=EscalationStep(step.brought["step"]) if step else None,
        urged=urged_times(events),
        to_push=step is not None and not urged_times(event for event in events if event.at >= step.at),
    )


def _last(events: Sequence[sa.Row[Any]], acts: Sequence[Act]) -> sa.Row[Any] | None:
    return next((event for event in reversed(events) if event.act in acts), None)


def _step(events: Sequence[sa.Row[Any]], state: State, due_on: date | None) -> sa.Row[Any] | None:
    """The last step of the escalation for the date that was valid."""
    last = _last(events, (Act.ESCALATE,))
    return last if last is not None and state in ACTIVE and last.due_on == due_on else None


def _due_on(hazard: sa.Row[Any], events: Sequence[sa.Row[Any]], state: State) -> date | None:
    if state is State.DRAFT or not events:
        return hazard.original_due_on
    return events[-1].due_on or hazard.original_due_on


def _grade(hazard: sa.Row[Any], events: Sequence[sa.Row[Any]]) -> Grade:
    decided = _last(events, (Act.CONFIRM_MAJOR, Act.DISMISS_MAJOR))
    if decided is not None:
        return Grade.MAJOR if decided.act is Act.CONFIRM_MAJOR else Grade.GENERAL
    return Grade.SUSPECTED if hazard.grade is Grade.MAJOR else hazard.grade


BY_STATE = OF_STATES | {View.UNSETTLED: UNSETTLED, View.CLOSED: (State.CLOSED,)}
"""The views of the list of hazards that are a matter of state alone."""
BY_DAY = {View.ALL, *BY_STATE, View.OVERDUE, View.SOON, View.TO_PUSH}


def holds(view: View, then: StateAsOf, day: date, soon: timedelta) -> bool:
    """Whether a view of the list held the hazard on that day."""
    if view in BY_STATE:
        return then.state in BY_STATE[view]
    if view is View.OVERDUE:
        return then.overdue(day)
    if view is View.SOON:
        return then.state in UNSETTLED and then.due_on is not None and day <= then.due_on <= day + soon
    if view is View.TO_PUSH:
        return then.to_push
    return then.state is not State.VOID
