"""What the pages of a summary show of its facts: figures with their changes, the paragraph with a link at each number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from ...core.i18n import language
from ...stats.figures import FIGURES, RATES
from .inspection_summary import against, value_text
from .summary_text import Part, write_value, written


@dataclass(frozen=True)
class FigureLine:
    """A figure of the summary: its value, of what, the same a year and a period before with the change, its list."""

    label: str
    value: str
    share: str
    against: Sequence[str]
    url: str


def figure_lines(facts: dict[str, Any], names: Sequence[str]) -> list[FigureLine]:
    """The figures of the page, in the order of the paper."""
    said, address = facts["definitions"][language()], slot_address(facts)
    lines = []
    for name in names:
        value = facts["values"][name]
        share = f"{value[0]}/{value[1]}" if isinstance(value, list) else ""
        lines.append(
            FigureLine(said[name][0], value_text(value), share, against(facts, name), address(name) or "")
        )
    return lines


@dataclass(frozen=True)
class Piece:
    """A piece of the paragraph: text, or a number with the address of its list; `hand` and `was` where it is marked."""

    text: str
    url: str | None = None
    hand: str = ""
    was: str = ""


def linked(
    paragraphs: Sequence[Sequence[Part]], address: Callable[[str], str | None], *, rounded: bool
) -> list[list[Piece]]:
    """The paragraphs in pieces: each number with the address of the list that it counts."""
    return [[_piece(part, address, rounded=rounded) for part in one] for one in paragraphs]


def _piece(part: Part, address: Callable[[str], str | None], *, rounded: bool) -> Piece:
    if isinstance(part, str):
        return Piece(part)
    slot = part["slot"]
    exact = write_value(slot, part["n"], rounded=False)
    was = write_value(slot, part["was"], rounded=False) if "was" in part else ""
    return Piece(written(part, rounded=rounded), address(slot), exact if "hand" in part else "", was)


def slot_address(facts: dict[str, Any]) -> Callable[[str], str | None]:
    """Where the list of what a slot counts is found, for the days of the facts."""
    days: dict[str, Any] = facts["period"]
    narrowed: dict[str, Any] = facts["scope"]

    def address(slot: str) -> str | None:
        if slot in FIGURES or slot in RATES:
            return url_for("stats.counted", name=slot, **days, **narrowed)
        if slot == "supervisors":
            return url_for("stats.counted", name="key_enterprises_held", **days)
        if slot == "committee_meetings":
            return url_for("committee.index")
        kind, _dash, rest = slot.partition("-")
        if kind == "training":
            return url_for("trainings.index", kind=rest, on_from=days["from"], on_to=days["to"])
        number, _dash, name = rest.partition("-")
        endpoint = "campaigns.show" if name == "visits" else "campaigns.hazards"
        if kind != "campaign" or endpoint not in current_app.view_functions:
            return None
        closed: dict[str, Any] = {"state": "closed"} if name == "closed" else {}
        return url_for(endpoint, number=int(number), **closed)

    return address
