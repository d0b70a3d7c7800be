"""Each rate over twelve months beside the same months a year before, from the definitions of its two figures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from ..core import history
from ..schedule.models import Task
from .definition import FIGURES, RATES, Rate
from .figures import Figures, Period, Scope, Share
from .kept import Axis
from .period import add_months

WIDTH, HEIGHT = 330, 90  # of the drawing


@dataclass(frozen=True)
class Point:
    """A month, and the same month a year before, as each stood on the as-of day of its year."""

    month: Period
    share: Share
    month_before: Period
    share_before: Share


@dataclass(frozen=True)
class Course:
    """A rate, its value in the period, and how it went."""

    rate: Rate
    share: Share
    points: Sequence[Point]

    @property
    def change(self) -> float | None:
        """The last month that has both against the same month a year before, in points of a hundred."""
        both = [
            (one.share.value, one.share_before.value)
            for one in self.points
            if one.share.value is not None and one.share_before.value is not None
        ]
        return both[-1][0] - both[-1][1] if both else None

    def line(self, *, before: bool = False) -> str:
        """The course as the path of an SVG; a month without a base is a gap, one between two gaps a short dash."""
        values = [(one.share_before if before else one.share).value for one in self.points]
        step, path = WIDTH / max(len(values) - 1, 1), ""
        for place, value in enumerate(values):
            if value is not None:
                begins = place == 0 or values[place - 1] is None
                path += f"{'M' if begins else 'L'}{place * step:.1f} {(1 - value) * HEIGHT:.1f}"
                path += "h.1" if begins else ""
        return path


# What is looked at first; the others stand below.
MAIN = ("rectification_rate", "on_time_rate", "completion_rate", "recheck_rate")
OTHERS = ("major_rate", "expert_rate", "coverage", "relapse_rate")


def year_before(period: Period) -> Period:
    """The period as of whose end last year is compared with this one."""
    return Period(*(add_months(day, -12) for day in (period.first, period.last, period.as_of)))


def of(figures: Figures, names: Collection[str]) -> list[Course]:
    """The courses of some rates."""
    months = figures.period.twelve_months()
    before = year_before(figures.period).twelve_months()
    past = history.Past()
    then, now = (_shares(one, figures.scope, names, past) for one in (before, months))
    return [
        Course(
            RATES[name],
            figures.share(name),
            [Point(*point) for point in zip(months, now[name], before, then[name], strict=True)],
        )
        for name in names
    ]


def _shares(
    months: Sequence[Period], scope: Scope, names: Collection[str], past: history.Past
) -> dict[str, list[Share]]:
    """The share of each rate in each month: in one question where the rows bear a month of their own, else month by month."""
    grouped = [name for name in names if _bears_month(RATES[name])]
    parts = sorted({part for name in grouped for part in (RATES[name].part, RATES[name].whole)})
    whole = Figures(Period(months[0].first, months[-1].last, months[-1].as_of), scope)
    rows = {row[0]: dict(zip(parts, row[1:], strict=True)) for row in whole.by_month(parts)} if parts else {}
    found = {name: [_share(rows.get(month.first, {}), RATES[name]) for month in months] for name in grouped}
    for name in set(names) - set(grouped):
        found[name] = [Figures(month, scope, only=[name], past=past).share(name) for month in months]
    return found


def _share(numbers: dict[str, int], rate: Rate) -> Share:
    return Share(numbers.get(rate.part, 0), numbers.get(rate.whole, 0))


def _bears_month(rate: Rate) -> bool:
    whole = FIGURES[rate.whole]
    return whole.axis is Axis.FOUND or whole.counts is Task


def as_data(courses: Sequence[Course]) -> dict[str, Any]:
    """The courses for a chart and for other programs: numerators and denominators, never rounded."""
    return {
        one.rate.name: {
            "months": [point.month.first.strftime("%Y-%m") for point in one.points],
            "parts": [point.share.part for point in one.points],
            "wholes": [point.share.whole for point in one.points],
            "parts_before": [point.share_before.part for point in one.points],
            "wholes_before": [point.share_before.whole for point in one.points],
        }
        for one in courses
    }
