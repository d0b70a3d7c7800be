"""How a figure is counted: its number, its share by any key, and the list of exactly its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from ..campaigns.models import IllegalCase
from ..checklists.models import HazardClass
from ..checks.models import Check
from ..checks.queries import visits
from ..core import history
from ..core.db import db
from ..enterprises.models import Site
from ..hazards.lifecycle import State
from ..hazards.models import Hazard
from ..schedule.models import Task
from ..trainings.models import Training
from .definition import FIGURES, RATES, Figure, Question
from .kept import Condition
from .period import Period
from .scope import Scope, holder_of
from .totals.answers import Totals
from .totals.changes import BY_CLASS, BY_SUPERVISOR, month_of
from .totals.models import HazardSpan


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


class Figures:
    """The figures of a period in a scope: `number`, `share`, `rows`; and `by` for the shares of sites, classes, months.

    `only` names the figures and rates that will be asked for; the others of a kind are then not counted along.
    Figures of several periods share what they read of the past.
    """

    def __init__(
        self,
        period: Period,
        scope: Scope | None = None,
        *,
        only: Collection[str] = (),
        past: history.Past | None = None,
    ) -> None:
        self.period, self.scope = period, scope or Scope()
        rates = [RATES[name] for name in only if name in RATES]
        self._only = {*only, *(one.part for one in rates), *(one.whole for one in rates)}
        self._question = Question(self.period, self.scope, past)
        self._totals = Totals(self.period, self.scope)
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The number of a figure."""
        if name not in self._numbers:
            wanted = FIGURES[name]
            if self._totals.covers(wanted):
                self._numbers |= self._totals.numbers(self._only if name in self._only else ())
            # A hazard figure that is not kept names its few rows: asked with others it would read all hazards.
            elif wanted.counts in (Check, Site) or (wanted.counts is Hazard and wanted.kept is None):
                self._numbers[name] = self._count(self.rows(name).with_only_columns(wanted.counts.id))
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

    def by(self, names: Sequence[str], *keys: Any, of: Sequence[Condition] = ()) -> list[Any]:
        """Figures of one kind by keys: rows of (key, …, number, …), of those rows that fit. Not for visits and sites."""
        named = [key.label(f"key_{place}") for place, key in enumerate(keys)]
        query = self._question.rows_for([FIGURES[name] for name in names]).where(*of)
        query = query.with_only_columns(*named, *(self._filtered(one) for one in names))
        return list(db.session.execute(query.group_by(*named)))

    def sites_with_most(self, most: int) -> list[int]:
        """The sites with the most hazards found, most first. Counted without the spans: few are void."""
        period = self.period
        void = sa.select(HazardSpan.hazard_id).where(
            HazardSpan.state == State.VOID,
            HazardSpan.from_on <= period.as_of,
            HazardSpan.until_on > period.as_of,
        )
        found = self.scope.hazards(period.as_of).where(
            Hazard.found_on.between(period.first, period.until), Hazard.id.not_in(void)
        )
        sites = found.with_only_columns(Hazard.site_id).group_by(Hazard.site_id)
        ranked = sites.order_by(sa.func.count().desc(), Hazard.site_id).limit(most)
        return list(db.session.scalars(ranked))

    def by_class(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Figures of hazards by class: rows of (class, number, …)."""
        wanted = [FIGURES[name] for name in names]
        if all(self._totals.covers(one, BY_CLASS) for one in wanted):
            return [(HazardClass(key), *row) for key, *row in self._totals.by(wanted, BY_CLASS)]
        return self.by(names, Hazard.hazard_class)

    def by_supervisor(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Figures of tasks by whose they are, of hazards by who holds the site on the as-of day: rows of (number of the
        user or None, number, …)."""
        wanted = [FIGURES[name] for name in names]
        if all(self._totals.covers(one, BY_SUPERVISOR) for one in wanted):
            return [(int(key), *row) for key, *row in self._totals.by(wanted, BY_SUPERVISOR)]
        if wanted[0].counts is Task:
            return self.by(names, Task.supervisor_id)
        return self.by(names, holder_of(Hazard.site_id, self.period.as_of))

    def by_month(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Figures of the hazards found, and of tasks, by month: rows of (first day of the month, number, …)."""
        wanted = [FIGURES[name] for name in names]
        if all(self._totals.covers(one) for one in wanted):
            return _by_months(names, [(names, self._totals.by_month(wanted))])
        parts = []
        for kind, day in ((Hazard, Hazard.found_on), (Task, Task.window_start)):
            some = [one.name for one in wanted if one.counts is kind]
            year, month = (sa.extract(part, day) for part in ("year", "month"))
            rows = self.by(some, year, month) if some else []
            # PostgreSQL extracts decimals.
            parts.append((some, [(date(int(row[0]), int(row[1]), 1), *row[2:]) for row in rows]))
        return _by_months(names, parts)

    @property
    def cases_before(self) -> dict[int, dict[str, Any]]:
        """What was changed of illegal cases since, for lists that show how they stood."""
        return self._question.before(IllegalCase, self.period.as_of)

    def _filtered(self, name: str) -> Any:
        return sa.func.count().filter(FIGURES[name].define(self._question)).label(name)

    def _count_all(self, wanted: Figure) -> None:
        """Count a figure, and with it the others of its kind, in one pass over the rows."""
        kind = wanted.counts, wanted.axis
        same = [one for one in FIGURES.values() if (one.counts, one.axis) == kind and one.amount is None]
        asked = [one for one in same if not self._only or one is wanted or one.name in self._only]
        names = [one.name for one in asked]
        query = self._question.rows_for(asked).with_only_columns(*(self._filtered(name) for name in names))
        self._numbers.update(zip(names, db.session.execute(query).one(), strict=True))

    @staticmethod
    def _count(rows: sa.Select[Any]) -> int:
        return db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0

    @staticmethod
    def _sum(amount: Any, rows: sa.Select[Any]) -> int:
        ids = rows.with_only_columns(Training.id)
        query = sa.select(sa.func.coalesce(sa.func.sum(amount), 0))
        return db.session.scalar(query.where(amount.class_.training_id.in_(ids))) or 0


def _by_months(
    names: Sequence[str], parts: Sequence[tuple[Sequence[str], Sequence[tuple[Any, ...]]]]
) -> list[tuple[Any, ...]]:
    """Rows by month out of rows by a day of it, each part with figures of its own."""
    sums: Counter[tuple[date, str]] = Counter()
    for some, rows in parts:
        for day, *numbers in rows:
            for name, number in zip(some, numbers, strict=True):
                sums[month_of(day), name] += number
    months = sorted({month for month, _name in sums})
    return [(month, *(sums[month, name] for name in names)) for month in months]
