"""Changing the office's settings; each change is a row that stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..accounts.models import User
from ..core import settings
from ..core.access import Permission, demand
from ..core.errors import ActedFirst, Refused
from ..core.labels import N_
from . import rules


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
    return settings.write(kept, actor=actor, now=now)


def put_first_steps(where: str, *, actor: User, now: datetime) -> None:
    """Put the first steps away, or show them again."""
    demand(actor, Permission.MANAGE_SETTINGS)
    settings.write({settings.FIRST_STEPS: where}, actor=actor, now=now)
