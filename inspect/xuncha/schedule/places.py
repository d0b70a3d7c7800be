"""An order of visits by place: always the nearest one next. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import asin, cos, radians, sin, sqrt
from typing import TypeVar

Place = tuple[float, float]  # latitude, longitude in degrees of WGS-84
Stop = TypeVar("Stop")
EARTH = 6_371_000


def metres(one: Place, other: Place) -> float:
    """How far two places are apart as the crow flies."""
    (north, east), (to_north, to_east) = (tuple(map(radians, place)) for place in (one, other))
    half = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    return 2 * EARTH * asin(sqrt(half))


def by_place(
    stops: Iterable[Stop],
    place_of: Callable[[Stop], Place | None],
    area_of: Callable[[Stop], str],
    start: Place | None = None,
) -> list[Stop]:
    """The stops from one to the nearest next; those without a place follow the last one of their area, or stand at the end.

    Without a start the first stop is where the day begins.
    """
    given = list(stops)
    rest = [stop for stop in given if place_of(stop)]
    ordered: list[Stop] = []
    at = start
    while rest:
        here = at
        nearest = rest[0] if here is None else min(rest, key=lambda stop: _from(here, place_of(stop)))
        rest.remove(nearest)
        ordered.append(nearest)
        at = place_of(nearest)
    unplaced = [stop for stop in given if not place_of(stop)]
    for stop in sorted(unplaced, key=area_of):
        same = [index for index, one in enumerate(ordered) if area_of(one) == area_of(stop) != ""]
        ordered.insert(same[-1] + 1 if same else len(ordered), stop)
    return ordered


def _from(here: Place, place: Place | None) -> float:
    return metres(here, place) if place else 0.0
