"""Derived rows. Rows and events can make them anew at any time; nothing else may be stored in them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ...core.db import Base, Code, choice
from ...core.labels import N_, Labelled
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
        sa.Index("ix_hazard_spans_closed", "closed_on"),
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


class Grain(Labelled):
    """How finely a change is kept."""

    DAY = "day", N_("Day")
    MONTH = "month", N_("Month")


class FigureChange(Base):
    """By how much a figure changed on a day, or in a month, for a key: the whole zone, a class, a supervisor.

    Sums up to a day take the months before its month and the days of it: they do not grow with the days of the past.
    `cohort` says which rows are meant: those that belong to a month or a half-month, or all of them.
    """

    __tablename__ = "figure_changes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    figure: Mapped[Code] = mapped_column(primary_key=True)
    by: Mapped[Code] = mapped_column(primary_key=True)
    grain: Mapped[Grain] = mapped_column(choice(Grain, "grain"), primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    cohort: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[Code] = mapped_column(primary_key=True)
    amount: Mapped[int]


class FigureEdition(Base):
    """With which edition of the definitions the derived rows were made."""

    __tablename__ = "figure_editions"

    edition: Mapped[Code] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
