"""The filters of the list of hazards, as they stand in the address: one way to write them, one way to read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from ..checklists.models import HazardClass
from ..core.labels import N_, Labelled
from ..core.parsing import read_day, read_number
from .escalation_steps import EscalationStep
from .lifecycle import State
from .models import Grade, Source


class View(Labelled):
    """A saved way of looking at the hazards; each is a tab with its count."""

    ALL = "all", N_("All")
    UNSETTLED = "open", N_("Not closed")
    TO_DO = "todo", N_("To do")
    WAITING = "waiting", N_("Being looked at")
    MINE = "mine", N_("Mine")
    ISSUE = "issue", N_("To be issued")
    VERIFY = "verify", N_("To be verified")
    OVERDUE = "overdue", N_("Overdue")
    SOON = "soon", N_("Due soon")
    TO_PUSH = "push", N_("To be pushed")
    EXTENSION = "extension", N_("Extensions to decide")
    CLOSURE = "closure", N_("Closures to approve")
    MAJOR = "major", N_("Major or suspected")
    PLAN_DUE = "plan_due", N_("Plans to submit")
    PLAN = "plan", N_("Plans to decide")
    PROGRESS = "progress", N_("Progress missing")
    CLOSED = "closed", N_("Closed")


class Order(Labelled):
    """How the list is sorted."""

    DUE = "due", N_("By due date")
    FOUND = "found", N_("Newest found first")
    SITE = "site", N_("By enterprise")


# As the item of an address: hazards that belong to none.
NO_ITEM = "-"
NAMES = {"hazard_class": "class", "found_from": "from", "found_to": "to", "text": "q"}


@dataclass(frozen=True)
class Criteria:
    """Which hazards: the view and everything that narrows it. All days are inclusive; `open_on` is the day at whose
    end the hazard was not closed yet."""

    view: View = View.ALL
    text: str = ""
    site: int | None = None
    supervisor: int | None = None
    finder: int | None = None
    check: int | None = None
    notice: int | None = None
    focus: int | None = None
    hazard_class: HazardClass | None = None
    grade: Grade | None = None
    source: Source | None = None
    state: State | None = None
    step: EscalationStep | None = None
    site_kind: str = ""
    item: str = ""
    found_from: date | None = None
    found_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    open_on: date | None = None
    repeat: bool = False
    on_spot: bool = False
    listed: bool = False
    order: Order = Order.DUE

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> Criteria:
        """Read an address; what does not fit is left out."""
        read = {}
        for spec in fields(cls):
            value = _READERS[str(spec.type)](args.get(NAMES.get(spec.name, spec.name), "").strip())
            if value not in (None, ""):
                read[spec.name] = value
        return cls(**read)

    def to_args(self) -> dict[str, str]:
        """The address; without anything set it says so, so that it is not taken for the first look at the page."""
        written = {
            NAMES.get(spec.name, spec.name): _write(value)
            for spec in fields(self)
            if (value := getattr(self, spec.name)) != spec.default
        }
        return written or {"view": View.ALL.value}

    @property
    def narrowing(self) -> int:
        """How many filters are on beside view and order."""
        return len(self.to_args().keys() - {"view", "order"})

    @property
    def narrows_more(self) -> bool:
        """Whether a filter is on that is not among the first ones of the page."""
        return bool(self.to_args().keys() - {"view", "q", "supervisor", "class", "grade", "state", "site"})


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "1"
    return value.isoformat() if isinstance(value, date) else str(value)


def _member(kind: type[Labelled]) -> Any:
    return lambda value: kind(value) if value in {member.value for member in kind} else None


_READERS: dict[str, Any] = {
    "str": lambda value: value[:200],
    "int | None": read_number,
    "date | None": read_day,
    "bool": lambda value: True if value == "1" else None,
    "View": _member(View),
    "Order": _member(Order),
    "HazardClass | None": _member(HazardClass),
    "Grade | None": _member(Grade),
    "Source | None": _member(Source),
    "State | None": _member(State),
    "EscalationStep | None": _member(EscalationStep),
}
