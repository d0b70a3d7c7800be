"""The items of the lists as visits go through them, with the bases that a check of a day cites, read before anything is
written."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from ...checklists.models import Basis, Item, Law
from ...checklists.queries import compose
from ...checks import snapshot
from ...checks.models import VisitKind
from ...core.db import db
from ...enterprises.models import Sector, Site, SiteKind
from ..context import PATROLS_BY_ONE_LIST
from .calendar import Day, number_of
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
        self._changes, touched = _when_laws_change(first, last)
        self._cited = {sector.value: _cite(sector, first, touched) for sector in Sector}
        db.session.rollback()

    def _read_lists(self, site: Site) -> None:
        for visit in VisitKind:
            sections = compose(site, visit.value)
            if visit in PATROLS_BY_ONE_LIST:
                sections = sections[-1:]
            items = [_prepared(item) for section in sections for item in section.items]
            key = (site.kind.value, site.sector.value, site.crowded, visit.value)
            self._lists[key], self._findable[key] = items, [item for item in items if item.wordings]

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


def _cite(sector: Sector, first: date, touched: dict[date, set[int]]) -> list[dict[int, Cited]]:
    """The citations of every item from the first day on, and from each day on which a law of some of them changes."""
    everything = set(db.session.scalars(sa.select(Item.id)))
    cited = [_read(everything, sector, first)]
    for day, numbers in touched.items():
        cited.append(cited[-1] | _read(numbers, sector, day))
    return cited


def _read(numbers: set[int], sector: Sector, day: date) -> dict[int, Cited]:
    found = snapshot.as_cited(snapshot.read_items(numbers), Site(sector=sector), day)
    return {number: _kept(item) for number, item in found.items()}


def _when_laws_change(first: date, last: date) -> tuple[list[Day], dict[date, set[int]]]:
    """The days on which laws begin or cease to be in force, and the items that rest on them, by day."""
    query = sa.select(Basis.item_id, Law.in_force_from, Law.in_force_to).join(Basis.law)
    touched: dict[date, set[int]] = {}
    for item, begins, ends in db.session.execute(query):
        for day in (begins, ends and ends + timedelta(days=1)):
            if day and first < day <= last:
                touched.setdefault(day, set()).add(item)
    ordered = dict(sorted(touched.items()))
    return [number_of(day) for day in ordered], ordered
