"""Statements that are kept and what each is run with, so that one statement can ask which of many find anything."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from .db import db

Row = TypeVar("Row")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Asked(Generic[Row]):
    """A statement that was made once, since making one takes longer than running it, and what it is run with now."""

    query: sa.Select[Row]
    given: Mapping[str, Any]

    def rows(self) -> list[Row]:
        """What it finds."""
        return list(db.session.scalars(self.query, self.given))


def finding(groups: Mapping[Key, Iterable[Asked[Any]]]) -> set[Key]:
    """The groups in which something finds a row, told by one statement for all. In it a name is given one value."""
    asked = {key: group for key, many in groups.items() if (group := tuple(many))}
    if not asked:
        return set()
    given: dict[str, Any] = {}
    for one in chain(*asked.values()):
        assert all(given.get(name, value) == value for name, value in one.given.items()), one.given
        given |= one.given
    query = _finding(tuple(tuple(one.query for one in group) for group in asked.values()))
    answers = db.session.execute(query, given).one()
    return {key for key, finds in zip(asked, answers, strict=True) if finds}


@lru_cache(256)
def _finding(groups: tuple[tuple[sa.Select[Any], ...], ...]) -> sa.Select[*tuple[bool, ...]]:
    return sa.select(*(sa.or_(*(_exists(query) for query in group)) for group in groups))


def _exists(query: sa.Select[Any]) -> sa.Exists:
    return query.with_only_columns(sa.literal(1), maintain_column_froms=True).order_by(None).exists()
