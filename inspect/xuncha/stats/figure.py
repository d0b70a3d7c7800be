"""How a figure is counted: one condition gives its number, its share by any key, and the list of exactly its rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from ..campaigns.models import IllegalCase
from ..checklists.models import HazardClass
from ..checks.models import Check
from ..checks.queries import visits
from ..core import history
from ..core.db import db
from ..enterprises.models import Site
from ..hazards.models import Hazard
from ..schedule.models import Task
from ..trainings.models import Training
from . import hazard_state
from .period import Period
from .scope import Scope, holder_of
from .totals.answers import Totals
from .totals.changes import BY_CLASS, BY_SUPERVISOR

Condition = sa.ColumnElement[bool]
Definition = Callable[["Question"], Condition]


class Axis(Enum):
    """By which day of its own a hazard belongs to a period."""

    FOUND = "found"
    CLOSED = "closed"
    STOCK = "stock"  # by none: whatever had been found by the as-of day


@dataclass(frozen=True)
class Figure:
    """A figure: what it is called, what it counts and how; `amount` is summed where rows are not what is counted.

    Of hazards, `stands` says how one must stand to be counted, and `axis` when it belongs to the period.
    """

    name: str
    label: str
    meaning: str
    counts: type[Any]
    define: Definition
    amount: InstrumentedAttribute[int] | None = None
    axis: Axis | None = None
    stands: Condition | None = None
    by_supervisor: bool = False

    @property
    def is_stock(self) -> bool:
        """Counts rows whenever they began."""
        return self.axis is Axis.STOCK


@dataclass(frozen=True)
class Rate:
    """A share of one figure in another that holds all of its rows."""

    name: str
    label: str
    meaning: str
    part: str
    whole: str


@dataclass(frozen=True)
class Share:
    """A numerator and its denominator."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """A share of one; none where the denominator is nought."""
        return self.part / self.whole if self.whole else None

    @property
    def rest(self) -> int:
        """What is not yet."""
        return self.whole - self.part

    def __str__(self) -> str:
        return f"{self.part}/{self.whole}"


FIGURES: dict[str, Figure] = {}
RATES: dict[str, Rate] = {}


def figure(
    counts: type[Any], label: str, meaning: str, *, amount: InstrumentedAttribute[int] | None = None
) -> Callable[[Definition], Definition]:
    """Register a definition under its function's name; the function answers which of the rows count."""

    def register(define: Definition) -> Definition:
        name = define.__name__
        FIGURES[name] = Figure(name, label, meaning, counts, define, amount)
        return define

    return register


def hazard_figure(
    axis: Axis, label: str, meaning: str, *, by_supervisor: bool = False
) -> Callable[[Callable[[], Condition]], Callable[[], Condition]]:
    """Register a definition that says how a hazard must stand; `by_supervisor`: its changes are kept by holder too."""

    def register(standing: Callable[[], Condition]) -> Callable[[], Condition]:
        stands = sa.and_(hazard_state.counts, standing()) if axis is Axis.FOUND else standing()
        name = standing.__name__
        FIGURES[name] = Figure(
            name,
            label,
            meaning,
            Hazard,
            lambda asked: sa.and_(asked.belongs(axis), stands),
            axis=axis,
            stands=stands,
            by_supervisor=by_supervisor,
        )
        return standing

    return register


def rate(name: str, label: str, meaning: str, *, part: str, whole: str) -> None:
    """Register a rate of two figures."""
    RATES[name] = Rate(name, label, meaning, part, whole)


class Question:
    """What is asked: of which period, as of which day, in whose scope. Definitions read it."""

    def __init__(self, period: Period, scope: Scope) -> None:
        self.period, self.scope = period, scope

    def falls(self, day: Any) -> Condition:
        """The day lies in the period and has come."""
        return day.between(self.period.first, self.period.until)

    def belongs(self, axis: Axis) -> Condition:
        """The hazard belongs to the period."""
        days = {Axis.FOUND: Hazard.found_on, Axis.CLOSED: hazard_state.closed_on}
        return self.falls(days[axis]) if axis in days else Hazard.found_on <= self.period.as_of

    def visited(self, *conditions: Condition) -> sa.Select[int]:
        """The sites of the visits that fit."""
        query = self.scope.checks().where(self.falls(Check.visited_on), *conditions)
        return query.with_only_columns(Check.site_id)

    def rows_of(self, kind: type[Any]) -> sa.Select[Any]:
        """All rows of a kind that the definitions choose from."""
        bases: dict[type[Any], Callable[[], sa.Select[Any]]] = {
            Hazard: lambda: hazard_state.joined(self.scope.hazards(self.period.as_of), self.period.as_of),
            Check: lambda: self.scope.checks().where(self.falls(Check.visited_on)),
            Site: lambda: sa.select(Site),
            Task: lambda: self.scope.tasks().where(*self._windows()),
            IllegalCase: self.scope.cases,
            Training: self.scope.trainings,
        }
        return bases[kind]()

    def _windows(self) -> tuple[Condition, ...]:
        """The half-months that lie in the period and have begun."""
        return (
            Task.window_start >= self.period.first,
            Task.window_end <= self.period.last,
            Task.window_start <= self.period.as_of,
        )


class Figures:
    """The figures of a period in a scope: `number`, `share`, `rows`; and `by` for the shares of sites, classes, months.

    `only` names the figures and rates that will be asked for; the others of a kind are then not counted along.
    """

    def __init__(self, period: Period, scope: Scope | None = None, *, only: Collection[str] = ()) -> None:
        self.period, self.scope = period, scope or Scope()
        rates = [RATES[name] for name in only if name in RATES]
        self._only = {*only, *(one.part for one in rates), *(one.whole for one in rates)}
        self._question = Question(self.period, self.scope)
        self._totals = Totals(self.period, self.scope)
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The number of a figure."""
        if name not in self._numbers:
            wanted = FIGURES[name]
            if wanted.counts in (Check, Site):
                self._numbers[name] = self._count(self.rows(name))
            elif wanted.amount is not None:
                self._numbers[name] = self._sum(wanted.amount, self.rows(name))
            else:
                self._count_all(wanted)
        return self._numbers[name]

    def share(self, name: str) -> Share:
        """The numerator and denominator of a rate."""
        wanted = RATES[name]
        return Share(self.number(wanted.part), self.number(wanted.whole))

    def rate(self, name: str) -> float | None:
        """A rate as a share of one; none where there is nothing to divide by."""
        return self.share(name).value

    def rows(self, name: str, *of: Condition) -> sa.Select[Any]:
        """Exactly the rows that a figure counts, of those that fit; a visit stands for itself, whatever checks were
        filed of it."""
        wanted = FIGURES[name]
        query = self._question.rows_of(wanted.counts).where(wanted.define(self._question), *of)
        return visits(query) if wanted.counts is Check else query

    def rest(self, name: str) -> sa.Select[Any]:
        """The rows of a rate's denominator that are not in its numerator."""
        wanted = RATES[name]
        counted = FIGURES[wanted.part].counts
        return self.rows(wanted.whole).where(
            counted.id.not_in(self.rows(wanted.part).with_only_columns(counted.id))
        )

    def ids(self, name: str) -> list[int]:
        """The numbers of the rows that a figure counts, for a snapshot."""
        counted = FIGURES[name].counts
        return list(db.session.scalars(self.rows(name).with_only_columns(counted.id).order_by(counted.id)))

    def by(self, names: Sequence[str], *keys: Any) -> list[Any]:
        """Figures of one kind by keys: rows of (key, …, number, …). Not for visits and sites."""
        kind = FIGURES[names[0]].counts
        named = [key.label(f"key_{place}") for place, key in enumerate(keys)]
        query = self._question.rows_of(kind).with_only_columns(
            *named, *(self._filtered(one) for one in names)
        )
        return list(db.session.execute(query.group_by(*named)))

    def by_class(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Figures of hazards by class: rows of (class, number, …)."""
        wanted = [FIGURES[name] for name in names]
        if all(self._totals.covers(one, BY_CLASS) for one in wanted):
            return [(HazardClass(key), *row) for key, *row in self._totals.by(wanted, BY_CLASS)]
        return self.by(names, Hazard.hazard_class)

    def by_holder(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Figures of hazards by who holds the site on the as-of day: rows of (user number or None, number, …)."""
        wanted = [FIGURES[name] for name in names]
        if all(self._totals.covers(one, BY_SUPERVISOR) for one in wanted):
            return [(int(key), *row) for key, *row in self._totals.by(wanted, BY_SUPERVISOR)]
        return self.by(names, holder_of(Hazard.site_id, self.period.as_of))

    def by_month(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Figures of the hazards found by month: rows of (first day of the month, number, …)."""
        wanted = [FIGURES[name] for name in names]
        if all(self._totals.covers(one) for one in wanted):
            return self._totals.by_month(wanted)
        year, month = (sa.extract(part, Hazard.found_on) for part in ("year", "month"))
        return [(date(row[0], row[1], 1), *row[2:]) for row in self.by(names, year, month)]

    @cached_property
    def cases_before(self) -> dict[int, dict[str, Any]]:
        """What was changed of illegal cases since, for lists that show how they stood."""
        return history.before(IllegalCase, self.period.as_of)

    def _filtered(self, name: str) -> Any:
        return sa.func.count().filter(FIGURES[name].define(self._question)).label(name)

    def _count_all(self, wanted: Figure) -> None:
        """Sum up or count a figure, and with it the others of its kind, in one pass over the rows."""
        same = [one for one in FIGURES.values() if one.counts is wanted.counts and one.amount is None]
        asked = [one for one in same if not self._only or one is wanted or one.name in self._only]
        covered = [one for one in asked if self._totals.covers(one)]
        self._numbers.update(self._totals.numbers(covered))
        names = [one.name for one in asked if one not in covered]
        if not names:
            return
        query = self._question.rows_of(wanted.counts).with_only_columns(
            *(self._filtered(name) for name in names)
        )
        self._numbers.update(zip(names, db.session.execute(query).one(), strict=True))

    @staticmethod
    def _count(rows: sa.Select[Any]) -> int:
        return db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0

    @staticmethod
    def _sum(amount: Any, rows: sa.Select[Any]) -> int:
        ids = rows.with_only_columns(Training.id)
        query = sa.select(sa.func.coalesce(sa.func.sum(amount), 0))
        return db.session.scalar(query.where(amount.class_.training_id.in_(ids))) or 0
