"""Changes of figures: collected in a counter, written to the days and months, summed up again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ...core.db import db
from .models import DailyChange, MonthlyChange

EVERY = date(1, 1, 1)
"""The cohort of figures that count rows whenever they began."""
WHOLE, BY_CLASS, BY_SUPERVISOR = "", "class", "supervisor"


class Cell(NamedTuple):
    """What is counted: a figure, for a key, of a cohort."""

    figure: str
    by: str
    key: str
    cohort: date


Changes = Counter[tuple[Cell, date]]
"""By how much each cell changes on each day."""


@dataclass(frozen=True)
class Presence:
    """The cells in which a row counts from a day on, until the next presence of the row."""

    from_on: date
    cells: frozenset[Cell]


def add_course(changes: Changes, course: Iterable[Presence]) -> None:
    """Add the changes of one row, given how it counts from day to day."""
    before: frozenset[Cell] = frozenset()
    for presence in course:
        for cell in presence.cells - before:
            changes[cell, presence.from_on] += 1
        for cell in before - presence.cells:
            changes[cell, presence.from_on] -= 1
        before = presence.cells


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def write(connection: sa.Connection, changes: Changes) -> None:
    """Add changes to what is stored. In the order of their keys, so that two writers never wait for each other."""
    months: Changes = Counter()
    for (cell, day), amount in changes.items():
        months[cell, month_of(day)] += amount
    _add(connection, DailyChange, "day", changes)
    _add(connection, MonthlyChange, "month", months)


def _add(
    connection: sa.Connection, kind: type[DailyChange | MonthlyChange], when: str, changes: Changes
) -> None:
    rows = [
        {**cell._asdict(), when: day, "amount": changes[cell, day]}
        for cell, day in sorted(changes)
        if changes[cell, day]
    ]
    if not rows:
        return
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(kind)
    summed = insert.on_conflict_do_update(
        index_elements=list(kind.__mapper__.primary_key),
        set_={"amount": kind.amount + insert.excluded.amount},
    )
    connection.execute(summed, rows)


class Cohorts(NamedTuple):
    """The cohorts that a sum takes, both ends inclusive."""

    first: date
    last: date


def read(
    figures: Collection[str], key: tuple[str, str | None], cohorts: Cohorts, as_of: date, *, group: str = ""
) -> Counter[tuple[str, Any]]:
    """The sums up to the end of a day, by figure and group: "key", "cohort", or "" for none.

    `key` is by what they are kept and the one that is asked for, or None for all of them.
    """
    month = month_of(as_of)
    parts = (
        (MonthlyChange, MonthlyChange.month < month),
        (DailyChange, DailyChange.day.between(month, as_of)),
    )
    found: Counter[tuple[str, Any]] = Counter()
    for kind, until in parts:
        of_group = getattr(kind, group) if group else sa.literal("")
        query = sa.select(kind.figure, of_group, sa.func.sum(kind.amount)).where(
            kind.figure.in_(sorted(figures)), kind.by == key[0], kind.cohort.between(*cohorts), until
        )
        if key[1] is not None:
            query = query.where(kind.key == key[1])
        for figure, one, amount in db.session.execute(query.group_by(kind.figure, of_group)):
            found[figure, one] += int(amount)
    return found
