"""Handing editions to the zones of this installation: the very function that a signed file goes through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..core.db import write_in_get
from . import editions, transfers
from .models import Content, Direction
from .other_zones import Unreachable, Zones, in_each, in_zone

ABOVE = "province"


@dataclass(frozen=True)
class Delivered:
    """Which zones took an edition, and which did not answer."""

    number: int
    taken: list[str]
    silent: list[str]


def deliver(found: Zones, now: datetime) -> Delivered:
    """Give the newest edition to every zone that has an older one. Nothing is done in a zone that has it."""
    last = transfers.newest(Direction.OUT, Content.EDITION, transfers.TO_ALL)
    if last is None:
        return Delivered(0, [], [])
    number, content = last.number, last.content

    def take() -> None:
        with write_in_get():
            editions.receive(content, ABOVE, now)

    taken, silent = [], []
    for key in found.counties():
        try:
            in_zone(found, key, take)
            taken.append(key)
        except transfers.NotNewer:
            continue
        except Unreachable:
            silent.append(key)
    return Delivered(number, taken, silent)


def _last() -> int:
    last = transfers.newest(Direction.IN, Content.EDITION, ABOVE)
    return last.number if last else 0


def numbers(found: Zones) -> dict[str, int | None]:
    """The number of the edition that each zone has; None where it does not answer."""
    return in_each(found, found.counties(), _last)
