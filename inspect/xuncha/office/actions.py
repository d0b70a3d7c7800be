"""Changing the office's settings; each change is a row that stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..accounts.models import User
from ..core import settings
from ..core.access import Permission, demand
from ..core.errors import ActedFirst, Refused
from ..core.labels import N_
from ..core.parsing import visible_text
from ..stats.zone_map import outline
from ..stats.zone_map.models import Outline
from ..stats.zone_map.queries import keep_outline, newest_outline
from . import rules

LONGEST_FILE_NAME = 120


def change(wanted: Mapping[str, str], *, seen: int, actor: User, now: datetime) -> list[str]:
    """Set settings anew, by one who saw them at row `seen`; what changed. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.MANAGE_SETTINGS)
    if settings.newest_row() != seen:
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))
    kept: dict[str, str] = {}
    for key, text in wanted.items():
        if key in settings.given():
            raise Refused(N_("This is set on the server and cannot be changed here."), field=key)
        kept[key] = rules.RULES[key](text)
    rules.demand_power(settings.values() | kept, kept)
    rules.demand_rising(settings.values() | kept, kept)
    rules.demand_a_hundred(settings.values() | kept, kept)
    return settings.write(kept, actor=actor, now=now)


def change_map(
    tiles: str, is_shifted: bool, place: str, *, seen: int, actor: User, now: datetime
) -> list[str]:
    """Name the office's own tiles and its place anew, by one who saw the settings at row `seen`.

    Raises NotAllowed, ActedFirst, Refused.
    """
    demand(actor, Permission.MANAGE_SETTINGS)
    if settings.newest_row() != seen:
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))
    wanted = {settings.MAP_TILES: rules.tiles(tiles), settings.MAP_SHIFTED: "1" if is_shifted else "0"}
    wanted[settings.OFFICE_PLACE] = rules.office_place(place)
    return settings.write(wanted, actor=actor, now=now)


def bring_outline(data: bytes, name: str, *, actor: User | None, now: datetime) -> Outline:
    """Draw the map from the outline of a file; no actor is the command line. Raises NotAllowed, Refused."""
    if actor is not None:
        demand(actor, Permission.MANAGE_SETTINGS)
    try:
        rings = outline.read(data)
    except Refused as problem:
        raise Refused(problem.message, field="outline", **problem.params) from None
    return keep_outline(rings, visible_text(name)[:LONGEST_FILE_NAME], actor=actor, now=now)


def take_outline_away(*, actor: User, now: datetime) -> list[str]:
    """Draw the map on blank ground; what changed."""
    demand(actor, Permission.MANAGE_SETTINGS)
    newest = newest_outline()
    if newest is None or not newest.rings:
        return []
    keep_outline([], "", actor=actor, now=now)
    return ["outline"]


def put_first_steps(where: str, *, actor: User, now: datetime) -> None:
    """Put the first steps away, or show them again."""
    demand(actor, Permission.MANAGE_SETTINGS)
    settings.write({settings.FIRST_STEPS: where}, actor=actor, now=now)
