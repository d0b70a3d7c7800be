"""Definitions as data: what the derived model must know of a figure to keep its changes. The query of its rows, and the
changes that are kept, both follow from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

import sqlalchemy as sa

from ..checks.models import VisitKind
from ..enterprises.models import SiteKind
from ..schedule.lifecycle import TaskState

Condition = sa.ColumnElement[bool]


class Axis(Enum):
    """By which day of its own a hazard belongs to a period."""

    FOUND = "found"
    CLOSED = "closed"
    STOCK = "stock"  # by none: whatever had been found by the as-of day


@dataclass(frozen=True)
class OfHazards:
    """Hazards that stand so on the as-of day; `by_supervisor`: also by who holds the site then."""

    axis: Axis
    stands: Condition
    by_supervisor: bool = False


@dataclass(frozen=True)
class OfTasks:
    """Tasks that are in one of the states on the as-of day, also by supervisor."""

    states: Collection[TaskState]


@dataclass(frozen=True)
class OfVisits:
    """Visits of these kinds, at sites of a kind; with `reached`, the different sites among them."""

    kinds: Collection[VisitKind]
    site_kind: SiteKind | None = None
    reached: bool = False


Kept = OfHazards | OfTasks | OfVisits
