"""The items of the lists as visits go through them, with the bases that a check of a day cites, read before anything is
written."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from ...checklists.models import Item, Law
from ...checklists.queries import compose
from ...checks import snapshot
from ...checks.models import VisitKind
from ...core.db import db
from ...enterprises.models import Sector, Site, SiteKind
from ..context import PATROLS_BY_ONE_LIST
from .calendar import Day, date_of, number_of
from .context import Place, to_json

ListKey = tuple[str, str, bool, str]


@dataclass(slots=True, eq=False)
class Prepared:
    """An item with the wordings that no criterion of a major hazard is met by: text, measure, days to rectify."""

    id: int
    code: str
    hazard_class: str
    wordings: list[tuple[str, str, int]]


@dataclass(slots=True, eq=False)
class Cited:
    """What a check keeps of an item: `json` is the member of its facts, `bases` are its texts by name."""

    version: str
    json: str
    bases: dict[str, str]


class Items:
    """Lists by site and kind of visit, citations by item, sector and day."""

    def __init__(self, first: date, last: date) -> None:
        self._lists: dict[ListKey, list[Prepared]] = {}
        self._findable: dict[ListKey, list[Prepared]] = {}
        for kind in SiteKind:
            for sector in Sector:
                for crowded in (False, True):
                    self._read_lists(Site(kind=kind, sector=sector, crowded=crowded))
        self._changes = _days_on_which_law_changes(first, last)
        self._cited = {sector.value: self._cite(sector, first) for sector in Sector}
        db.session.rollback()

    def _read_lists(self, site: Site) -> None:
        for visit in VisitKind:
            sections = compose(site, visit.value)
            if visit in PATROLS_BY_ONE_LIST:
                sections = sections[-1:]
            items = [_prepared(item) for section in sections for item in section.items]
            key = (site.kind.value, site.sector.value, site.crowded, visit.value)
            self._lists[key], self._findable[key] = items, [item for item in items if item.wordings]

    def _cite(self, sector: Sector, first: date) -> list[dict[int, Cited]]:
        """The citations of every item from the first day on, and from each day on which some law changes."""
        numbers = list(db.session.scalars(sa.select(Item.id)))
        cited = []
        for day in (first, *map(date_of, self._changes)):
            found = snapshot.read_items(numbers, Site(sector=sector), day)
            cited.append({number: _kept(item) for number, item in found.items()})
        return cited

    def of_visit(self, place: Place, kind: str) -> list[Prepared]:
        """The items that a visit goes through."""
        return self._lists[place.kind, place.sector, place.crowded, kind]

    def findable(self, place: Place, kind: str) -> list[Prepared]:
        """Those of them on which something ordinary can be found."""
        return self._findable[place.kind, place.sector, place.crowded, kind]

    def cited(self, place: Place, day: Day) -> dict[int, Cited]:
        """The items by number as they are cited at a place on a day."""
        return self._cited[place.sector][bisect_right(self._changes, day)]


def _prepared(item: Item) -> Prepared:
    wordings = [(one.text_zh, one.measure_zh, one.days) for one in item.phrases if one.grade == "general"]
    return Prepared(item.id, item.code, item.hazard_class.value, wordings)


def _kept(item: Any) -> Cited:
    bases = {name: text for name, text in item.facts.items() if "basis" in name}
    return Cited(item.version, f"{to_json(item.code)}:{to_json(item.facts)}", bases)


def _days_on_which_law_changes(first: date, last: date) -> list[Day]:
    begun = db.session.scalars(sa.select(Law.in_force_from))
    ended = db.session.scalars(sa.select(Law.in_force_to))
    days = {day for day in begun if day} | {day + timedelta(days=1) for day in ended if day}
    return sorted(number_of(day) for day in days if first < day <= last)
