"""The demo zone's focus lists, and the plaques at some gates."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.clock import at
from ..hazards.focus.focus_lists import Conditions, add_list
from ..hazards.public.plaques import make_plaque
from .context import Context


def plan_focus_and_plaques(context: Context) -> None:
    """The office writes its rules and hangs the first plaques in one morning."""
    morning = at(context.today - timedelta(days=context.texts["plaques"]["ago"]), 9)
    context.clock.at(morning, lambda moment: _write(context, moment))


def _write(context: Context, moment: datetime) -> None:
    admin = context.zone.admin
    for row in context.texts["focus_lists"]:
        rule = Conditions.from_row(row["conditions"])
        add_list(row["name_zh"], row["name_en"], rule, actor=admin, now=moment)
    for number in context.texts["plaques"]["sites"]:
        make_plaque(context.zone.key[number].site, actor=admin, now=moment)
