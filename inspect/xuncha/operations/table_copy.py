"""Copying tables between two databases, SQLite or PostgreSQL, a portion at a time, compared by digest.

A portion is a range of primary keys. A range whose rows have the same digest on both sides is left alone; another one is
replaced in one transaction. So a copy that was cut goes on where it was, and a copy that is run again takes what changed.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

PORTION = 2000
# Triggers of SQLite that refuse changes; those that keep the search stay.
REFUSALS = sa.text(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table AND sql LIKE '%RAISE(ABORT%'"
)
Key = tuple[Any, ...]
Row = dict[str, Any]


@dataclass(frozen=True)
class Compared:
    """A table after it was copied: its rows, their digest in the source, and how many portions were replaced."""

    table: str
    rows: int
    digest: str
    replaced: int


def copy_table(table: sa.Table, source: Connection, target: sa.Engine) -> Compared:
    """Make the target's rows those of the source."""
    rows = replaced = 0
    whole = hashlib.sha256()
    for begin, end, portion in _portions(table, source):
        digest = digest_of(portion)
        whole.update(digest)
        rows += len(portion)
        with target.connect() as connection:
            same = digest_of(_rows(table, connection, begin, end)) == digest
        if not same:
            with target.begin() as connection:
                _replace(table, connection, begin, end, portion)
            replaced += 1
    return Compared(table.name, rows, whole.hexdigest(), replaced)


def digest_of(rows: Iterable[Row]) -> bytes:
    """SHA-256 over rows in their order, of the values and not of how a database writes them."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, default=_plain, sort_keys=True, ensure_ascii=False).encode())
        digest.update(b"\n")
    return digest.digest()


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


def _portions(table: sa.Table, source: Connection) -> Iterator[tuple[Key | None, Key | None, list[Row]]]:
    """Ranges of keys with their rows: each after the first key and up to the second, the last without an end."""
    begin: Key | None = None
    while True:
        rows = _rows(table, source, begin, None, PORTION)
        full = len(rows) == PORTION
        end = tuple(rows[-1][column.name] for column in table.primary_key) if full else None
        yield begin, end, rows
        if not full:
            return
        begin = end


def _rows(
    table: sa.Table, connection: Connection, begin: Key | None, end: Key | None, most: int | None = None
) -> list[Row]:
    select = (
        sa.select(table).where(*_within(table, connection, begin, end)).order_by(*_keys(table, connection))
    )
    return [dict(row) for row in connection.execute(select.limit(most)).mappings()]


def _keys(table: sa.Table, connection: Connection) -> Sequence[sa.ColumnElement[Any]]:
    """The primary key in the order of its bytes, which is the same in every database."""
    postgresql = connection.dialect.name == "postgresql"
    return [
        sa.collate(column, "C") if postgresql and isinstance(column.type, sa.String) else column
        for column in table.primary_key
    ]


def _within(
    table: sa.Table, connection: Connection, begin: Key | None, end: Key | None
) -> list[sa.ColumnElement[bool]]:
    key = sa.tuple_(*_keys(table, connection))
    types = [column.type for column in table.primary_key]
    after = [] if begin is None else [key > sa.tuple_(*begin, types=types)]
    return after + ([] if end is None else [key <= sa.tuple_(*end, types=types)])


def _replace(
    table: sa.Table, connection: Connection, begin: Key | None, end: Key | None, rows: list[Row]
) -> None:
    with _evidence_unlocked(table, connection):
        connection.execute(sa.delete(table).where(*_within(table, connection, begin, end)))
    if rows:
        connection.execute(sa.insert(table), rows)


@contextmanager
def _evidence_unlocked(table: sa.Table, connection: Connection) -> Iterator[None]:
    """Rows of evidence may be removed within: from a copy that nobody works with yet, never from a zone."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
        yield
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')
        return
    triggers = connection.execute(REFUSALS, {"table": table.name}).all()
    for name, _sql in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)
