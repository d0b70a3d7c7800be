"""What visits of the demo zone find, in the words of the phrase bank."""

from __future__ import annotations

from dataclasses import dataclass

from ..checklists.models import HazardClass, Item, Phrase
from ..checks.models import VisitKind
from .context import Context
from .people_and_sites import Place

MENDED_ON_THE_SPOT = 0.75
INSTEAD_OF_ON_THE_SPOT_DAYS = 3


@dataclass(frozen=True)
class Found:
    """A finding to be made: which item, in which words, by when, and what is to become of it."""

    item: Item
    description: str
    measure: str
    hazard_class: HazardClass
    days: int
    place: str
    on_spot: bool = False
    fate: str = "usual"
    criterion: str = ""


def _ordinary(item: Item) -> list[Phrase]:
    """Wordings that no criterion of a major hazard is met by: majors are told as cases of their own."""
    return [phrase for phrase in item.phrases if phrase.grade == "general"]


def findings(context: Context, place: Place, kind: VisitKind, count: int, fate: str = "usual") -> list[Found]:
    """So many findings on different items of the visit's lists."""
    items = [item for item in context.items_for(place, kind) if _ordinary(item)]
    chosen = context.dice.sample(items, min(count, len(items)))
    return [finding_for(context, place, item, fate) for item in chosen]


def finding_for(context: Context, place: Place, item: Item, fate: str = "usual") -> Found:
    """A finding on an item in one of its ready wordings."""
    phrase = context.dice.choice(_ordinary(item))
    on_spot = phrase.days == 0 and fate == "usual" and context.dice.random() < MENDED_ON_THE_SPOT
    return Found(
        item=item,
        description=phrase.text_zh,
        measure=phrase.measure_zh,
        hazard_class=item.hazard_class,
        days=phrase.days or INSTEAD_OF_ON_THE_SPOT_DAYS,
        place=context.dice.choice(place.parts),
        on_spot=on_spot,
        fate=fate,
    )
