"""The filters of the list of hazards, as they stand in the address: one way to write them, one way to read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from typing import Any

from ...checklists.models import HazardClass
from ...core.labels import N_, Labelled
from ...core.parsing import read_day, read_number
from ..follow_up.escalation_steps import EscalationStep
from ..lifecycle import State
from ..models import Grade, Source


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
    NUMBER = "number", N_("By number")
    PLACE = "place", N_("By place")
    HAZARD_CLASS = "class", N_("By class")
    GRADE = "grade", N_("Gravest first")
    SOURCE = "source", N_("By source")
    FINDER = "finder", N_("By inspector")
    SUPERVISOR = "supervisor", N_("By supervisor")
    MEASURE = "measure", N_("By what must be done")
    RESPONSIBLE = "responsible", N_("By who rectifies it")
    STATE = "state", N_("By state")
    CLOSED = "closed", N_("Newest closed first")
    ROUND = "round", N_("By round")

    @property
    def newest_first(self) -> bool:
        """Whether its dates fall."""
        return self in {Order.FOUND, Order.CLOSED}


# An index holds these. By another column a list is sorted where its filters leave so few hazards.
INDEXED = frozenset({Order.DUE, Order.FOUND, Order.SITE})
SORTED = 10_000


class Column(Labelled):
    """What a line may show beside the hazard itself; each sorts by the order of the same value."""

    SITE = "site", N_("Enterprise")
    PLACE = "place", N_("Place")
    HAZARD_CLASS = "class", N_("Class")
    GRADE = "grade", N_("Grade")
    SOURCE = "source", N_("Source")
    FOUND = "found", N_("Found on")
    FINDER = "finder", N_("Inspector")
    SUPERVISOR = "supervisor", N_("Supervisor")
    MEASURE = "measure", N_("What must be done")
    RESPONSIBLE = "responsible", N_("Who rectifies it")
    DUE = "due", N_("Due date")
    STATE = "state", N_("State")
    CLOSED = "closed", N_("Closed on")
    ROUND = "round", N_("Round")


USUAL = (Column.SITE, Column.HAZARD_CLASS, Column.FOUND, Column.DUE, Column.STATE)
CHOSEN_AT_MOST = 200
# How the list looks, beside which hazards it holds.
LOOKS = {"view", "order", "turned", "columns"}


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
    chosen: tuple[int, ...] = ()
    order: Order = Order.DUE
    turned: bool = False
    columns: tuple[Column, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> Criteria:
        """Read an address; what does not fit is left out."""
        read = {}
        for field, name, kind, _default in _fields():
            value = _READERS[kind](args.get(name, "").strip())
            if value not in (None, "", ()):
                read[field] = value
        return cls(**read)

    def to_args(self) -> dict[str, str]:
        """The address; without anything set it says so, so that it is not taken for the first look at the page."""
        written = {
            name: _write(value)
            for field, name, _kind, default in _fields()
            if (value := getattr(self, field)) != default
        }
        return written or {"view": View.ALL.value}

    @property
    def narrowing(self) -> int:
        """How many filters are on beside view and order."""
        return len(self.to_args().keys() - LOOKS)

    @property
    def narrows_more(self) -> bool:
        """Whether a filter is on that is not among the first ones of the page."""
        return bool(
            self.to_args().keys()
            - {"q", "supervisor", "class", "grade", "state", "site"}
            - (LOOKS - {"order"})
        )

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns of the list, in their order."""
        return self.columns or USUAL

    @property
    def falls(self) -> bool:
        """Whether what it is sorted by falls from line to line."""
        return self.turned != self.order.newest_first

    def sorted_by(self, order: Order) -> Criteria:
        """The same list sorted by another column; by the same one turned round."""
        return replace(self, order=order, turned=order is self.order and not self.turned)


@cache
def _fields() -> tuple[tuple[str, str, str, Any], ...]:
    """Each filter: its field, its name in an address, the kind of its value and the one that it has unless it is set."""
    return tuple(
        (one.name, NAMES.get(one.name, one.name), str(one.type), one.default) for one in fields(Criteria)
    )


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "1"
    if isinstance(value, tuple):
        return ",".join(str(one) for one in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _columns(text: str) -> tuple[Column, ...]:
    """The columns that are named, in the list's order; none where they are the usual ones."""
    named = set(text.split(","))
    found = tuple(column for column in Column if column.value in named)
    return () if found == USUAL else found


def _numbers(text: str) -> tuple[int, ...]:
    read = (read_number(one) for one in text.split(",", CHOSEN_AT_MOST)[:CHOSEN_AT_MOST])
    return tuple(dict.fromkeys(number for number in read if number is not None))


def _member(kind: type[Labelled]) -> Any:
    return lambda value: kind(value) if value in {member.value for member in kind} else None


_READERS: dict[str, Any] = {
    "tuple[Column, ...]": _columns,
    "tuple[int, ...]": _numbers,
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
