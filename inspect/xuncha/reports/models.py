"""Keys of proofs, issued editions, and paragraphs written by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Pk
from ..core.labels import N_, Labelled


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


class EditionPaper(Base):
    """The PDF of an edition in a language as this program printed it when it was issued. Rows are only added."""

    __tablename__ = "edition_papers"
    __table_args__ = (sa.UniqueConstraint("edition_id", "lang"),)

    id: Mapped[Pk]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    lang: Mapped[str] = mapped_column(sa.String(8))
    pages: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)


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
