"""What the kept changes can answer: sums of a few rows, however many hazards there are and however long ago it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..period import Period
from ..scope import Scope
from .changes import BY_CLASS, BY_SUPERVISOR, EVERY, WHOLE, Cohorts, month_of, read

if TYPE_CHECKING:
    from ..figure import Figure


class Totals:
    """The kept changes, asked of a period in a scope: whole months, of the whole zone, of a class or of a supervisor."""

    def __init__(self, period: Period, scope: Scope) -> None:
        self.period, self._key = period, _key_of(scope)
        self._months = (
            Cohorts(month_of(period.first), month_of(period.last)) if period.full_months is not None else None
        )

    def covers(self, figure: Figure, by: str = WHOLE) -> bool:
        """Whether the figure can be answered, for each key of `by` where that is given."""
        if figure.axis is None or self._key is None or (by and self._key[0]):
            return False
        held = by == BY_SUPERVISOR or self._key[0] == BY_SUPERVISOR
        return (figure.by_supervisor or not held) and (figure.is_stock or self._months is not None)

    def numbers(self, figures: Iterable[Figure]) -> dict[str, int]:
        """The numbers of figures that are covered."""
        found = self._sums(figures, self._key)
        return {one.name: found.get((one.name, ""), 0) for one in figures}

    def by(self, figures: Sequence[Figure], by: str) -> list[tuple[Any, ...]]:
        """Rows of (key, number, …) for each key; the figures are covered."""
        return self._rows(figures, self._sums(figures, (by, None), "key"))

    def by_month(self, figures: Sequence[Figure]) -> list[tuple[Any, ...]]:
        """Rows of (first day of the month, number, …) by the month in which the rows belong to the period."""
        return self._rows(figures, self._sums(figures, self._key, "cohort"))

    def _sums(self, figures: Iterable[Figure], key: Any, group: str = "") -> dict[tuple[str, Any], int]:
        found: dict[tuple[str, Any], int] = {}
        stock = {one.name for one in figures if one.is_stock}
        rest = {one.name for one in figures} - stock
        for names, cohorts in ((stock, Cohorts(EVERY, EVERY)), (rest, self._months)):
            if names and cohorts:
                found.update(read(names, key, cohorts, self.period.as_of, group=group))
        return found

    @staticmethod
    def _rows(figures: Sequence[Figure], sums: dict[tuple[str, Any], int]) -> list[tuple[Any, ...]]:
        keys = sorted({key for _name, key in sums})
        rows = [(key, *(sums.get((one.name, key), 0) for one in figures)) for key in keys]
        return [row for row in rows if any(row[1:])]


def _key_of(scope: Scope) -> tuple[str, str] | None:
    if not scope.sees_all or scope.site or (scope.supervisor and scope.hazard_class):
        return None
    if scope.supervisor:
        return BY_SUPERVISOR, str(scope.supervisor)
    return (BY_CLASS, scope.hazard_class.value) if scope.hazard_class else (WHOLE, "")
