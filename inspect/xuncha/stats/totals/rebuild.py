"""Make the derived rows anew from rows and events, and say where they were other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from ...checks.models import Check
from ...core.clock import utcnow
from ...hazards.models import Hazard
from ...schedule.models import Task
from . import hazards, tasks, visits
from .changes import KEPT, Changes, write
from .models import FigureChange, FigureEdition, HazardSpan

EDITION = "2026-11-29 with postponed checks and kept deadlines"
"""To be raised when a definition or the derived rows change: they are made anew at the next start."""
AT_ONCE = 1000
Adds = Callable[[sa.Connection, Collection[int], Changes], None]
PARTS: tuple[tuple[Any, Adds], ...] = (
    (Hazard.id, hazards.add_changes),
    (Task.id, tasks.add_changes),
    (Check.site_id, visits.add_changes),
)
KEY = [column.name for column in KEPT.primary_key]


def make_if_outdated(connection: sa.Connection) -> None:
    """Make the derived rows where they were made by other definitions, or never."""
    if not is_current(connection):
        make(connection)


def make(connection: sa.Connection) -> None:
    """Make all derived rows anew, without a word on what they were."""
    for numbers in _batches(connection, Hazard.id):
        for _difference in _rebuild_spans(connection, numbers):
            pass
    _replace(connection, _made_anew(connection))


def is_current(connection: sa.Connection) -> bool:
    """Whether the derived rows were made by these definitions."""
    return connection.scalars(sa.select(FigureEdition.edition)).all() == [EDITION]


def rebuild(connection: sa.Connection) -> Iterator[str]:
    """Make all derived rows anew; a line for each difference."""
    for numbers in _batches(connection, Hazard.id):
        yield from _rebuild_spans(connection, numbers)
    anew = _made_anew(connection)
    yield from _differences(connection, anew)
    _replace(connection, anew)


def _made_anew(connection: sa.Connection) -> sa.Table:
    """The changes of all figures, in a table of their own."""
    anew = _empty_copy(connection)
    for column, add in PARTS:
        for numbers in _batches(connection, column):
            changes: Changes = Counter()
            add(connection, numbers, changes)
            write(connection, changes, anew)
    return anew


def _replace(connection: sa.Connection, anew: sa.Table) -> None:
    connection.execute(sa.delete(FigureChange))
    connection.execute(sa.insert(KEPT).from_select([*KEPT.c], sa.select(anew).where(anew.c.amount != 0)))
    anew.drop(connection)
    connection.execute(sa.delete(FigureEdition))
    connection.execute(sa.insert(FigureEdition).values(edition=EDITION, made_at=utcnow()))


def sample_differences(connection: sa.Connection, most: int) -> list[str]:
    """Differences of the spans of hazards taken at random; nothing is written."""
    numbers = connection.scalars(sa.select(Hazard.id).order_by(sa.func.random()).limit(most)).all()
    return [line for line, _number in _span_differences(connection, numbers)]


def _batches(connection: sa.Connection, column: Any) -> Iterator[Sequence[int]]:
    numbers = connection.scalars(sa.select(column).distinct().order_by(column)).all()
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]


def _rebuild_spans(connection: sa.Connection, numbers: Sequence[int]) -> Iterator[str]:
    others = set()
    for line, number in _span_differences(connection, numbers):
        yield line
        others.add(number)
    if others:
        connection.execute(sa.delete(HazardSpan).where(HazardSpan.hazard_id.in_(others)))
        hazards.write_spans(connection, others)


def _span_differences(connection: sa.Connection, numbers: Collection[int]) -> Iterator[tuple[str, int]]:
    stored: dict[int, list[dict[str, Any]]] = {}
    rows = connection.execute(
        sa.select(*HazardSpan.__table__.c)
        .where(HazardSpan.hazard_id.in_(numbers))
        .order_by(HazardSpan.hazard_id, HazardSpan.from_on)
    )
    for row in rows.mappings():
        stored.setdefault(row["hazard_id"], []).append(dict(row))
    for number, spans in hazards.read_spans(connection, numbers):
        if list(hazards.as_rows(number, spans)) != stored.get(number, []):
            yield f"hazard {number}: {len(stored.get(number, []))} spans that do not fit its events", number


def _empty_copy(connection: sa.Connection) -> sa.Table:
    columns = [sa.Column(one.name, one.type, primary_key=one.primary_key) for one in KEPT.c]
    copy = sa.Table("figure_changes_anew", sa.MetaData(), *columns, prefixes=["TEMPORARY"])
    copy.drop(connection, checkfirst=True)
    copy.create(connection)
    return copy


def _differences(connection: sa.Connection, anew: sa.Table) -> Iterator[str]:
    """The sums that are kept and wrong, and those that are missing."""
    both = [KEPT.c[name] == anew.c[name] for name in KEY]
    names = [KEPT.c[name] for name in KEY]
    should = sa.func.coalesce(anew.c.amount, 0)
    wrong = (
        sa.select(*names, KEPT.c.amount, should)
        .select_from(KEPT)
        .outerjoin(anew, sa.and_(*both))
        .where(KEPT.c.amount != should)
    )
    missing = sa.select(*(anew.c[name] for name in KEY), sa.literal(0), anew.c.amount).where(
        ~sa.exists(sa.select(KEPT.c.figure).where(*both)), anew.c.amount != 0
    )
    for query in (wrong, missing):
        for *key, before, after in connection.execute(query):
            yield f"{' '.join(str(getattr(part, 'value', part)) for part in key if part)}: {before}, should be {after}"
