"""Tickets by which a provincial reader enters a zone; what was handed over between province and zone; who signs files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Code, Pk
from ..core.labels import N_, Labelled


class Content(Labelled):
    """What is handed over."""

    EDITION = "edition", N_("Checklists and laws")
    FIGURES = "figures", N_("Figures of a period")


class Direction(Labelled):
    """Which way."""

    IN = "in", N_("Received")
    OUT = "out", N_("Sent")


class Ticket(Base):
    """Lets a provincial reader into this zone once; the secret itself is not kept."""

    __tablename__ = "province_tickets"

    id: Mapped[Pk]
    digest: Mapped[Code] = mapped_column(unique=True)
    reader: Mapped[int]
    reader_name: Mapped[str]
    path: Mapped[str]
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class HandedOver(Base):
    """One edition or one set of figures that was sent or received; `partner` is the key under which the other side is known."""

    __tablename__ = "handed_over"
    __table_args__ = (sa.UniqueConstraint("direction", "kind", "partner", "number"),)

    id: Mapped[Pk]
    direction: Mapped[Direction]
    kind: Mapped[Content]
    partner: Mapped[Code]
    number: Mapped[int]
    digest: Mapped[Code]
    at: Mapped[datetime]
    content: Mapped[dict[str, Any]]


class Partner(Base):
    """The other side of an exchange by files, and the key by which its files are believed."""

    __tablename__ = "exchange_partners"

    id: Mapped[Pk]
    key: Mapped[Code] = mapped_column(unique=True)
    public_key: Mapped[Code] = mapped_column(unique=True)
    added_at: Mapped[datetime]
