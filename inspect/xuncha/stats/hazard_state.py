"""How hazards stood at the end of a day, read from their spans, never from today's columns."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from ..hazards.lifecycle import UNSETTLED, State
from ..hazards.models import Grade, Hazard
from .totals.models import HazardSpan


def joined(query: sa.Select[Any], as_of: date) -> sa.Select[Any]:
    """The hazards of a select that were found by then, each with the span of that day."""
    holds = sa.and_(HazardSpan.from_on <= as_of, HazardSpan.until_on > as_of)
    return query.join(HazardSpan, sa.and_(HazardSpan.hazard_id == Hazard.id, holds))


state = HazardSpan.state
due_on = HazardSpan.due_on
closed_on = HazardSpan.closed_on
due = HazardSpan.due.expression
past_due = HazardSpan.past_due.expression
fixed_on_spot = HazardSpan.fixed_on_spot.expression
major = HazardSpan.major.expression
looked_at = HazardSpan.looked_at.expression
reported = HazardSpan.reported.expression
done_in_time = HazardSpan.done_in_time.expression

counts: sa.ColumnElement[bool] = state != State.VOID
"""Not void."""

closed: sa.ColumnElement[bool] = state == State.CLOSED
"""Verified and closed; reported alone is not closed."""

unsettled: sa.ColumnElement[bool] = state.in_(UNSETTLED)
"""Neither closed nor void."""

awaits_decision: sa.ColumnElement[bool] = state.in_((State.REPORTED_DONE, State.VERIFIED))
"""Reported rectified, or verified but not approved."""

suspected: sa.ColumnElement[bool] = sa.and_(Hazard.grade == Grade.SUSPECTED, HazardSpan.undecided)
"""Suspected as major, and nobody had decided."""
