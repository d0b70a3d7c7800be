"""Which items fail in which sectors: the hazards found in the period, item by item."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ..checklists.models import Item
from ..core.db import db
from ..core.i18n import pick
from ..enterprises.models import Sector, Site
from ..hazards.lists.filters import NO_ITEM
from ..hazards.models import Hazard
from .figures import Figures

MOST_ITEMS = 12


@dataclass(frozen=True)
class Line:
    """An item and how often it failed, sector by sector; no code: all other items together."""

    code: str
    text: str
    numbers: list[int]

    @property
    def total(self) -> int:
        """In all sectors."""
        return sum(self.numbers)


@dataclass(frozen=True)
class Heat:
    """The items that failed most, the others in one line, and the sums by sector."""

    sectors: list[Sector]
    lines: list[Line]
    sums: list[int]

    @property
    def top(self) -> int:
        """The largest number of an item in a sector."""
        return max((number for line in self.lines if line.code for number in line.numbers), default=0)


def of(figures: Figures) -> Heat:
    """The items that failed most, most first."""
    sector = sa.select(Site.sector).where(Site.id == Hazard.site_id).scalar_subquery()
    cells: Counter[tuple[str, str]] = Counter()
    items: Counter[str] = Counter()
    for code, of_sector, number in figures.by(["hazards_found"], Hazard.item_code, sector):
        if number:
            cells[code, str(of_sector)] += number
            items[code] += number
    ranked = sorted(items, key=lambda code: (-items[code], code))
    shown = [code for code in ranked if code][:MOST_ITEMS]
    texts = _texts(shown)
    sectors = [one for one in Sector if any(cells[code, one.value] for code in items)]
    lines = [Line(code, texts.get(code, code), [cells[code, one.value] for one in sectors]) for code in shown]
    rest = set(items) - set(shown) - {""}
    if items[""]:
        lines.append(Line(NO_ITEM, "", [cells["", one.value] for one in sectors]))
    if rest:
        lines.append(Line("", "", [sum(cells[code, one.value] for code in rest) for one in sectors]))
    return Heat(sectors, lines, [sum(cells[code, one.value] for code in items) for one in sectors])


def _texts(codes: list[str]) -> dict[str, str]:
    """The newest words of each item."""
    rows = db.session.scalars(sa.select(Item).where(Item.code.in_(codes)).order_by(Item.id))
    return {item.code: pick(item, "text") for item in rows}


def as_data(heat: Heat) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "sectors": [one.value for one in heat.sectors],
        "items": [{"code": line.code, "numbers": line.numbers} for line in heat.lines],
        "sums": heat.sums,
    }
