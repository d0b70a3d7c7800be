"""The history of changes: who did what to which thing, when, with the values before and after. Rows are only added."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from .clock import day_end
from .db import Base, Code, Pk, db, table_of


class Named(Protocol):
    """Whoever acts: a user, or whoever holds the paper of a notice."""

    @property
    def id(self) -> Any:
        """The user's number; none for whoever acts without an account."""

    @property
    def name(self) -> Any:
        """Who it is."""


class HistoryRow(Base):
    """One change of one thing."""

    __tablename__ = "history"
    __table_args__ = (sa.Index("ix_history_thing", "thing", "thing_id"),)

    id: Mapped[Pk]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    actor_name: Mapped[str]
    action: Mapped[Code]
    thing: Mapped[Code]
    thing_id: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


_INSERT = sa.insert(table_of(HistoryRow))  # made once, and no object: nobody needs it as one


def record(
    thing: Any,
    action: str,
    *,
    actor: Named | None,
    now: datetime,
    note: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write the history row of a change, in the same transaction as the change."""
    db.session.flush()  # a new thing gets its id here
    row = {
        "at": now,
        "actor_id": actor.id if actor else None,
        "actor_name": actor.name if actor else "",
        "action": action,
        "thing": thing.__tablename__,
        "thing_id": thing.id,
        "note": note,
        "before": before or {},
        "after": after or {},
    }
    db.session.execute(_INSERT, row)


def of(thing: Any) -> list[HistoryRow]:
    """The history of a thing, oldest first."""
    query = sa.select(HistoryRow).where(
        HistoryRow.thing == thing.__tablename__, HistoryRow.thing_id == thing.id
    )
    return list(db.session.scalars(query.order_by(HistoryRow.at, HistoryRow.id)))


class Past:
    """What later changes found in things, asked of several days: the history of a kind is read once, from the earliest on."""

    def __init__(self) -> None:
        self._read: dict[type[Any], tuple[datetime, list[Any]]] = {}
        self._found: dict[tuple[type[Any], date], dict[int, dict[str, Any]]] = {}

    def before(self, kind: type[Any], day: date) -> dict[int, dict[str, Any]]:
        """What was other in things of a kind at the end of a day: by number, the values that are others now."""
        if (kind, day) not in self._found:
            self._found[kind, day] = self._before(kind, day_end(day))
        return self._found[kind, day]

    def _before(self, kind: type[Any], end: datetime) -> dict[int, dict[str, Any]]:
        known = self._read.get(kind)
        if known is None or end < known[0]:
            known = self._read[kind] = end, _since(kind, end)
        found: dict[int, dict[str, Any]] = {}
        # The newest first: what the first change after the day found is written last.
        for at, number, values in known[1]:
            if at < end:
                break
            found.setdefault(number, {}).update(values)
        return found


def _since(kind: type[Any], moment: datetime) -> list[Any]:
    changes = sa.select(HistoryRow.at, HistoryRow.thing_id, HistoryRow.before).where(
        HistoryRow.thing == kind.__tablename__, HistoryRow.at >= moment
    )
    return list(db.session.execute(changes.order_by(HistoryRow.at.desc(), HistoryRow.id.desc())))
