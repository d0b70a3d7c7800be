"""The frozen list behind a figure of an edition, beside the list that the figure counts now for the same days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext

from ...campaigns.models import CaseKind, CaseOutcome, IllegalCase
from ...checklists.models import HazardClass
from ...checks.models import Check, VisitKind
from ...checks.pulses import Pulse, Seen
from ...core.i18n import label, write_day
from ...core.labels import N_
from ...enterprises.models import Risk, Sector, Site
from ...hazards.lifecycle import State
from ...hazards.models import Hazard, Notice
from ...schedule.lifecycle import TaskState
from ...schedule.models import Task
from ...stats.figures import FIGURES, RATES, Figures
from ...trainings.models import Training, TrainingKind
from ..models import Edition
from . import frozen_lists
from .inspection_summary import value_text

Field = tuple[str, str, Callable[[Any], str]]  # head, name in the row, how it is written


def _day(text: str) -> str:
    return write_day(date.fromisoformat(text)) if text else ""


def _choice(kind: Any) -> Callable[[Any], str]:
    return lambda value: label(kind(value)) if value else ""


COLUMNS: dict[type[Any], tuple[str, tuple[Field, ...]]] = {
    Hazard: (
        "hazards.show",
        (
            (N_("Hazard number"), "name", str),
            (N_("Enterprise"), "site", str),
            (N_("Problem"), "problem", str),
            (N_("Class"), "class", _choice(HazardClass)),
            (N_("Found on"), "found_on", _day),
            (N_("Due date"), "due_on", _day),
            (N_("State"), "state", _choice(State)),
        ),
    ),
    Check: (
        "checks.show",
        (
            (N_("Number"), "name", str),
            (N_("Enterprise"), "site", str),
            (N_("Checked on"), "visited_on", _day),
            (N_("Kind"), "kind", _choice(VisitKind)),
            (N_("Inspector"), "inspector", str),
        ),
    ),
    Site: (
        "enterprises.show",
        (
            (N_("Enterprise"), "name", str),
            (N_("Sector"), "sector", _choice(Sector)),
            (N_("Risk"), "risk", _choice(Risk)),
            (N_("Supervisor"), "supervisor", str),
        ),
    ),
    Task: (
        "schedule.task",
        (
            (N_("Enterprise"), "name", str),
            (N_("Half-month from"), "window", _day),
            (N_("Supervisor"), "supervisor", str),
            (N_("State"), "state", _choice(TaskState)),
        ),
    ),
    IllegalCase: (
        "campaigns.case",
        (
            (N_("Illegal case"), "name", str),
            (N_("Kind"), "kind", _choice(CaseKind)),
            (N_("Place"), "place", str),
            (N_("Settled on"), "outcome_on", _day),
            (N_("Outcome"), "outcome", _choice(CaseOutcome)),
        ),
    ),
    Training: (
        "trainings.show",
        (
            (N_("Topic"), "name", str),
            (N_("Kind of training"), "kind", _choice(TrainingKind)),
            (N_("Held on"), "held_on", _day),
            (N_("Attendances"), "attendances", str),
            (N_("Copies"), "copies", str),
        ),
    ),
    Notice: (
        "hazards.notice",
        (
            (N_("Number"), "name", str),
            (N_("Enterprise"), "site", str),
            (N_("Issued on"), "issued_on", _day),
            (N_("Issued by"), "issued_by", str),
        ),
    ),
    Pulse: (
        "enterprises.show",
        (
            (N_("Idle site"), "name", str),
            (N_("Taken on"), "taken_on", _day),
            (N_("Taken by"), "taken_by", str),
            (N_("Locked"), "locked", _choice(Seen)),
            (N_("Power on"), "power", _choice(Seen)),
            (N_("People seen"), "people", _choice(Seen)),
        ),
    ),
}


@dataclass(frozen=True)
class ListedRow:
    """A row of a frozen list: its cells, the address of what it is now, and whether only one of the two lists has it."""

    url: str | None
    cells: list[str]
    mark: str = ""


@dataclass(frozen=True)
class Listed:
    """A frozen list, with the rows that only the live list has behind it."""

    heads: list[str]
    lines: list[ListedRow]
    gone: int
    come: int


def listed(edition: Edition, name: str, live: Figures) -> Listed:
    """The rows that a figure counted then, marked where the live list no longer has them, and those that it has besides."""
    kind = FIGURES[name].counts
    endpoint, fields = COLUMNS[kind]
    then, now = edition.lists["ids"][name], set(live.ids(name))
    rows = edition.lists["rows"][kind.__tablename__]
    besides = sorted(now - set(then))
    fresh = dict(frozen_lists.rows_of(kind, besides, live))
    lines = [
        _line(
            endpoint, fields, number, rows[str(number)], "" if number in now else gettext("no longer counted")
        )
        for number in then
    ]
    lines += [_line(endpoint, fields, number, row, gettext("counted since")) for number, row in fresh.items()]
    heads = [gettext(head) for head, _name, _write in fields]
    return Listed(heads, lines, sum(number not in now for number in then), len(besides))


def _line(endpoint: str, fields: tuple[Field, ...], number: int, row: dict[str, Any], mark: str) -> ListedRow:
    page = row.get("page", number)  # a pulse is shown on the page of its site
    url = url_for(endpoint, number=page) if endpoint in current_app.view_functions else None
    return ListedRow(url, [write(row.get(name, "")) for _head, name, write in fields], mark)


@dataclass(frozen=True)
class LiveLine:
    """A figure as it was issued and as it stands now."""

    name: str
    then: str
    now: str
    moved: bool
    is_rate: bool


def against_live(edition: Edition, live: Figures) -> list[LiveLine]:
    """Every figure of the edition beside the live one for the same days."""
    lines = []
    for name, value in edition.facts["values"].items():
        if name in RATES:
            share = live.share(name)
            now: Any = [share.part, share.whole]
        elif name in FIGURES:
            now = live.number(name)
        else:
            continue
        lines.append(LiveLine(name, value_text(value), value_text(now), value != now, name in RATES))
    return sorted(lines, key=lambda line: not line.is_rate)
