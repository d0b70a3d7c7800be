"""The queue: a row for each piece of work that does not belong into a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Code, Pk
from ..core.labels import N_, Labelled


class JobState(Labelled):
    """How far a job is."""

    WAITING = "waiting", N_("Waits for its turn")
    RUNNING = "running", N_("Running")
    DONE = "done", N_("Ready")
    DEAD = "dead", N_("Given up")
    CANCELLED = "cancelled", N_("Cancelled")


OPEN = (JobState.WAITING, JobState.RUNNING)


class Job(Base):
    """A job. While it runs it is its worker's until `claimed_until`, which the worker moves on as long as it lives.

    `claim` names one attempt: whoever no longer holds it changes nothing. `done` counts up to `total`, where the kind counts.
    """

    __tablename__ = "jobs"
    __table_args__ = (sa.Index("ix_jobs_state", "state", "run_after"),)

    id: Mapped[Pk]
    kind: Mapped[Code]
    args: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    most_attempts: Mapped[int]
    run_after: Mapped[datetime]
    claim: Mapped[str | None]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    result: Mapped[dict[str, Any] | None]
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    asked_by: Mapped[User | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN
