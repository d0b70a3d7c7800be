"""The workers' side of the queue: a claim is one statement, on both databases, and every later change asks for the claim.

Nothing here uses the session: what a worker notes stands at once, whatever the job's own transaction comes to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from ..core.db import table_of
from .models import OPEN, Job, JobState

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)
KEPT = timedelta(days=1)
LONGEST_ERROR = 300
LOST = "the worker ended in the middle"
_JOBS = table_of(Job)
_C = _JOBS.c


@dataclass(frozen=True)
class Claimed:
    """A job in the hands of one worker."""

    job_id: int
    claim: str
    kind: str
    args: dict[str, Any]
    asked_by_id: int | None
    total: int
    attempts: int
    most_attempts: int


def _due(now: datetime) -> sa.ColumnElement[bool]:
    """What a worker may take: what waits and is due, and what a worker held whose time ran out."""
    return sa.or_(
        sa.and_(_C.state == JobState.WAITING, _C.run_after <= now),
        sa.and_(_C.state == JobState.RUNNING, _C.claimed_until <= now),
    )


def is_due(engine: Engine, kinds: Iterable[str], now: datetime) -> bool:
    """Whether there is something to take. Read before every claim, which keeps SQLite's other writers waiting."""
    query = sa.select(sa.literal(1)).where(_due(now), _C.kind.in_(kinds)).limit(1)
    with engine.connect() as connection:
        return connection.scalar(query) is not None


def claim(engine: Engine, kinds: Iterable[str], who: str, lease: timedelta, now: datetime) -> Claimed | None:
    """Take the job that has been due for longest; None where there is none, or other workers took them.

    One that was claimed as often as it may be and never came to an end is given up: perhaps it ends its workers.
    """
    lost = sa.update(_JOBS).where(
        _C.state == JobState.RUNNING, _C.claimed_until <= now, _C.attempts >= _C.most_attempts
    )
    first = (
        sa.select(_C.id)
        .where(_due(now), _C.kind.in_(kinds))
        .order_by(_C.run_after, _C.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    mark = uuid4().hex
    taken = (
        sa.update(_JOBS)
        .where(_C.id == first)
        .values(
            state=JobState.RUNNING,
            attempts=_C.attempts + 1,
            claim=mark,
            claimed_by=who,
            claimed_until=now + lease,
        )
        .returning(_C.id, _C.kind, _C.args, _C.asked_by_id, _C.total, _C.attempts, _C.most_attempts)
    )
    with engine.begin() as connection:
        connection.execute(
            lost.values(state=JobState.DEAD, error=LOST, ended_at=now, claim=None, claimed_until=None)
        )
        row = connection.execute(taken).one_or_none()
    if row is None:
        return None
    return Claimed(
        row.id, mark, row.kind, row.args, row.asked_by_id, row.total, row.attempts, row.most_attempts
    )


def _mine(engine: Engine, job: Claimed, **values: Any) -> bool:
    """Change a job that is still this worker's; whether it was."""
    held = sa.update(_JOBS).where(_C.id == job.job_id, _C.claim == job.claim, _C.state == JobState.RUNNING)
    with engine.begin() as connection:
        return bool(connection.execute(held.values(**values)).rowcount)


def renew(engine: Engine, job: Claimed, until: datetime) -> bool:
    """Hold a job for longer; False when it is no longer this worker's."""
    return _mine(engine, job, claimed_until=until)


def note(engine: Engine, job: Claimed, done: int) -> bool:
    """Note how far a job is; False when it is no longer this worker's."""
    return _mine(engine, job, done=done)


def settle(engine: Engine, job: Claimed, result: dict[str, Any] | None, now: datetime) -> bool:
    """A job came to its end."""
    return _ended(engine, job, state=JobState.DONE, result=result, error="", ended_at=now)


def give_up(engine: Engine, job: Claimed, error: str, now: datetime) -> bool:
    """A job will not succeed: it is kept, and seen."""
    return _ended(engine, job, state=JobState.DEAD, error=error[:LONGEST_ERROR], ended_at=now)


def fail(engine: Engine, job: Claimed, error: str, now: datetime) -> bool:
    """An attempt failed: the next comes after a pause, each four times as long, or none does."""
    if job.attempts >= job.most_attempts:
        return give_up(engine, job, error, now)
    pause = min(FIRST_PAUSE * 4 ** (job.attempts - 1), LONGEST_PAUSE)
    return _ended(engine, job, state=JobState.WAITING, error=error[:LONGEST_ERROR], run_after=now + pause)


def give_back(engine: Engine, job: Claimed) -> bool:
    """A worker that stops has no more time for a job: another takes it at once, and this was no attempt."""
    return _ended(engine, job, state=JobState.WAITING, attempts=_C.attempts - 1)


def _ended(engine: Engine, job: Claimed, **values: Any) -> bool:
    return _mine(engine, job, claim=None, claimed_until=None, **values)


def forget_old(engine: Engine, now: datetime) -> int:
    """Delete what ended more than a day ago, but not what was given up; how many."""
    gone = sa.delete(_JOBS).where(_C.state.not_in((*OPEN, JobState.DEAD)), _C.ended_at <= now - KEPT)
    with engine.begin() as connection:
        return connection.execute(gone).rowcount
