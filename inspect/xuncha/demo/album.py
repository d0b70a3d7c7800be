"""The drawn photos as the product received them: before and after of every scene, and pictures of gates and halls."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from ..accounts.models import User
from ..checklists.models import HazardClass
from ..core.db import commit
from ..photos.actions import receive
from .drawing import draw

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
# A stamped copy names the first use of a photo: what was found lately gets photos of its own.
OWN_COPIES = 3


@dataclass(frozen=True)
class Pair:
    """One place before and after, by the hashes of its photos."""

    before: str
    after: str


@dataclass
class Album:
    """Every photo by its hash. `common` serves many hazards, `fresh` each one."""

    common: dict[str, list[Pair]] = field(default_factory=dict)
    fresh: dict[str, deque[Pair]] = field(default_factory=dict)

    def pair(self, hazard_class: HazardClass, dice: random.Random, *, own: bool) -> Pair:
        """A place that suits a class of hazards; one that no other hazard uses where there still is one."""
        scene = dice.choice(SCENES_OF.get(hazard_class, PAPERS))
        waiting = self.fresh.get(scene)
        return waiting.popleft() if own and waiting else dice.choice(self.common[scene])

    def one(self, scene: str, dice: random.Random) -> str:
        """A photo of a gate or a hall."""
        return dice.choice(self.common[scene]).after


def fill(actor: User, now: datetime) -> Album:
    """Draw the photos and hand them in."""
    commit()  # receiving ends the open transaction
    album = Album()
    scenes = sorted({scene for scenes in SCENES_OF.values() for scene in scenes} | {*PAPERS} | VIEWS)
    for scene in scenes:
        album.common[scene], album.fresh[scene] = [], deque()
        views = scene in VIEWS
        copies = 0 if views else OWN_COPIES
        for seed in range(VARIANTS):
            after = draw(scene, True, seed)
            pictures = (after if views else draw(scene, False, seed)), after
            for copy in range(copies + 1):
                pair = Pair(*(_sent(picture, copy, actor, now) for picture in pictures))
                (album.fresh[scene] if copy else album.common[scene]).append(pair)
    commit()
    return album


def _sent(picture: bytes, copy: int, actor: User, now: datetime) -> str:
    sha256 = receive(_numbered(picture, copy) if copy else picture, actor=actor, now=now).sha256
    commit()
    return sha256


def _numbered(picture: bytes, number: int) -> bytes:
    """The same picture in other bytes: a JPEG comment with a number behind its first marker."""
    comment = f"copy {number}".encode()
    return picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]
