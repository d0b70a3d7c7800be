"""What an import of a list would do, row by row: all rows or none are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sized
from dataclasses import dataclass, field
from typing import Any

from ..core.errors import Refused
from ..core.labels import N_, Labelled


class Outcome(Labelled):
    """What a row would do."""

    NEW = "new", N_("New")
    SAME = "same", N_("Same")
    CHANGE = "change", N_("Change")
    LEFT_OUT = "left_out", N_("Left out")
    DECIDE = "decide", N_("You decide")
    ERROR = "error", N_("Error")


@dataclass
class Verdict:
    """A row of a file (by its number there) and what it would do."""

    row: int
    outcome: Outcome
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[Refused] = field(default_factory=list)
    # Why a row is left out, or what else a person should know of it.
    remarks: list[Refused] = field(default_factory=list)


@dataclass
class Plan:
    """What a file would do."""

    verdicts: list[Verdict]
    strange: list[str]

    @property
    def counts(self) -> Counter[Outcome]:
        """How many rows would do what."""
        return Counter(verdict.outcome for verdict in self.verdicts)

    @property
    def ready(self) -> bool:
        """Nothing is wrong, something is new."""
        counts = self.counts
        return not counts[Outcome.ERROR] and bool(counts[Outcome.NEW])

    @property
    def new(self) -> list[Verdict]:
        """The rows that would be added."""
        return [verdict for verdict in self.verdicts if verdict.outcome is Outcome.NEW]


def demand_most(rows: Sized, most: int) -> None:
    """Raise Refused for a file of more rows than are written at once."""
    if len(rows) > most:
        raise Refused(N_("At most %(most)s rows at a time. Split the list."), field="file", most=most)


def demand_ready(plan: Plan) -> None:
    """Raise Refused unless every row is clear."""
    if not plan.ready:
        raise Refused(N_("Nothing was written: look at the rows that are marked."), field="file")
