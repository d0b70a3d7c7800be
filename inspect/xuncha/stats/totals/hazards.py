"""What hazards contribute to the figures: their spans, and the cells in which each span counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from ...enterprises.models import Assignment
from ...hazards.models import Hazard, HazardEvent
from ..definition import FIGURES
from ..kept import Axis, OfHazards
from .changes import BY_CLASS, BY_SUPERVISOR, EVERY, WHOLE, Cell, Changes, Presence, add_course, month_of
from .models import FOREVER, HazardSpan
from .spans import Event, Span, spans_of

Row = sa.Row[*tuple[Any, ...]]
FACTS = ("site_id", "site", "found_on", "hazard_class", "source", "grade", "original_due_on")
"""What figures read of a hazard beside its events."""

# Made once: making a statement takes longer than running it.
_NUMBERS: sa.BindParameter[Any] = sa.bindparam("numbers", expanding=True)
_SITES: sa.BindParameter[Any] = sa.bindparam("sites", expanding=True)
_OF_SITES = sa.select(Hazard.id).where(Hazard.site_id.in_(_SITES))
_DELETE = sa.delete(HazardSpan).where(HazardSpan.hazard_id.in_(_NUMBERS))
_INSERT = sa.insert(HazardSpan)
_EVENTS = (
    sa.select(
        Hazard.id,
        Hazard.found_on,
        Hazard.original_due_on,
        HazardEvent.at,
        HazardEvent.act,
        HazardEvent.from_state,
        HazardEvent.to_state,
        HazardEvent.due_on,
    )
    .outerjoin(HazardEvent, HazardEvent.hazard_id == Hazard.id)
    .where(Hazard.id.in_(_NUMBERS))
    .order_by(Hazard.id, HazardEvent.id)
)
_HOLDERS = (
    sa.select(Assignment.site_id, Assignment.from_on, Assignment.until_on, Assignment.supervisor_id)
    .where(Assignment.site_id.in_(_SITES))
    .order_by(Assignment.from_on)
)


@cache
def _figures() -> dict[str, OfHazards]:
    """The figures of hazards; first asked for when all of them are defined."""
    return {name: one.kept for name, one in FIGURES.items() if isinstance(one.kept, OfHazards)}


@cache
def _spans() -> sa.Select[*tuple[Any, ...]]:
    """The spans of hazards, each with the figures that it counts in, in their order."""
    return (
        sa.select(
            HazardSpan.hazard_id,
            HazardSpan.from_on,
            HazardSpan.closed_on,
            Hazard.found_on,
            Hazard.hazard_class,
            Hazard.site_id,
            *(kept.stands.label(name) for name, kept in _figures().items()),
        )
        .join(Hazard, Hazard.id == HazardSpan.hazard_id)
        .where(HazardSpan.hazard_id.in_(_NUMBERS))
        .order_by(HazardSpan.hazard_id, HazardSpan.from_on)
    )


class Touched:
    """The hazards whose contribution a flush changes: by an event, a corrected fact, or a handover of their site."""

    def __init__(self, things: Iterable[Any]) -> None:
        things = list(things)
        self._hazards = [thing for thing in things if isinstance(thing, Hazard) and _is_other(thing)]
        steps = [thing for thing in things if isinstance(thing, HazardEvent)]
        self._hazards += [step.hazard for step in steps if step.hazard]
        self._numbers = {step.hazard_id for step in steps if not step.hazard}
        self._sites = {
            one.site_id or one.site.id for one in things if isinstance(one, Assignment) and _moves(one)
        }
        self._handed_over: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._hazards or self._numbers or self._sites)

    def _known(self) -> set[int]:
        return {one.id for one in self._hazards if one.id} | self._numbers

    def add_before(self, connection: sa.Connection, changes: Changes) -> None:
        """Add what they contributed; the rows still are as they were."""
        if self._sites:
            self._handed_over = set(connection.scalars(_OF_SITES, {"sites": list(self._sites)}))
        add_changes(connection, self._known() | self._handed_over, changes)
        if known := self._known():
            connection.execute(_DELETE, {"numbers": list(known)})

    def add_after(self, connection: sa.Connection, changes: Changes) -> None:
        """Write their spans, and add what they contribute now."""
        write_spans(connection, self._known())
        add_changes(connection, self._known() | self._handed_over, changes)


def _is_other(hazard: Hazard) -> bool:
    """Whether it is new, or a fact of it changes that figures read."""
    state = sa.inspect(hazard)
    return not state.persistent or any(state.attrs[name].history.has_changes() for name in FACTS)


def _moves(assignment: Assignment) -> bool:
    """Whether its site can have hazards: a new site has none yet."""
    return bool(assignment.site_id or (assignment.site and assignment.site.id))


def write_spans(connection: sa.Connection, numbers: Collection[int]) -> None:
    """Write the spans of hazards that have none."""
    rows = [row for number, spans in read_spans(connection, numbers) for row in as_rows(number, spans)]
    if rows:
        connection.execute(_INSERT, rows)


def read_spans(connection: sa.Connection, numbers: Collection[int]) -> Iterator[tuple[int, list[Span]]]:
    """The spans of hazards as their rows and events say."""
    if not numbers:
        return
    read = connection.execute(_EVENTS, {"numbers": list(numbers)})
    for number, rows in groupby(read, key=attrgetter("id")):
        one = list(rows)
        events = [Event(*row[3:]) for row in one if row.at is not None]
        yield number, spans_of(one[0].found_on, one[0].original_due_on, events)


def as_rows(number: int, spans: Iterable[Span]) -> Iterator[dict[str, Any]]:
    """Spans as they are stored."""
    for span in spans:
        standing = {name: getattr(span.standing, name) for name in span.standing.__slots__}
        yield {"hazard_id": number, "from_on": span.from_on, "until_on": span.until_on, **standing}


def add_changes(connection: sa.Connection, numbers: Collection[int], changes: Changes) -> None:
    """Add what hazards contribute by their spans, as the definitions of the figures read them."""
    if not numbers:
        return
    rows = connection.execute(_spans(), {"numbers": list(numbers)}).all()
    if not rows:
        return
    holders = Holders(connection, {row.site_id for row in rows})
    for _number, spans in groupby(rows, key=attrgetter("hazard_id")):
        one = list(spans)
        add_course(changes, _course(one, holders.of(one[0].site_id)))


def _course(spans: Sequence[Row], holders: Sequence[tuple[date, str]]) -> Iterator[Presence]:
    """How a hazard counts from day to day: it changes with its spans, and where its site is handed over."""
    begins = spans[0].from_on
    days = sorted({span.from_on for span in spans} | {day for day, _holder in holders if day > begins})
    for day in days:
        span = next(one for one in reversed(spans) if one.from_on <= day)
        holder = next((one for since, one in reversed(holders) if since <= day), "")
        yield Presence(day, frozenset(_cells(span, holder)))


def _cells(span: Row, holder: str) -> Iterator[Cell]:
    for (name, kept), counted in zip(_figures().items(), span[6:], strict=True):
        if not counted:
            continue
        cohort = _cohort(kept.axis, span)
        yield Cell(name, WHOLE, "", cohort)
        yield Cell(name, BY_CLASS, span.hazard_class.value, cohort)
        if kept.by_supervisor and holder:
            yield Cell(name, BY_SUPERVISOR, holder, cohort)


def _cohort(axis: Axis, span: Row) -> date:
    if axis is Axis.FOUND:
        return month_of(span.found_on)
    return month_of(span.closed_on) if axis is Axis.CLOSED else EVERY


class Holders:
    """Who held sites from which days on, as `scope.holder_of` asks the time line: the assignment that began last."""

    def __init__(self, connection: sa.Connection, sites: Collection[int]) -> None:
        self._lines: dict[int, list[Row]] = {}
        for row in connection.execute(_HOLDERS, {"sites": list(sites)}):
            self._lines.setdefault(row.site_id, []).append(row)

    def of(self, site: int) -> list[tuple[date, str]]:
        """The days on which the holder of a site changes, with who it is from then on; "" is nobody."""
        rows = self._lines.get(site, [])
        days = sorted({row.from_on for row in rows} | {row.until_on for row in rows if row.until_on})
        return [(day, self._on(rows, day)) for day in days]

    @staticmethod
    def _on(rows: Sequence[Row], day: date) -> str:
        holding = [row for row in rows if row.from_on <= day < (row.until_on or FOREVER)]
        return str(holding[-1].supervisor_id) if holding else ""
