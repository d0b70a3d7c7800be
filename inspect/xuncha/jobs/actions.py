"""What people do with jobs: ask for one, stop it, have it tried again. Each change of state is one statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..core.db import db
from .kinds import KINDS
from .models import Job, JobState


def add(kind: str, args: dict[str, Any], *, asked_by_id: int | None, now: datetime, total: int = 0) -> Job:
    """Put a job into the queue, in the transaction of whatever asks for it: neither is there without the other."""
    job = Job(
        kind=kind,
        args=args,
        total=total,
        most_attempts=KINDS[kind].attempts,
        run_after=now,
        asked_at=now,
        asked_by_id=asked_by_id,
    )
    db.session.add(job)
    db.session.flush()
    return job


def cancel(number: int, *, now: datetime) -> bool:
    """Stop a job that waits, runs or was given up; a worker that runs it ends when it next looks. Whether it was one of those."""
    return _changed(
        number,
        (JobState.WAITING, JobState.RUNNING, JobState.DEAD),
        state=JobState.CANCELLED,
        ended_at=now,
        claim=None,
        claimed_until=None,
    )


def retry(number: int, *, now: datetime) -> bool:
    """Have a job tried again at once that was given up or pauses, with all its attempts; whether it was one of those."""
    return _changed(
        number,
        (JobState.WAITING, JobState.DEAD),
        state=JobState.WAITING,
        attempts=0,
        run_after=now,
        ended_at=None,
    )


def _changed(number: int, states: tuple[JobState, ...], **values: Any) -> bool:
    change = sa.update(Job).where(Job.id == number, Job.state.in_(states)).values(**values)
    found = db.session.scalar(change.returning(Job.id).execution_options(synchronize_session=False))
    db.session.expire_all()
    return found is not None
