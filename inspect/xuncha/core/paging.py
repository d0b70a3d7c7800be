"""Lists page by key: the address names the line where a page begins or ends, so no page counts or skips what is before it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators

from .db import db
from .parsing import MOST

Query = sa.Select[*tuple[Any, ...]]

PER_PAGE = 50
COUNTED = 999  # a longer list says that it is longer: counting all of it would cost what paging by key saves
LONGEST = 4000  # of a cursor in an address


class Total(int):
    """How many rows there are; written as more than a bound where they were counted no further."""

    def __str__(self) -> str:
        return f"{COUNTED}+" if self > COUNTED else super().__str__()


@dataclass(frozen=True)
class Page:
    """Some rows of a list; `previous` and `next` are the cursors of the pages beside it, None where there is none."""

    rows: list[Any]
    total: Total
    previous: str | None
    next: str | None


@dataclass(frozen=True)
class _Key:
    """A part of an order. No value is NULL; the last key of an order tells every row from every other."""

    column: sa.ColumnElement[Any]
    falls: bool

    @classmethod
    def of(cls, term: Any) -> _Key:
        if isinstance(term, sa.UnaryExpression) and term.modifier is operators.desc_op:
            return cls(term.element, falls=True)
        return cls(term, falls=False)

    def bind(self, value: Any) -> sa.BindParameter[Any]:
        return sa.bindparam(None, value, type_=self.column.type, unique=True)


@dataclass(frozen=True)
class _Cursor:
    """The line from which to go on, or back."""

    values: list[Any]
    back: bool = False

    def __str__(self) -> str:
        written = json.dumps([int(self.back), *self.values], default=_written, separators=(",", ":"))
        return base64.urlsafe_b64encode(written.encode()).rstrip(b"=").decode()

    @classmethod
    def read(cls, text: str, keys: list[_Key]) -> _Cursor | None:
        """The cursor of an address; None where it was not written for this order."""
        if not text or len(text) > LONGEST:
            return None
        try:
            back, *raw = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
            kinds = [key.column.type.python_type for key in keys]
            return cls([_read(kind, one) for kind, one in zip(kinds, raw, strict=True)], back == 1)
        except (ValueError, TypeError, RecursionError):
            return None


def _written(value: Any) -> str:
    return str(value.value) if isinstance(value, Enum) else str(value.isoformat())


def _read(kind: type[Any], raw: Any) -> Any:
    if kind is date or issubclass(kind, Enum):
        return date.fromisoformat(raw) if kind is date else kind(raw)
    if kind not in (int, str, bool) or type(raw) is not kind or (kind is int and abs(raw) > MOST):
        raise ValueError(raw)
    if kind is str and "\0" in raw.encode().decode():  # a half of a pair cannot be encoded: also a ValueError
        raise ValueError(raw)
    return raw


def _together(parts: list[Any]) -> Any:
    return sa.tuple_(*parts) if len(parts) > 1 else parts[0]


def _stretches(
    keys: list[_Key], cursor: _Cursor
) -> Iterator[tuple[list[sa.ColumnElement[bool]], list[_Key]]]:
    """What lies beyond the cursor, nearest first, in stretches that one range of an index holds each; and what orders each.

    Keys that run the same way are compared at once; where the way turns, the rows level with the cursor come first.
    """
    pairs = list(zip(keys, cursor.values, strict=True))
    runs = [list(run) for _falls, run in groupby(pairs, key=lambda pair: pair[0].falls)]
    behind: list[_Key] = []
    while runs:
        *level, last = runs
        equal = [key.column == key.bind(value) for run in level for key, value in run]
        columns = _together([key.column for key, _value in last])
        values = _together([key.bind(value) for key, value in last])
        behind = [*(key for key, _value in last), *behind]
        yield [*equal, columns < values if last[0][0].falls != cursor.back else columns > values], behind
        runs = level


def _walk(query: Query, keys: list[_Key], cursor: _Cursor | None, count: int) -> list[sa.Row[Any]]:
    """So many rows beyond the cursor, in the order in which they are met."""
    back = cursor is not None and cursor.back
    walked = query.order_by(None).add_columns(*(key.column for key in keys))
    rows: list[sa.Row[Any]] = []
    for where, by in _stretches(keys, cursor) if cursor else [([], keys)]:
        order = [key.column.desc() if key.falls != back else key.column for key in by]
        rows += db.session.execute(walked.where(*where).order_by(*order).limit(count - len(rows)))
        if len(rows) >= count:
            break
    return rows


def count(query: Query, given: Mapping[str, Any] | None = None) -> Total:
    """How many rows a query finds that is run with what is given, counted no further than is shown."""
    return Total(db.session.scalar(sa.select(counted(query)), given) or 0)


def counted(query: Query) -> sa.ScalarSelect[int]:
    """The same as a part of another select."""
    some = (
        query.with_only_columns(sa.literal(1), maintain_column_froms=True).order_by(None).limit(COUNTED + 1)
    )
    return sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()


def page(
    query: Query,
    order: Sequence[Any],
    args: Mapping[str, str],
    *,
    total: Total | None = None,
    size: int = PER_PAGE,
) -> Page:
    """The page of a list at which an address points with `at`: the first one for a cursor that fits no row."""
    keys = [_Key.of(term) for term in order]
    cursor = _Cursor.read(args.get("at", ""), keys)
    found = _walk(query, keys, cursor, size + 1)
    if cursor and not found:
        cursor, found = None, _walk(query, keys, None, size + 1)
    back, more, rows = cursor is not None and cursor.back, len(found) > size, found[:size]
    if back:
        rows.reverse()
    if total is None:
        total = count(query) if more or cursor else Total(len(rows))
    places = [list(row)[-len(keys) :] for row in rows]
    return Page(
        rows=[row[0] if len(row) == len(keys) + 1 else row for row in rows],
        total=total,
        previous=str(_Cursor(places[0], back=True)) if (more if back else cursor) else None,
        next=str(_Cursor(places[-1])) if back or more else None,
    )
