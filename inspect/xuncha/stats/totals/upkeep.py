"""Keep the derived rows with every flush of the session: what changes a figure changes them in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...core.db import db
from ...enterprises.models import Assignment
from ...hazards.models import Hazard, HazardEvent
from . import hazards
from .changes import Changes, write

FACTS = ("site_id", "site", "found_on", "hazard_class", "source", "grade", "original_due_on")
"""What figures read of a hazard beside its events."""
KEPT = "touched by this flush"


@dataclass
class Touched:
    """What a flush changes, and what that contributed before."""

    hazards: list[Hazard] = field(default_factory=list)
    handed_over: list[int] = field(default_factory=list)
    before: Changes = field(default_factory=Changes)

    @property
    def numbers(self) -> set[int]:
        """The hazards whose changes are written anew, as far as they have a number yet."""
        return {one.id for one in self.hazards if one.id} | set(self.handed_over)


@sa.event.listens_for(db.session, "before_flush")
def _look_before(session: Session, _context: Any, _instances: Any) -> None:
    things = [*session.new, *session.dirty, *session.deleted]
    sites = {one.site_id or one.site.id for one in things if isinstance(one, Assignment)}
    touched = Touched([one for thing in things for one in _hazards(thing)])
    connection = session.connection()
    if sites:
        query = sa.select(Hazard.id).where(Hazard.site_id.in_(sites))
        touched.handed_over = list(connection.scalars(query))
    if touched.hazards or touched.handed_over:
        hazards.add_changes(connection, touched.numbers, touched.before)
        session.info[KEPT] = touched


def _hazards(thing: Any) -> list[Hazard]:
    if isinstance(thing, HazardEvent):
        return [thing.hazard]
    if isinstance(thing, Hazard):
        state = sa.inspect(thing)
        if not state.persistent or any(state.attrs[name].history.has_changes() for name in FACTS):
            return [thing]
    return []


@sa.event.listens_for(db.session, "after_flush")
def _write_after(session: Session, _context: Any) -> None:
    touched: Touched | None = session.info.pop(KEPT, None)
    if touched is None:
        return
    connection, after = session.connection(), Changes()
    hazards.rewrite_spans(connection, {one.id for one in touched.hazards})
    hazards.add_changes(connection, touched.numbers, after)
    after.subtract(touched.before)
    write(connection, after)
