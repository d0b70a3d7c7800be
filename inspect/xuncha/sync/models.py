"""What phones last said of themselves: how much waits on them, since when, and how much room they have."""

from __future__ import annotations

from datetime import datetime

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
