"""The outline of the zone; rows are only added, and the newest holds."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, Pk

Ring = list[list[float]]


class Outline(Base):
    """An outline that was brought in: its rings in WGS-84, longitude before latitude. Without rings: blank ground."""

    __tablename__ = "outlines"

    id: Mapped[Pk]
    rings: Mapped[list[Ring]] = mapped_column(sa.JSON)
    name: Mapped[str]
    points: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(default="")
