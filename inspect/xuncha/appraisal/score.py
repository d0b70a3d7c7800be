"""The score: shares of what was to be done, weighted. Pure.

国办发〔2024〕54号 forbids to tie appraisal to the number of inspections, hazards or fines. So a component is a rate of planned
tasks or of hazards that wait for an answer, never a number, and the score depends on shares alone: whoever has twice as much
of everything, equally well done, has the same score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..core.settings import WEIGHTS
from ..hazards.models import Hazard
from ..schedule.models import Task
from ..stats.figures import FIGURES, RATES, Rate, Share

ANSWERED_FOR = (Task, Hazard)
"""Rates of these rows may be weighed: plan and due date ask for them. Visits, cases, fines, trainings never."""


@dataclass(frozen=True)
class Component:
    """A component: its name, and the rate of the figures that it weighs. Raises ValueError for what is no such rate."""

    name: str
    of: str

    def __post_init__(self) -> None:
        if self.of not in RATES or FIGURES[RATES[self.of].whole].counts not in ANSWERED_FOR:
            raise ValueError(f"{self.of} is no rate of tasks or hazards: a count is never rewarded")
        if self.setting not in WEIGHTS:
            raise ValueError(f"no weight is kept for {self.name}")

    @property
    def rate(self) -> Rate:
        """The rate: its name, meaning, numerator and denominator."""
        return RATES[self.of]

    @property
    def setting(self) -> str:
        """The setting that holds its weight."""
        return f"weight_{self.name}"


COMPONENTS: tuple[Component, ...] = (
    Component("completion", "completion_rate"),
    Component("recheck", "recheck_rate"),
    Component("deadline", "deadline_rate"),
    Component("record", "record_rate"),
    Component("overdue", "pursuit_rate"),
    Component("entry", "entry_rate"),
)
BY_NAME: Mapping[str, Component] = {one.name: one for one in COMPONENTS}


def tenths(value: Fraction) -> int:
    """In tenths, half up."""
    return int(value * 10 + Fraction(1, 2))


@dataclass(frozen=True)
class Line:
    """A component of somebody's score: its weight, the share as it was measured, what an appeal credited."""

    component: Component
    weight: int
    measured: Share
    credited: int = 0

    @property
    def counted(self) -> Share:
        """The share that counts: what was credited is added, never above the whole."""
        whole = self.measured.whole
        return Share(min(self.measured.part + self.credited, whole), whole)

    @property
    def points(self) -> int | None:
        """Of its weight, in tenths; none where there was nothing to do."""
        share = self.counted
        return tenths(Fraction(self.weight * share.part, share.whole)) if share.whole else None


def taken_off(points: Iterable[int], most: int) -> int:
    """The points that deductions for false records take off together: never more than the most of a period."""
    return min(sum(points), most)


@dataclass(frozen=True)
class Score:
    """Somebody's score of a period, of so many planned tasks; `deducted` points for false records are taken off."""

    lines: Sequence[Line]
    planned: int
    fewest: int
    deducted: int = 0

    @property
    def too_few(self) -> bool:
        """So few tasks were planned that chance would decide."""
        return self.planned < self.fewest

    @property
    def tenths(self) -> int | None:
        """What was earned less what is deducted, in tenths, never below nought; none for too few tasks."""
        return None if self.earned is None else max(0, self.earned - 10 * self.deducted)

    @property
    def earned(self) -> int | None:
        """Of a hundred, in tenths; none for too few tasks. A component with nothing to do gives its weight to the others."""
        counted = [(line.weight, line.counted) for line in self.lines if line.counted.whole]
        weights = sum(weight for weight, _share in counted)
        if self.too_few or not weights:
            return None
        kept = sum((Fraction(weight * share.part, share.whole) for weight, share in counted), Fraction())
        return tenths(100 * kept / weights)
