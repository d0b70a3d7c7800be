"""Changes of figures: collected in a counter, written in one statement, summed up again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ...core.db import db
from .models import FOREVER, FigureChange, Grain

KEPT = cast(sa.Table, FigureChange.__table__)
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

    since: date
    cells: frozenset[Cell]


def add_course(changes: Changes, course: Iterable[Presence]) -> None:
    """Add the changes of one row, given how it counts from day to day."""
    before: frozenset[Cell] = frozenset()
    for presence in course:
        for cell in presence.cells - before:
            changes[cell, presence.since] += 1
        for cell in before - presence.cells:
            changes[cell, presence.since] -= 1
        before = presence.cells


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def write(connection: sa.Connection, changes: Changes, table: sa.Table | None = None) -> None:
    """Add changes to what is stored, in the order of their keys, so that two writers never wait for each other."""
    months: Changes = Counter()
    for (cell, day), amount in changes.items():
        months[cell, month_of(day)] += amount
    rows = [
        {**cell._asdict(), "grain": grain, "since": since, "amount": counted[cell, since]}
        for grain, counted in ((Grain.DAY, changes), (Grain.MONTH, months))
        for cell, since in sorted(counted)
        if counted[cell, since]
    ]
    if rows:
        connection.execute(_upsert(connection.dialect.name, table), rows)


@lru_cache(maxsize=4)
def _upsert(dialect: str, table: sa.Table | None) -> Any:
    """Made once for a kind of database; a rebuild brings a table of its own."""
    target = KEPT if table is None else table
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(target)
    return insert.on_conflict_do_update(
        index_elements=list(target.primary_key),
        set_={"amount": target.c.amount + insert.excluded.amount},
    )


class Days(NamedTuple):
    """A run of days, both ends inclusive."""

    first: date
    last: date


@dataclass(frozen=True)
class Wanted:
    """Figures that are summed up alike: which cohorts of them, and the days on which they changed."""

    figures: tuple[str, ...]
    cohorts: Days
    days: Days


def read(wanted: Sequence[Wanted], by: str, key: str | None, *, group: str = "") -> Counter[tuple[str, Any]]:
    """The sums by (figure, group): the group is the "key", the "cohort", or "" for none.

    `key` is the one that is asked for, or None for all that are kept `by` something.
    """
    given: dict[str, Any] = {"by": by, "key": key}
    for place, one in enumerate(wanted):
        # Whole months by month, the days of the last one by day. Nothing changes before its cohort begins.
        last = month_of(one.days.last)
        first = max(one.days.first, month_of(one.cohorts.first))
        whole = first == month_of(first) and first < last
        given |= {
            f"figures_{place}": one.figures,
            f"from_{place}": one.cohorts.first,
            f"to_{place}": one.cohorts.last,
            f"first_month_{place}": first if whole else FOREVER,
            f"month_{place}": last,
            f"first_{place}": last if whole else first,
            f"last_{place}": one.days.last,
        }
    found: Counter[tuple[str, Any]] = Counter()
    if wanted:
        for figure, grouped, amount in db.session.connection().execute(
            _statement(len(wanted), group, key is not None), given
        ):
            found[figure, grouped] += int(amount)
    return found


@cache
def _statement(parts: int, group: str, of_key: bool) -> sa.Executable:
    """Made once: at the size of a zone, making a statement takes longer than running it."""
    sums = []
    for place in range(parts):
        chosen = _chosen(place, group, of_key)
        since, bind = KEPT.c.since, sa.bindparam
        of_months = since >= bind(f"first_month_{place}"), since < bind(f"month_{place}")
        of_days = since.between(bind(f"first_{place}"), bind(f"last_{place}"))
        sums += [chosen.where(KEPT.c.grain == Grain.MONTH, *of_months)]
        sums += [chosen.where(KEPT.c.grain == Grain.DAY, of_days)]
    return sa.union_all(*sums)


def _chosen(place: int, group: str, of_key: bool) -> sa.Select[Any]:
    of_group = KEPT.c[group] if group else sa.literal("")
    query = sa.select(KEPT.c.figure, of_group, sa.func.sum(KEPT.c.amount)).where(
        KEPT.c.figure.in_(sa.bindparam(f"figures_{place}", expanding=True)),
        KEPT.c.by == sa.bindparam("by"),
        KEPT.c.cohort.between(sa.bindparam(f"from_{place}"), sa.bindparam(f"to_{place}")),
    )
    if of_key:
        query = query.where(KEPT.c.key == sa.bindparam("key"))
    return query.group_by(KEPT.c.figure, of_group)
