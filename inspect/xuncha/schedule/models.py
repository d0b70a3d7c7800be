"""Calendar days that differ from Monday-to-Friday, and the tasks of the half-months."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Pk
from ..core.labels import N_, Labelled
from ..enterprises.models import Site


class DayKind(Labelled):
    """How a day differs: 休 or 班 in the State Council's notice."""

    OFF = "off", N_("Day off")
    WORK = "work", N_("Adjusted workday")


class Cause(Labelled):
    """Why a check cannot be made as planned."""

    HOLIDAY = "holiday", N_("Spring Festival or another holiday")
    WEATHER = "weather", N_("Typhoon or other weather warning")
    ILLNESS = "illness", N_("Illness of the supervisor")
    SHUTDOWN = "shutdown", N_("Enterprise shut down")
    OTHER = "other", N_("Another cause")


class CalendarDay(Base):
    """A day the office entered or the yearly notice names; it overrides the library and the plain week."""

    __tablename__ = "calendar_days"

    id: Mapped[Pk]
    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[DayKind]
    name_zh: Mapped[str] = mapped_column(default="")
    name_en: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")


class Task(Base):
    """One check due at a key enterprise in a half-month.

    `due_on` is the window's last legal working day; an accepted postponement moves it behind the window.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        sa.UniqueConstraint("site_id", "window_start"),
        sa.Index("ix_tasks_supervisor_window", "supervisor_id", "window_start"),
        sa.Index("ix_tasks_window", "window_start", "done_on"),
    )

    id: Mapped[Pk]
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    supervisor_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    window_start: Mapped[date]
    window_end: Mapped[date]
    due_on: Mapped[date]
    calendar_known: Mapped[bool] = mapped_column(default=True)
    opened_at: Mapped[datetime]
    done_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    site: Mapped[Site] = relationship()
    supervisor: Mapped[User] = relationship()
    excuses: Mapped[list[Excuse]] = relationship(back_populates="task", order_by="Excuse.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def excuse(self) -> Excuse | None:
        """The newest one: those before it were accepted postponements."""
        return self.excuses[-1] if self.excuses else None

    @property
    def is_postponed(self) -> bool:
        """Whether its due day was moved behind its half-month."""
        return self.due_on > self.window_end


class Excuse(Base):
    """Why a task could not be done, with evidence, and who accepted or declined that.

    With `postponed_to` it asks for a later day; `due_before` is the due day that the acceptance moved.
    """

    __tablename__ = "excuses"

    id: Mapped[Pk]
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"), index=True)
    cause: Mapped[Cause] = mapped_column(default=Cause.OTHER)
    postponed_to: Mapped[date | None]
    due_before: Mapped[date | None]
    reason: Mapped[str]
    evidence: Mapped[str] = mapped_column(default="")
    evidence_photo_id: Mapped[int | None] = mapped_column(sa.ForeignKey("photos.id"))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    accepted: Mapped[bool | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(default="")

    task: Mapped[Task] = relationship(back_populates="excuses")
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def site(self) -> Site:
        """The site whose task it is about."""
        return self.task.site

    @property
    def excuses_wholly(self) -> bool:
        """Accepted, and no check is asked for any more."""
        return bool(self.accepted) and self.postponed_to is None


class PlannedVisit(Base):
    """A site that a supervisor puts into a day. Without a position it stands by place; `taken` are the matters ticked."""

    __tablename__ = "planned_visits"
    __table_args__ = (sa.UniqueConstraint("supervisor_id", "site_id", "day"),)

    id: Mapped[Pk]
    supervisor_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    day: Mapped[date]
    position: Mapped[int | None]
    taken: Mapped[list[Any]]

    site: Mapped[Site] = relationship()
