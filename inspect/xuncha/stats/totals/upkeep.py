"""Keep the derived rows with every flush of the session: what changes a figure changes them in the same transaction."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...core.db import db
from . import hazards, tasks, visits
from .changes import Changes, write

KINDS = (hazards.Touched, tasks.Touched, visits.Touched)
PENDING = "figures touched by the flush"


def listen() -> None:
    """Have every flush keep the derived rows. All applications of a process share the session: heard twice, rows count double."""
    if sa.event.contains(db.session, "before_flush", _look_before):
        return
    sa.event.listen(db.session, "before_flush", _look_before)
    sa.event.listen(db.session, "after_flush", _write_after)


def _look_before(session: Session, _context: Any, _instances: Any) -> None:
    things = [*session.new, *session.dirty, *session.deleted]
    touched = [one for kind in KINDS if (one := kind(things))]
    if not touched:
        return
    before: Changes = Counter()
    for one in touched:
        one.add_before(session.connection(), before)
    session.info[PENDING] = touched, before


def _write_after(session: Session, _context: Any) -> None:
    touched, before = session.info.pop(PENDING, ((), None))
    if not touched:
        return
    after: Changes = Counter()
    for one in touched:
        one.add_after(session.connection(), after)
    after.subtract(before)
    write(session.connection(), after)
