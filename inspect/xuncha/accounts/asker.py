"""Statements about what a person sees, made once for all people of a role: making one takes longer than running it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa

from ..core.access import Role
from ..core.asked import Asked
from ..core.db import db
from ..core.paging import Total, count
from .models import User

Row = TypeVar("Row")


def _number(name: str) -> Any:
    return sa.bindparam(name, type_=sa.Integer())


@dataclass(frozen=True)
class Asker:
    """Stands for a person while a statement is made that is kept; `given` says who asks when it is run.

    Not for experts: which sites they see depends on the day.
    """

    role: Role
    has_team: bool

    @classmethod
    def like(cls, person: User) -> Any:
        """Who stands for this person."""
        assert person.role is not Role.EXPERT
        return cls(person.role, person.team_id is not None)

    @property
    def id(self) -> Any:
        """The number of whoever asks."""
        return _number("asker_id")

    @property
    def team_id(self) -> Any:
        """The number of the team; who has none is asked about as such."""
        return _number("asker_team_id") if self.has_team else None

    @property
    def enterprise_id(self) -> Any:
        """The number of the enterprise."""
        return _number("asker_enterprise_id")


def asked_of(make: Callable[[Any], sa.Select[Row]], person: User) -> Asked[Row]:
    """What `make` selects for a person, by a statement that is kept: nothing in it may depend on the day."""
    return Asked(_kept(make, Asker.like(person)), given(person))


def first_of(asked: Asked[Row], most: int) -> tuple[list[Row], Total]:
    """The first rows of what is asked, and how many there are; counted only where there are more than those."""
    rows = list(db.session.scalars(_limited(asked.query, most + 1), asked.given))
    return rows[:most], Total(len(rows)) if len(rows) <= most else count(asked.query, asked.given)


@cache
def _kept(make: Callable[[Any], sa.Select[Row]], asker: Any) -> sa.Select[Row]:
    return make(asker)


@lru_cache(256)
def _limited(query: sa.Select[Row], most: int) -> sa.Select[Row]:
    return query.limit(most)


def given(person: User) -> dict[str, int | None]:
    """What such a statement is run with."""
    return {
        "asker_id": person.id,
        "asker_team_id": person.team_id,
        "asker_enterprise_id": person.enterprise_id,
    }
