"""The hazards for outer platforms: what a profile may name of each (domain 3.1), and the rows of an address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from flask_login import current_user

from ..checklists.models import HazardClass
from ..core.access import Permission
from ..core.clock import today
from ..core.labels import N_, Labelled
from ..lists import upstream_profiles
from ..lists.listing_pages import EXPORT_AT_MOST
from ..lists.upstream_profile import Field
from .lifecycle import State
from .lists import ledger, ledger_lines, list_queries
from .lists.filters import Criteria
from .lists.ledger_lines import Line, Wording
from .models import Grade, Source

Read = Callable[[Line], Any]
CHOICES: dict[str, tuple[str, type[Labelled]]] = {
    "source": (N_("Source"), Source),
    "hazard_class": (N_("Class"), HazardClass),
    "grade": (N_("Grade"), Grade),
    "state": (N_("State"), State),
}
DAYS = {
    "found_on": N_("Checked on"),
    "original_due_on": N_("Original due date"),
    "due_on": N_("Due date"),
    "reported_done_at": N_("Reported rectified on"),
    "verified_at": N_("Verified on"),
    "closed_at": N_("Closed on"),
}
PLAIN = {
    "number": N_("Number"),
    "site_name": N_("Enterprise"),
    "site_uscc": N_("Credit code"),
    "found_by_name": N_("Inspector"),
    "supervisor_name": N_("Supervisor"),
    "place": N_("Place"),
    "description": N_("Description"),
    "measure": N_("What must be done"),
    "responsible": N_("Who rectifies it"),
    "cost": N_("Money spent (10,000 yuan)"),
    "verified_by_name": N_("Verified by"),
    "round": N_("Round"),
}


def _of(name: str) -> Read:
    return lambda line: getattr(line.hazard, name)


def _extended(line: Line) -> Any:
    return line.hazard.due_on if line.hazard.due_on != line.hazard.original_due_on else None


def fields() -> Mapping[str, Field]:
    """What a profile may name of a hazard, in the language of now."""
    words = Wording()
    found = [Field(name, said, _of(name)) for name, said in PLAIN.items()]
    found += [Field(name, said, _of(name), choices=kind) for name, (said, kind) in CHOICES.items()]
    found += [Field(name, said, _of(name), is_day=True) for name, said in DAYS.items()]
    found += [
        Field("extended_to", N_("Extended to"), _extended, is_day=True),
        Field("basis", N_("Basis"), lambda line: line.basis),
        Field("result", N_("Result"), lambda line: ledger.result_of(line, words)),
        Field("remark", N_("Remark"), lambda line: ledger.remarks(line, words)),
    ]
    return {one.name: one for one in found}


def _rows(args: Mapping[str, str]) -> Iterable[Line]:
    query = list_queries.filtered(current_user, Criteria.from_args(args), today()).limit(EXPORT_AT_MOST)
    return ledger_lines.lines(query, ledger.TOLD)


upstream_profiles.offer(
    "hazards",
    upstream_profiles.Source(
        title=N_("Hazards"),
        permission=Permission.EXPORT_HAZARDS,
        fields=fields,
        rows=_rows,
        name=lambda line: str(line.hazard.number),
        page="hazards.index",
        folder=Path(__file__).with_name("data") / "upstream",
    ),
)
