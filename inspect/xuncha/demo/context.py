"""The context of the simulation: people, photos, clock, plans, texts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ..campaigns.models import Campaign
from ..checklists.models import Item
from ..checklists.queries import compose
from ..checks.filing import PhotoRef
from ..checks.models import VisitKind
from ..core.clock import at, local_day
from ..hazards.models import Hazard
from .clock import Clock
from .people_and_sites import Place, Zone
from .photos import Album, Pair
from .plan import Planner

# Patrols go through one list, that of the occasion or of the sector; the twice-monthly and the experts' checks through all.
PATROLS_BY_ONE_LIST = {VisitKind.HOLIDAY, VisitKind.SPECIAL, VisitKind.LOOK_BACK}


@dataclass
class Context:
    """The demo zone at work."""

    zone: Zone
    album: Album
    clock: Clock
    planner: Planner
    dice: random.Random
    texts: dict[str, Any]
    today: date
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    active: dict[int, list[Hazard]] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)
    held: dict[str, date] = field(default_factory=dict)
    _lists: dict[tuple[Any, ...], list[Item]] = field(default_factory=dict)

    def remark(self, what: str) -> str:
        """One of the remarks of a kind."""
        said = self.texts["remarks"][what]
        return str(said if isinstance(said, str) else self.dice.choice(said))

    def items_for(self, place: Place, kind: VisitKind) -> list[Item]:
        """The items that a visit goes through, in their order."""
        site = place.site
        key = (site.kind, site.sector, site.crowded, kind)
        if key not in self._lists:
            sections = compose(site, kind.value)
            if kind in PATROLS_BY_ONE_LIST:
                sections = sections[-1:]
            self._lists[key] = [item for section in sections for item in section.items]
        return self._lists[key]

    def workday_after(self, moment: datetime, number: int) -> datetime:
        """Some minute in the office hours of the working day `number` working days after a moment."""
        day = self.planner.after(local_day(moment), number)
        return at(day, self.dice.choice((9, 10, 11, 14, 15, 16)), self.dice.randrange(60))

    def photo(self, sha256: str, taken_at: datetime) -> PhotoRef:
        """A photo as a filing or a step names it."""
        return PhotoRef(sha256=sha256, taken_at=taken_at - timedelta(minutes=self.dice.randrange(2, 12)))

    def after_photo(self, hazard: Hazard, moment: datetime) -> list[PhotoRef]:
        """The place of a hazard as it looks when it is put right."""
        return [self.photo(self.pairs[hazard.uuid].after, moment)]
