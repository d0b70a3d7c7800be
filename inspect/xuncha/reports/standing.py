"""How a hazard stood at the end of a day: read from its events, never from today's row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..core.clock import day_end, local_day
from ..hazards.criteria import View
from ..hazards.lifecycle import UNSETTLED, WORKING, Act, State
from ..hazards.models import Hazard, HazardEvent

LOOKED = (Act.FIX_ON_SPOT, Act.VERIFY, Act.SEND_BACK)
AGAIN = (Act.SEND_BACK, Act.REOPEN)


@dataclass(frozen=True)
class Standing:
    """State, dates and people as they were; days are days of the zone."""

    state: State
    due_on: date | None
    extended: bool
    responsible: str
    cost: float | None
    reported_on: date | None
    looked_on: date | None
    looked_by: str
    closed_on: date | None
    round: int

    def overdue(self, day: date) -> bool:
        """Past its valid due date and not closed."""
        return self.due_on is not None and self.due_on < day and self.state in UNSETTLED


def standing(hazard: Hazard, day: date) -> Standing | None:
    """How the hazard stood when a day ended; None before it was found."""
    end = day_end(day)
    events = [event for event in hazard.events if event.at < end]
    if not events:
        return None
    last = events[-1]
    reported, looked = _last(events, (Act.REPORT_DONE,)), _last(events, LOOKED)
    accepted = _last(events, (Act.ACCEPT,))
    cost = reported.brought.get("cost") if reported else None
    closing = [event for event in events if event.to_state is State.CLOSED != event.from_state]
    return Standing(
        state=last.to_state,
        due_on=last.due_on,
        extended=_last(events, (Act.GRANT_EXTENSION,)) is not None,
        responsible=str(accepted.brought.get("responsible", "")) if accepted else "",
        cost=float(cost) if cost is not None else None,
        reported_on=local_day(reported.at) if reported else None,
        looked_on=local_day(looked.at) if looked else None,
        looked_by=looked.actor_name if looked else "",
        closed_on=local_day(closing[-1].at) if closing and last.to_state is State.CLOSED else None,
        round=1 + sum(event.act in AGAIN for event in events),
    )


def _last(events: Sequence[HazardEvent], acts: Sequence[Act]) -> HazardEvent | None:
    return next((event for event in reversed(events) if event.act in acts), None)


BY_STATE = {
    View.UNSETTLED: UNSETTLED,
    View.TODO: WORKING,
    View.WAITING: (State.REPORTED_DONE, State.EXTENSION_PENDING, State.VERIFIED, State.REFERRED),
    View.ISSUE: (State.DRAFT,),
    View.VERIFY: (State.REPORTED_DONE,),
    View.EXTENSION: (State.EXTENSION_PENDING,),
    View.CLOSURE: (State.VERIFIED,),
    View.CLOSED: (State.CLOSED,),
}
"""The views of the list of hazards that are a matter of state alone."""


def holds(view: View, now: Standing, day: date, soon: timedelta) -> bool:
    """Whether a view of the list held the hazard on that day."""
    if view in BY_STATE:
        return now.state in BY_STATE[view]
    if view is View.OVERDUE:
        return now.overdue(day)
    if view is View.SOON:
        return now.state in UNSETTLED and now.due_on is not None and day <= now.due_on <= day + soon
    return now.state is not State.VOID
