"""What phones last said of themselves: how much waits on them, since when, how much room they have; what checks cost."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Pk

DEVICE_LENGTH = 36


class DeviceReport(Base):
    """The last report of one person's browser; `free_mb` is room for pages and photos, where the browser tells it.

    `lost` counts filings that the browser cleared away before they were sent; it stays until the office has settled it.
    """

    __tablename__ = "device_reports"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "device"),
        sa.Index("ix_device_reports_unsent", "unsent", "oldest_at"),
    )

    id: Mapped[Pk]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    device: Mapped[str] = mapped_column(sa.String(DEVICE_LENGTH))
    at: Mapped[datetime]
    unsent: Mapped[int] = mapped_column(default=0)
    oldest_at: Mapped[datetime | None]
    drafts: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    free_mb: Mapped[int | None]

    user: Mapped[User] = relationship()


class VisitBurden(Base):
    """What one check cost who filed it, or who left it (`abandoned`): minutes that its page was seen, and taps.

    Only inserted. It names nobody and holds nothing of what was entered; a check that was left and filed later has both rows.
    """

    __tablename__ = "visit_burdens"
    __table_args__ = (sa.UniqueConstraint("uuid", "abandoned"),)

    id: Mapped[Pk]
    uuid: Mapped[str] = mapped_column(sa.String(36))
    abandoned: Mapped[bool]
    minutes: Mapped[int]
    taps: Mapped[int]
    counted_on: Mapped[date] = mapped_column(index=True)
