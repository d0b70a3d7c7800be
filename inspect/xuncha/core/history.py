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


def before(kind: type[Any], day: date) -> dict[int, dict[str, Any]]:
    """What later changes found in things of a kind at the end of a day: by number, the values that are others now."""
    later = sa.select(HistoryRow.thing_id, HistoryRow.before).where(
        HistoryRow.thing == kind.__tablename__, HistoryRow.at >= day_end(day)
    )
    found: dict[int, dict[str, Any]] = {}
    # The newest first: what the first change after the day found is written last.
    for number, values in db.session.execute(later.order_by(HistoryRow.at.desc(), HistoryRow.id.desc())):
        found.setdefault(number, {}).update(values)
    return found
