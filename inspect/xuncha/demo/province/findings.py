"""What visits of the province find: on which item, in which words of the phrase bank, by when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...checks.models import VisitKind
from ...enterprises.models import Sector
from ..findings import INSTEAD_OF_ON_THE_SPOT_DAYS, MENDED_ON_THE_SPOT
from .context import Place, Province
from .items import Items, Prepared
from .plan import Visit

FINDS_SOMETHING = 0.45
MORE = ((0.15, 3), (0.45, 2))  # of the visits that find something
LEAST_OF_EXPERT, MOST_OF_EXPERT = 4, 10
MAJOR = 0.02  # of the findings of routine checks where the texts have a case for the sector
SLOW = 0.21  # of what experts found
SLOW_DAYS, PROMPT_DAYS, MAJOR_DAYS = 30, 15, 40
EXPERT, ROUTINE, RECHECK = VisitKind.EXPERT.value, VisitKind.ROUTINE.value, VisitKind.RECHECK.value
SECTOR_OF = {"HAZ": Sector.HAZCHEM.value, "IND": Sector.INDUSTRY.value, "GEN": Sector.INDUSTRY.value}


@dataclass(slots=True, eq=False)
class Found:
    """One finding and what is to become of it."""

    item: Prepared
    description: str
    measure: str
    hazard_class: str
    part: str
    days: int
    on_spot: bool = False
    fate: str = "usual"
    criterion: str = ""


class Findings:
    """Finds what a visit finds."""

    def __init__(self, province: Province, items: Items) -> None:
        self.province, self.items = province, items
        self._majors: dict[str, list[dict[str, Any]]] = {}
        for row in province.texts["majors"]:
            self._majors.setdefault(SECTOR_OF[row["item"][:3]], []).append(row)

    def of(self, visit: Visit) -> list[Found]:
        """The findings of a visit, each on another item."""
        count = self._count(visit)
        if not count:
            return []
        place, dice = visit.place, self.province.dice
        able = self.items.findable(place, visit.kind)
        found = [self._found(visit, item) for item in dice.sample(able, min(count, len(able)))]
        if visit.kind == ROUTINE and place.sector in self._majors and self.province.chance(MAJOR):
            case = self._major(place, self.province.one(self._majors[place.sector]))
            found = [case, *(one for one in found if one.item is not case.item)]
        return found

    def _count(self, visit: Visit) -> int:
        if visit.kind == EXPERT:
            return LEAST_OF_EXPERT + self.province.below(MOST_OF_EXPERT - LEAST_OF_EXPERT + 1)
        if visit.kind == RECHECK or not self.province.chance(FINDS_SOMETHING):
            return 0
        roll = self.province.dice.random()
        return next((count for share, count in MORE if roll < share), 1)

    def _found(self, visit: Visit, item: Prepared) -> Found:
        province = self.province
        text, measure, days = province.one(item.wordings)
        part = province.one(visit.place.parts)
        given = days or INSTEAD_OF_ON_THE_SPOT_DAYS
        if visit.kind == EXPERT:
            if province.chance(SLOW):
                return Found(item, text, measure, item.hazard_class, part, SLOW_DAYS, fate="slow")
            on_spot = days == 0 and province.chance(MENDED_ON_THE_SPOT)
            given = min(given, PROMPT_DAYS)
            return Found(item, text, measure, item.hazard_class, part, given, on_spot, fate="prompt")
        on_spot = days == 0 and province.chance(MENDED_ON_THE_SPOT)
        return Found(item, text, measure, item.hazard_class, part, given, on_spot)

    def _major(self, place: Place, row: dict[str, Any]) -> Found:
        item = next(one for one in self.items.of_visit(place, ROUTINE) if one.code == row["item"])
        return Found(
            item, row["text"], row["measure"], row["class"], row["place"], MAJOR_DAYS,
            fate="major", criterion=row["criterion"],
        )  # fmt: skip
