"""What the kept changes can answer: sums of a few rows, however many hazards there are and however long ago it was."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from ...schedule.lifecycle import window_of
from ..definition import FIGURES, Figure
from ..kept import Axis, Kept, OfTasks, OfVisits
from ..period import Period
from ..scope import Scope
from .changes import BY_CLASS, BY_SUPERVISOR, EVERY, WHOLE, Days, Wanted, month_of, read

DAY = timedelta(days=1)


class Totals:
    """The kept changes, asked of a period in a scope: of the whole zone, of a class of hazards or of a supervisor.

    Hazards of a period are answered for whole months; the others for any days.
    """

    def __init__(self, period: Period, scope: Scope) -> None:
        self.period, self._key = period, _key_of(scope)

    def covers(self, figure: Figure, by: str = WHOLE) -> bool:
        """Whether the figure can be answered, for each key of `by` where that is given."""
        kept = figure.kept
        if kept is None or self._key is None or (by and self._key[0]):
            return False
        wanted = by or self._key[0]
        if isinstance(kept, OfVisits):
            return wanted == WHOLE
        if isinstance(kept, OfTasks):
            return wanted in (WHOLE, BY_SUPERVISOR)
        in_months = kept.axis is Axis.STOCK or self.period.full_months is not None
        return in_months and (wanted != BY_SUPERVISOR or kept.by_supervisor)

    def numbers(self, only: Collection[str] = ()) -> dict[str, int]:
        """The numbers of all figures that are covered, or of some of them, in one sum."""
        covered = [one for one in FIGURES.values() if (not only or one.name in only) and self.covers(one)]
        sums = read(self._wanted(covered), *(self._key or (WHOLE, "")))
        return {one.name: sums[one.name, ""] for one in covered}

    def by(self, figures: Sequence[Figure], by: str) -> list[tuple[Any, ...]]:
        """Rows of (key, number, …) for each key; the figures are covered."""
        return _rows(figures, read(self._wanted(figures), by, None, group="key"))

    def by_month(self, figures: Sequence[Figure]) -> list[tuple[Any, ...]]:
        """Rows of (first day of the month, number, …) by the month to which the hazards belong."""
        return _rows(figures, read(self._wanted(figures), *(self._key or (WHOLE, "")), group="cohort"))

    def _wanted(self, figures: Iterable[Figure]) -> list[Wanted]:
        alike: dict[tuple[Days, Days], list[str]] = {}
        for one in figures:
            if one.kept is not None and (days := self._days(one.kept)) is not None:
                alike.setdefault(days, []).append(one.name)
        return [Wanted(tuple(names), *days) for days, names in alike.items()]

    def _days(self, kept: Kept) -> tuple[Days, Days] | None:
        """Which cohorts of a figure belong to the period, and the days whose changes count; None where none can."""
        period, always = self.period, Days(EVERY, EVERY)
        so_far = Days(EVERY, period.as_of)
        if isinstance(kept, OfVisits):
            # A site counts at the first of its visits: the one before it lies before the period.
            cohorts = Days(EVERY, period.first - DAY) if kept.reached else always
            return cohorts, Days(period.first, period.until)
        if isinstance(kept, OfTasks):
            window = window_of(period.last)
            last = window if window.end <= period.last else window.previous
            return (Days(period.first, last.start), so_far) if last.start >= period.first else None
        if kept.axis is Axis.STOCK:
            return always, so_far
        return Days(month_of(period.first), month_of(period.last)), so_far


def _rows(figures: Sequence[Figure], sums: Mapping[tuple[str, Any], int]) -> list[tuple[Any, ...]]:
    keys = sorted({key for _name, key in sums})
    rows = [(key, *(sums.get((one.name, key), 0) for one in figures)) for key in keys]
    return [row for row in rows if any(row[1:])]


def _key_of(scope: Scope) -> tuple[str, str] | None:
    if (
        not scope.sees_all
        or scope.site
        or scope.sector
        or scope.item
        or scope.focus
        or scope.crowded
        or scope.campaign
        or (scope.supervisor and scope.hazard_class)
    ):
        return None
    if scope.supervisor:
        return BY_SUPERVISOR, str(scope.supervisor)
    return (BY_CLASS, scope.hazard_class.value) if scope.hazard_class else (WHOLE, "")
