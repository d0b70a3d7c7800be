"""How far apart the enterprises are that somebody holds. It stands beside a score, never in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa

from ..core.db import db
from ..enterprises.models import Site
from ..schedule.places import Place, by_place, metres


@dataclass(frozen=True)
class Travel:
    """The length of a way through those that have a place, from the office where its place is known, in straight lines."""

    metres: int
    placed: int
    held: int

    @property
    def tenths(self) -> int | None:
        """In tenths of a kilometre; none where nothing lies between two places."""
        return (self.metres + 50) // 100 if self.metres else None


def of(sites: Sequence[int], start: Place | None) -> Travel:
    """The way through some sites."""
    query = sa.select(Site.latitude, Site.longitude).where(Site.id.in_(sites)).order_by(Site.id)
    places: list[Place] = [
        (north, east) for north, east in db.session.execute(query) if north is not None and east is not None
    ]
    return through(places, start, len(sites))


def through(places: Sequence[Place], start: Place | None, held: int) -> Travel:
    """The way through places, always to the nearest one next. Pure."""
    way = by_place(places, lambda place: place, lambda _place: "", start)
    ends = [start, *way] if start else way
    return Travel(round(sum(metres(one, other) for one, other in pairwise(ends))), len(places), held)
