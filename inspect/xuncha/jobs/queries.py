"""What stands in the queue, for its page, its command, the alarms and the monitor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..core.db import db
from .models import Job, JobState

SHOWN = (JobState.DEAD, JobState.RUNNING, JobState.WAITING)
MOST = 200


@dataclass(frozen=True)
class Standing:
    """How many jobs wait, run and were given up, and how long the first of those that are due has waited."""

    waiting: int
    running: int
    dead: int
    oldest: timedelta


def standing(now: datetime) -> Standing:
    """How the queue stands, in one statement."""
    dead, running, waiting = (sa.func.count().filter(Job.state == state) for state in SHOWN)
    first = sa.func.min(Job.run_after).filter(Job.state == JobState.WAITING)
    query = sa.select(dead, running, waiting, first).where(Job.state.in_(SHOWN))
    given_up, run, wait, earliest = db.session.execute(query).one()
    oldest = max(now - earliest, timedelta()) if earliest else timedelta()
    return Standing(wait, run, given_up, oldest)


def jobs(states: Sequence[JobState] = SHOWN) -> list[Job]:
    """The jobs in these states, in the order in which they are due."""
    query = sa.select(Job).where(Job.state.in_(states)).order_by(Job.run_after, Job.id).limit(MOST)
    return list(db.session.scalars(query.options(joinedload(Job.asked_by))))
