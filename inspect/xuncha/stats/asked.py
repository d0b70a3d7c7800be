"""What an address asks of the figures, and the addresses that ask the same again: for the pages of figures."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from ..accounts.models import User
from ..campaigns.models import Campaign
from ..campaigns.queries import name_of
from ..core.clock import today
from ..core.db import db
from ..core.errors import Refused
from ..core.i18n import label, pick
from ..core.labels import N_
from ..core.parsing import read_day
from ..enterprises.models import Sector, Site
from ..hazards.focus.focus_lists import FocusList
from . import period
from .figures import Figures, Scope

pages = Blueprint("stats", __name__, url_prefix="/figures")


def asked() -> tuple[period.Span, Figures]:
    """The span and the figures that the address asks for. Raises Refused for a day that is none."""
    if wrong := period.unread(request.args):
        raise Refused(N_("%(text)s is not a day. Write it as 2026-03-31."), text=request.args[wrong[0]][:20])
    span, days = period.from_args(request.args, today())
    as_of = read_day(request.args.get("as_of"))
    if as_of and as_of < days.first:
        flash(gettext("The day of the data lies before the period; they stand as of its first day."), "error")
    return span, Figures(days, Scope.from_args(current_user, request.args))


def address(figures: Figures, **more: Any) -> dict[str, Any]:
    """The arguments of an address that asks the same again."""
    return {**figures.period.to_args(), **figures.scope.to_args(), **more}


def named(figures: Figures) -> dict[str, Any]:
    """Who and what the figures are narrowed to, by name."""
    scope = figures.scope
    person = db.session.get(User, scope.supervisor) if scope.supervisor else None
    site = db.session.get(Site, scope.site) if scope.site else None
    focus = db.session.get(FocusList, scope.focus) if scope.focus else None
    drive = db.session.get(Campaign, scope.campaign) if scope.campaign else None
    names = [
        person.name if person else "",
        site.name if site else "",
        label(scope.hazard_class),
        label(scope.sector),
        label(Sector.CROWDED) if scope.crowded else "",
        scope.item,
        pick(focus, "name") if focus else "",
        name_of(drive) if drive else "",
    ]
    return {"narrowed": [name for name in names if name]}


def addresses(figures: Figures) -> Callable[..., str]:
    """The addresses of what figures count. A dashboard has over a hundred: each path and each query is written once."""

    @cache
    def path(name: str) -> str:
        return url_for("stats.counted", name=name)

    @cache
    def query(**more: Any) -> str:
        return urlencode(address(figures, **more))

    return lambda name, **more: f"{path(name)}?{query(**more)}"
