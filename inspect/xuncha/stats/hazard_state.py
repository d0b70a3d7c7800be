"""The state of hazards at the end of a day, read from their events, never from today's columns."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from ..core.clock import day_end
from ..hazards.lifecycle import UNSETTLED, Act, State
from ..hazards.models import Hazard, HazardEvent


class LocalDate(FunctionElement[date]):
    """The day in the zone on which a stored moment falls, as SQL."""

    type = sa.Date()
    inherit_cache = True


@compiles(LocalDate, "sqlite")
def _on_sqlite(element: LocalDate, compiler: Any, **more: Any) -> str:
    # China has one zone and has had no summer time since 1991.
    return f"date({compiler.process(element.clauses, **more)}, '+8 hours')"


@compiles(LocalDate, "postgresql")
def _on_postgresql(element: LocalDate, compiler: Any, **more: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **more)} AT TIME ZONE 'Asia/Shanghai' AS date)"


def _last(column: Any, *acts: Act) -> Any:
    """The newest of a hazard's events of some kinds. Within a hazard numbers and moments grow together."""
    return sa.func.max(sa.case((HazardEvent.act.in_(acts), column)))


def _closing() -> sa.ColumnElement[bool]:
    """An event that closed: delisting leaves a closed hazard closed."""
    before = HazardEvent.from_state
    return sa.and_(HazardEvent.to_state == State.CLOSED, sa.or_(before.is_(None), before != State.CLOSED))


class StateAsOf:
    """The hazards' states, due dates and grades at the end of a day; to be joined to the hazards."""

    def __init__(self, as_of: date) -> None:
        event, self.day = HazardEvent, as_of
        summed = (
            sa.select(
                event.hazard_id,
                sa.func.max(event.id).label("last"),
                _last(event.id, Act.FIX_ON_SPOT).label("fixed"),
                _last(event.id, Act.CONFIRM_MAJOR).label("confirmed"),
                _last(event.id, Act.DISMISS_MAJOR).label("dismissed"),
                _last(event.id, Act.VERIFY, Act.SEND_BACK).label("looked"),
                _last(event.id, Act.REPORT_DONE).label("reported"),
                _last(event.id, Act.SEND_BACK, Act.REOPEN).label("begun_again"),
                _last(event.at, Act.REPORT_DONE).label("reported_at"),
                _last(event.at, Act.VERIFY).label("verified_at"),
                sa.func.max(sa.case((_closing(), event.at))).label("closed_at"),
            )
            .where(event.at < day_end(as_of))
            .group_by(event.hazard_id)
            .subquery()
        )
        last = aliased(event)
        self.table = (
            sa.select(summed, last.to_state, last.due_on)
            .join(last, last.id == summed.c.last)
            .subquery("state_as_of")
        )
        self._events = self.table.c

    def joined(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """The hazards with how they stood; one whose first event came later stands as found."""
        return query.outerjoin(self.table, self._events.hazard_id == Hazard.id)

    @property
    def state(self) -> sa.ColumnElement[State]:
        """The state then."""
        return sa.func.coalesce(self._events.to_state, sa.literal(State.DRAFT, Hazard.state.type))

    @property
    def due_on(self) -> sa.ColumnElement[date]:
        """The valid due date then. A correction moves a draft's date without an event; what was mended on the spot
        was due on the spot."""
        valid = sa.case(
            (self.state == State.DRAFT, Hazard.original_due_on),
            else_=sa.func.coalesce(self._events.due_on, Hazard.original_due_on),
        )
        return sa.case((self.fixed_on_spot, sa.func.coalesce(valid, Hazard.found_on)), else_=valid)

    @property
    def counts(self) -> sa.ColumnElement[bool]:
        """Not void then."""
        return self.state != State.VOID

    @property
    def closed(self) -> sa.ColumnElement[bool]:
        """Verified and closed; reported alone is not closed."""
        return self.state == State.CLOSED

    @property
    def unsettled(self) -> sa.ColumnElement[bool]:
        """Neither closed nor void."""
        return self.state.in_(UNSETTLED)

    @property
    def awaits_decision(self) -> sa.ColumnElement[bool]:
        """Reported rectified, or verified but not approved."""
        return self.state.in_((State.REPORTED_DONE, State.VERIFIED))

    @property
    def past_due(self) -> sa.ColumnElement[bool]:
        """The valid due date lies before the day."""
        return sa.and_(self.due_on.is_not(None), self.due_on < self.day)

    @property
    def fixed_on_spot(self) -> sa.ColumnElement[bool]:
        """Mended before the visit ended."""
        return self._events.fixed.is_not(None)

    @property
    def major(self) -> sa.ColumnElement[bool]:
        """Confirmed as major and not dismissed since."""
        return sa.and_(
            self._events.confirmed.is_not(None),
            self._events.confirmed > sa.func.coalesce(self._events.dismissed, 0),
        )

    @property
    def undecided(self) -> sa.ColumnElement[bool]:
        """Nobody had decided whether it is major."""
        return sa.and_(self._events.confirmed.is_(None), self._events.dismissed.is_(None))

    @property
    def looked_at(self) -> sa.ColumnElement[bool]:
        """Had a re-inspection, passed or not."""
        return self._events.looked.is_not(None)

    @property
    def reported(self) -> sa.ColumnElement[bool]:
        """Was reported rectified at some time."""
        return self._events.reported.is_not(None)

    @property
    def closed_on(self) -> sa.ColumnElement[date]:
        """The day of the last closure."""
        return LocalDate(self._events.closed_at)

    @property
    def done_in_time(self) -> sa.ColumnElement[bool]:
        """Reported on or before the valid due date and verified since; verified by that date where nobody reported."""
        renewed = sa.func.coalesce(self._events.begun_again, 0)
        done_at = sa.case(
            (self._events.reported > renewed, self._events.reported_at), else_=self._events.verified_at
        )
        verified = self.state.in_((State.VERIFIED, State.CLOSED))
        return sa.and_(
            verified,
            sa.or_(
                sa.and_(self.fixed_on_spot, self._events.begun_again.is_(None)),
                LocalDate(done_at) <= self.due_on,
            ),
        )
