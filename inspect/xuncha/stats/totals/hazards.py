"""What hazards contribute to the figures: their spans, and the cells in which each span counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from ...enterprises.models import Assignment
from ...hazards.models import Hazard, HazardEvent
from ..figure import FIGURES, Axis, Figure
from .changes import BY_CLASS, BY_SUPERVISOR, EVERY, WHOLE, Cell, Changes, Presence, add_course, month_of
from .models import FOREVER, HazardSpan
from .spans import Event, Span, spans_of


def rewrite_spans(connection: sa.Connection, numbers: Collection[int]) -> None:
    """Make the spans of hazards anew from their rows and events."""
    connection.execute(sa.delete(HazardSpan).where(HazardSpan.hazard_id.in_(numbers)))
    rows = [row for number, spans in read_spans(connection, numbers) for row in _as_rows(number, spans)]
    if rows:
        connection.execute(sa.insert(HazardSpan), rows)


def read_spans(connection: sa.Connection, numbers: Collection[int]) -> Iterator[tuple[int, list[Span]]]:
    """The spans of hazards as their rows and events say."""
    events: dict[int, list[Event]] = {}
    kept = HazardEvent
    query = sa.select(kept.hazard_id, kept.at, kept.act, kept.from_state, kept.to_state, kept.due_on).where(
        kept.hazard_id.in_(numbers)
    )
    for row in connection.execute(query.order_by(kept.id)):
        events.setdefault(row.hazard_id, []).append(Event(*row[1:]))
    facts = sa.select(Hazard.id, Hazard.found_on, Hazard.original_due_on).where(Hazard.id.in_(numbers))
    for number, found_on, due_on in connection.execute(facts):
        yield number, spans_of(found_on, due_on, events.get(number, []))


def _as_rows(number: int, spans: Iterable[Span]) -> Iterator[dict[str, Any]]:
    for span in spans:
        standing = {name: getattr(span.standing, name) for name in span.standing.__slots__}
        yield {"hazard_id": number, "from_on": span.from_on, "until_on": span.until_on, **standing}


def totalled() -> list[Figure]:
    """The figures of hazards whose changes are kept."""
    return [one for one in FIGURES.values() if one.stands is not None]


def add_changes(connection: sa.Connection, numbers: Collection[int], changes: Changes) -> None:
    """Add what hazards contribute by their spans, as the definitions of the figures read them."""
    figures = totalled()
    query = (
        sa.select(
            HazardSpan.hazard_id,
            HazardSpan.from_on,
            HazardSpan.closed_on,
            Hazard.found_on,
            Hazard.hazard_class,
            Hazard.site_id,
            *(one.stands.label(one.name) for one in figures if one.stands is not None),
        )
        .join(Hazard, Hazard.id == HazardSpan.hazard_id)
        .where(HazardSpan.hazard_id.in_(numbers))
        .order_by(HazardSpan.hazard_id, HazardSpan.from_on)
    )
    rows = connection.execute(query).all()
    holders = Holders(connection, {row.site_id for row in rows})
    for _number, spans in groupby(rows, key=attrgetter("hazard_id")):
        one = list(spans)
        add_course(changes, _course(one, figures, holders.of(one[0].site_id)))


def _course(
    spans: Sequence[sa.Row[*tuple[Any, ...]]], figures: Sequence[Figure], holders: Sequence[tuple[date, str]]
) -> Iterator[Presence]:
    """How a hazard counts from day to day: it changes with its spans, and where its site is handed over."""
    begins = spans[0].from_on
    days = sorted({span.from_on for span in spans} | {day for day, _holder in holders if day > begins})
    for day in days:
        span = next(one for one in reversed(spans) if one.from_on <= day)
        holder = next((one for since, one in reversed(holders) if since <= day), "")
        yield Presence(day, frozenset(_cells(span, figures, holder)))


def _cells(span: sa.Row[*tuple[Any, ...]], figures: Sequence[Figure], holder: str) -> Iterator[Cell]:
    for figure, counts in zip(figures, span[6:], strict=True):
        if not counts:
            continue
        cohort = _cohort(figure.axis, span)
        yield Cell(figure.name, WHOLE, "", cohort)
        yield Cell(figure.name, BY_CLASS, span.hazard_class.value, cohort)
        if figure.by_supervisor and holder:
            yield Cell(figure.name, BY_SUPERVISOR, holder, cohort)


def _cohort(axis: Axis | None, span: sa.Row[*tuple[Any, ...]]) -> date:
    if axis is Axis.FOUND:
        return month_of(span.found_on)
    return month_of(span.closed_on) if axis is Axis.CLOSED else EVERY


class Holders:
    """Who held sites from which days on, as `scope.holder_of` asks the time line: the assignment that began last."""

    def __init__(self, connection: sa.Connection, sites: Collection[int]) -> None:
        line = Assignment
        query = sa.select(line.site_id, line.from_on, line.until_on, line.supervisor_id).where(
            line.site_id.in_(sites)
        )
        self._lines: dict[int, list[sa.Row[*tuple[Any, ...]]]] = {}
        for row in connection.execute(query.order_by(line.from_on)):
            self._lines.setdefault(row.site_id, []).append(row)

    def of(self, site: int) -> list[tuple[date, str]]:
        """The days on which the holder of a site changes, with who it is from then on; "" is nobody."""
        rows = self._lines.get(site, [])
        days = sorted({row.from_on for row in rows} | {row.until_on for row in rows if row.until_on})
        return [(day, self._on(rows, day)) for day in days]

    @staticmethod
    def _on(rows: Sequence[sa.Row[*tuple[Any, ...]]], day: date) -> str:
        holding = [row for row in rows if row.from_on <= day < (row.until_on or FOREVER)]
        return str(holding[-1].supervisor_id) if holding else ""
