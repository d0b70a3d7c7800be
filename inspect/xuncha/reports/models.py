"""Print jobs: many records at once, long ledgers and files of sites, made outside the request that asked for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Pk
from ..core.labels import N_, Labelled

LONGEST = timedelta(minutes=30)


class JobState(Labelled):
    """How far a print job is."""

    RUNNING = "running", N_("Being printed")
    DONE = "done", N_("Ready")
    FAILED = "failed", N_("Cut off")
    CANCELLED = "cancelled", N_("Cancelled")


class JobKind(Labelled):
    """What a job prints."""

    RECORDS = "records", N_("Inspection records")
    LEDGER = "ledger", N_("Hazard ledger")
    FILE = "file", N_("Case file of an enterprise")


class PrintJob(Base):
    """Records to be printed into one archive or one PDF, a long ledger, or the file of a site, for the person who asked.

    `done` counts up to `total`: records, rows, or papers. `asked` says which ledger or file, as an address does,
    or that records are joined.
    """

    __tablename__ = "print_jobs"

    id: Mapped[Pk]
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    lang: Mapped[str] = mapped_column(sa.String(8))
    kind: Mapped[JobKind] = mapped_column(default=JobKind.RECORDS)
    check_ids: Mapped[list[Any]] = mapped_column(default=list)
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    state: Mapped[JobState] = mapped_column(default=JobState.RUNNING)
    problem: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    actor: Mapped[User] = relationship()

    @property
    def is_joined(self) -> bool:
        """Records that are joined into one PDF."""
        return self.kind is JobKind.RECORDS and bool(self.asked.get("joined"))

    def state_at(self, now: datetime) -> JobState:
        """The state; a job that runs for longer than any does was cut off when the server stopped."""
        cut_off = self.state is JobState.RUNNING and now - self.created_at > LONGEST
        return JobState.FAILED if cut_off else self.state


class ProofKey(Base):
    """A key of the zone that makes the codes of its papers (proofs.py). Kept for ever: papers outlive every other key."""

    __tablename__ = "proof_keys"

    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime]


class EditionKind(Labelled):
    """What is issued of a period."""

    SUMMARY = "summary", N_("Inspection summary")
    CIRCULAR = "circular", N_("Circular")
    APPRAISAL = "appraisal", N_("Appraisal")


class Edition(Base):
    """An issued summary, circular or appraisal: what it prints and the lists behind its figures, frozen. Rows are only added.

    `edition` counts the editions of one period; `facts` is what is printed, `lists` the rows that each figure counted.
    """

    __tablename__ = "editions"
    __table_args__ = (
        sa.UniqueConstraint("kind", "year", "serial"),
        sa.UniqueConstraint("kind", "first_on", "last_on", "edition"),
    )

    id: Mapped[Pk]
    kind: Mapped[EditionKind]
    number: Mapped[str] = mapped_column(index=True)
    year: Mapped[int]
    serial: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date]
    as_of: Mapped[date]
    edition: Mapped[int]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    facts: Mapped[dict[str, Any]]
    lists: Mapped[dict[str, Any]] = mapped_column(deferred=True)

    issued_by: Mapped[User] = relationship()


class SummaryText(Base):
    """The paragraph of a period as the office wrote it, with its slots; the newest row of a language holds."""

    __tablename__ = "summary_texts"
    __table_args__ = (sa.Index("ix_summary_texts_period", "first_on", "last_on", "lang"),)

    id: Mapped[Pk]
    first_on: Mapped[date]
    last_on: Mapped[date]
    lang: Mapped[str] = mapped_column(sa.String(8))
    parts: Mapped[list[Any]]
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))

    written_by: Mapped[User] = relationship()
