"""How a figure is defined: one condition, from which its number, its list and the changes that are kept of it follow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from ..campaigns.models import IllegalCase
from ..checks.models import Check, VisitKind
from ..checks.pulses import Pulse
from ..core import history
from ..enterprises.models import Site
from ..hazards.models import Hazard, Notice
from ..schedule.lifecycle import TaskState
from ..schedule.models import Task
from ..schedule.queries import state_filter
from ..trainings.models import Training
from . import hazard_state
from .kept import Axis, Condition, Kept, OfHazards, OfTasks, OfVisits
from .period import Period
from .scope import Scope

Definition = Callable[["Question"], Condition]


@dataclass(frozen=True)
class Figure:
    """A figure: what it is called, what it counts and how; `amount` is summed where rows are not what is counted.

    What is `kept` of it is summed up from its changes, where the period and the scope allow that.
    """

    name: str
    label: str
    meaning: str
    counts: type[Any]
    define: Definition
    amount: InstrumentedAttribute[int] | None = None
    kept: Kept | None = None

    @property
    def axis(self) -> Axis | None:
        """By which day the hazards that it counts belong to a period; none for other rows."""
        return self.kept.axis if isinstance(self.kept, OfHazards) else None


@dataclass(frozen=True)
class Rate:
    """A share of one figure in another that holds all of its rows."""

    name: str
    label: str
    meaning: str
    part: str
    whole: str


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
        name, kept = standing.__name__, OfHazards(axis, stands, by_supervisor)
        FIGURES[name] = Figure(
            name, label, meaning, Hazard, lambda asked: sa.and_(asked.belongs(axis), stands), kept=kept
        )
        return standing

    return register


def task_figure(name: str, label: str, meaning: str, *states: TaskState) -> None:
    """Register a figure of the tasks in one of some states."""
    FIGURES[name] = Figure(
        name,
        label,
        meaning,
        Task,
        lambda asked: state_filter(states, asked.period.as_of),
        kept=OfTasks(states),
    )


def visit_figure(name: str, label: str, meaning: str, kept: OfVisits) -> None:
    """Register a figure of visits, or of the sites that they reached."""
    of_sites = Site.kind == kept.site_kind if kept.site_kind else sa.true()

    def visited(asked: Question) -> Condition:
        at_sites = Check.site_id.in_(sa.select(Site.id).where(of_sites)) if kept.site_kind else sa.true()
        return sa.and_(Check.kind.in_(kept.kinds), at_sites)

    def reached(asked: Question) -> Condition:
        return sa.and_(of_sites, Site.id.in_(asked.visited(kept.kinds)))

    counts, define = (Site, reached) if kept.reached else (Check, visited)
    FIGURES[name] = Figure(name, label, meaning, counts, define, kept=kept)


def rate(name: str, label: str, meaning: str, *, part: str, whole: str) -> None:
    """Register a rate of two figures."""
    RATES[name] = Rate(name, label, meaning, part, whole)


class Question:
    """What is asked: of which period, as of which day, in whose scope. Definitions read it."""

    def __init__(self, period: Period, scope: Scope, past: history.Past | None = None) -> None:
        self.period, self.scope = period, scope
        self._past = past or history.Past()

    def before(self, kind: type[Any], day: date) -> dict[int, dict[str, Any]]:
        """What later changes found in things of a kind at the end of a day; read once."""
        return self._past.before(kind, day)

    def falls(self, day: Any) -> Condition:
        """The day lies in the period and has come."""
        return day.between(self.period.first, self.period.until)

    def belongs(self, axis: Axis) -> Condition:
        """The hazard belongs to the period."""
        days = {Axis.FOUND: Hazard.found_on, Axis.CLOSED: hazard_state.closed_on}
        return self.falls(days[axis]) if axis in days else Hazard.found_on <= self.period.as_of

    def visited(self, kinds: Collection[VisitKind]) -> sa.Select[int]:
        """The sites of the visits of some kinds."""
        query = self.scope.checks().where(self.falls(Check.visited_on), Check.kind.in_(kinds))
        return query.with_only_columns(Check.site_id)

    def rows_of(self, kind: type[Any]) -> sa.Select[Any]:
        """All rows of a kind that the definitions choose from."""
        bases: dict[type[Any], Callable[[], sa.Select[Any]]] = {
            Hazard: lambda: hazard_state.joined(self.scope.hazards(self.period.as_of), self.period.as_of),
            Check: lambda: self.scope.checks().where(self.falls(Check.visited_on)),
            Site: lambda: sa.select(Site),
            Task: lambda: self.scope.tasks().where(*self._windows()),
            Pulse: self.scope.pulses,
            IllegalCase: self.scope.cases,
            Training: self.scope.trainings,
            Notice: lambda: self.scope.notices(self.period.as_of),
        }
        return bases[kind]()

    def rows_for(self, figures: Sequence[Figure]) -> sa.Select[Any]:
        """The rows from which some figures of one kind choose: where they agree on it, those that belong to the period."""
        query, axes = self.rows_of(figures[0].counts), {one.axis for one in figures}
        axis = axes.pop() if len(axes) == 1 else None
        return query.where(self.belongs(axis)) if axis else query

    def _windows(self) -> tuple[Condition, ...]:
        """The half-months that lie in the period and have begun."""
        return (
            Task.window_start >= self.period.first,
            Task.window_end <= self.period.last,
            Task.window_start <= self.period.as_of,
        )
