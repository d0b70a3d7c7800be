"""The drawn photos as the product received them: before and after of every scene, and pictures of gates and halls."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime

from ..accounts.models import User
from ..checklists.models import HazardClass
from ..core.db import commit
from ..photos.actions import receive
from .drawing_tools import draw

C = HazardClass
SCENES_OF: dict[HazardClass, tuple[str, ...]] = {
    C.FIRE: ("extinguisher", "exit", "shelves"),
    C.ELECTRICAL: ("cable", "cabinet"),
    C.BUILDING: ("exit", "shelves"),
    C.HAZCHEM: ("drums", "sign"),
    C.EQUIPMENT: ("machine", "sign"),
    C.SPECIAL_EQUIPMENT: ("machine",),
    C.DUST: ("machine",),
    C.CONFINED_SPACE: ("pit",),
    C.OTHER: ("drums", "pit"),
    C.WORK_BEHAVIOUR: ("sign", "machine"),
    C.OCCUPATIONAL: ("sign",),
}
VIEWS = {"gate", "hall"}
PAPERS = ("papers",)
VARIANTS = 3


@dataclass(frozen=True)
class Pair:
    """One place before and after, by the hashes of its photos."""

    before: str
    after: str


@dataclass
class Album:
    """Every photo by its hash, by scene; each serves many hazards."""

    pairs: dict[str, list[Pair]] = field(default_factory=dict)

    def pair(self, hazard_class: HazardClass, dice: random.Random) -> Pair:
        """A place that suits a class of hazards."""
        return dice.choice(self.pairs[dice.choice(SCENES_OF.get(hazard_class, PAPERS))])

    def one(self, scene: str, dice: random.Random) -> str:
        """A photo of a gate or a hall."""
        return dice.choice(self.pairs[scene]).after


def fill(actor: User, now: datetime) -> Album:
    """Draw the photos and hand them in."""
    commit()  # receiving ends the open transaction
    album = Album()
    scenes = sorted({scene for scenes in SCENES_OF.values() for scene in scenes} | {*PAPERS} | VIEWS)
    for scene in scenes:
        for seed in range(VARIANTS):
            after = draw(scene, True, seed)
            before = after if scene in VIEWS else draw(scene, False, seed)
            pair = Pair(_sent(before, actor, now), _sent(after, actor, now))
            album.pairs.setdefault(scene, []).append(pair)
    commit()
    return album


def _sent(picture: bytes, actor: User, now: datetime) -> str:
    sha256 = receive(picture, actor=actor, now=now).sha256
    commit()
    return sha256
