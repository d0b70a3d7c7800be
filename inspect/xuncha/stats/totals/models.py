"""Derived rows. Rows and events can make them anew at any time; nothing else may be stored in them."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, Code, choice
from ...hazards.lifecycle import State

FOREVER = date.max
"""The end of a span that still lasts."""


class HazardSpan(Base):
    """A run of days in which a hazard stood the same; `until_on` is the first day on which it no longer did."""

    __tablename__ = "hazard_spans"
    __table_args__ = (
        sa.Index(
            "ix_hazard_spans_void",
            "from_on",
            "hazard_id",
            sqlite_where=sa.text("state = 'void'"),
            postgresql_where=sa.text("state = 'void'"),
        ),
        {"sqlite_with_rowid": False},
    )

    hazard_id: Mapped[int] = mapped_column(sa.ForeignKey("hazards.id"), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    until_on: Mapped[date]
    state: Mapped[State] = mapped_column(choice(State, "state"))
    due_on: Mapped[date | None]
    due: Mapped[bool]
    past_due: Mapped[bool]
    fixed_on_spot: Mapped[bool]
    major: Mapped[bool]
    undecided: Mapped[bool]
    looked_at: Mapped[bool]
    reported: Mapped[bool]
    done_in_time: Mapped[bool]
    closed_on: Mapped[date | None]


class FigureChange:
    """By how much a figure changed for a key: the whole zone, a class of hazards, a supervisor.

    `cohort` says which rows of the figure are meant: those of a month, of a half-month, or all (`EVERY`).
    """

    figure: Mapped[Code] = mapped_column(primary_key=True)
    by: Mapped[Code] = mapped_column(primary_key=True)
    key: Mapped[Code] = mapped_column(primary_key=True)
    cohort: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[int]


class DailyChange(FigureChange, Base):
    """Changes of a figure by day: read for the days of the month that is asked about."""

    __tablename__ = "figure_days"
    __table_args__ = (
        sa.PrimaryKeyConstraint("figure", "by", "day", "cohort", "key"),
        {"sqlite_with_rowid": False},
    )

    day: Mapped[date] = mapped_column(primary_key=True)


class MonthlyChange(FigureChange, Base):
    """The same by month: read for the months before it, so that no sum grows with the days of the past."""

    __tablename__ = "figure_months"
    __table_args__ = (
        sa.PrimaryKeyConstraint("figure", "by", "cohort", "month", "key"),
        {"sqlite_with_rowid": False},
    )

    month: Mapped[date] = mapped_column(primary_key=True)
