"""Every figure, defined once (domain 5.1). A definition says which rows count; number and list both follow from it."""

from __future__ import annotations

from typing import Any

from ..definition import FIGURES, RATES, Figure, Rate
from ..figure import Figures, Share
from ..period import Period
from ..scope import Scope
from . import follow_up, hazards, load, papers, records, visits, work

__all__ = [
    "FIGURES",
    "RATES",
    "RULES",
    "Figure",
    "Figures",
    "Period",
    "Rate",
    "Scope",
    "Share",
    "as_data",
    "follow_up",
    "hazards",
    "load",
    "papers",
    "records",
    "snapshot",
    "visits",
    "work",
]

# Kept with every snapshot; to be raised when a definition changes.
RULES = "2026-11-29"


def as_data(figures: Figures) -> dict[str, Any]:
    """Every figure by name, rates as a share of one rounded to four digits or None, with the days they hold for."""
    data: dict[str, Any] = {**figures.period.to_args()}
    data |= {name: figures.number(name) for name in FIGURES}
    for name in RATES:
        value = figures.rate(name)
        data[name] = None if value is None else round(value, 4)
    return data


def snapshot(figures: Figures) -> dict[str, Any]:
    """What a paper freezes: the figures, the numbers of the rows each counts, and the edition of the rules."""
    return {
        "rules": RULES,
        "scope": figures.scope.to_args(),
        "figures": as_data(figures),
        "ids": {name: figures.ids(name) for name in FIGURES},
    }
