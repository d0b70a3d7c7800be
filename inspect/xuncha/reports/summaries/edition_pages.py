"""What the pages of a summary show of its facts: figures with their changes, the paragraph with a link at each number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from ...core.i18n import label, language, write_parts
from ...enterprises.models import Sector
from ...stats.figures import FIGURES, RATES, Period
from .inspection_summary import against, value_text
from .summary_facts import period_of
from .summary_text import Part, write_value, written

OF_CAMPAIGNS = {"visits": "visits", "found": "hazards_found", "closed": "hazards_closed"}


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


def chart_columns(facts: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Found and rectified by month and by sector as the page draws them, each number with the list that it counts."""
    period, narrowed = period_of(facts), facts["scope"]

    def column(name: str, found: int, closed: int, days: Period, more: dict[str, Any]) -> dict[str, Any]:
        address: dict[str, Any] = {**days.to_args(), **narrowed, **more}
        urls = [
            url_for("stats.counted", name=figure, **address) for figure in ("hazards_found", "hazards_closed")
        ]
        return {"label": name, "values": [found, closed], "urls": urls}

    spans = {span.first.isoformat(): span for span in period.months()}
    return {
        "months": [
            column(write_parts(spans[row[0]].first, "LLL"), row[1], row[3], spans[row[0]], {})
            for row in facts["months"]
        ],
        "sectors": [
            column(label(Sector(row[0])), row[1], row[2], period, {"sector": row[0]})
            for row in facts["sectors"]
        ],
    }


def slot_address(facts: dict[str, Any]) -> Callable[[str], str | None]:
    """Where the list of what a slot counts is found, for the days of the facts."""
    days: dict[str, Any] = facts["period"]
    narrowed: dict[str, Any] = facts["scope"]

    def address(slot: str) -> str | None:
        if slot in FIGURES or slot in RATES:
            return url_for("stats.counted", name=slot, **days, **narrowed)
        if slot == "supervisors":
            return url_for("stats.responsible", **days, **narrowed)
        if slot == "committee_meetings":
            return url_for("committee.index", **days)
        kind, _dash, rest = slot.partition("-")
        if kind == "training":
            return url_for("trainings.index", kind=rest, on_from=days["from"], on_to=days["to"])
        number, _dash, name = rest.partition("-")
        if kind != "campaign":
            return None
        figure = OF_CAMPAIGNS[name]
        return url_for("stats.counted", name=figure, **days, **{**narrowed, "campaign": number})

    return address
