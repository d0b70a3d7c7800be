"""The page of an enterprise's profile: one look before a visit, every number open to its list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for
from flask_login import current_user

from ..core.access import Permission
from ..core.clock import today
from ..core.i18n import write_parts
from ..core.web import fetch, needs
from ..enterprises.models import Site
from ..enterprises.queries import visible_to
from ..hazards.lists.filters import Criteria
from .figures import Figures
from .profile import Profile

pages = Blueprint("profiles", __name__, url_prefix="/enterprises")

SHOWN = 8
TREND = ("hazards_found", "hazards_closed")


@pages.app_template_filter("days_between")
def write_days(value: float | None) -> str:
    """A median of whole days: 3, or 3.5."""
    return "—" if value is None else f"{value:g}"


@pages.get("/<int:number>/profile")
@needs(Permission.SEE_FIGURES)
def show(number: int) -> str:
    """The profile of an enterprise or idle site."""
    site = fetch(visible_to(current_user).where(Site.id == number), Permission.SEE_SITE)
    profile = Profile(site, today(), current_user._get_current_object())
    unsettled = profile.unsettled()
    return render_template(
        "stats/profile.html",
        profile=profile,
        site=site,
        figures=profile.figures,
        period=profile.period,
        day=profile.day,
        unsettled=unsettled[:SHOWN],
        more=max(0, len(unsettled) - SHOWN),
        times=profile.answer_times(),
        trend=[_month(profile.figures, one, share) for one, share in profile.trend()],
        counted=lambda name, **more: counted(profile.figures, name, **more),
        of_item=lambda **more: _hazards(site, profile, **more),
    )


def counted(figures: Figures, name: str, **more: str) -> str:
    """The address of the list that a figure counts."""
    address: dict[str, Any] = {**figures.period.to_args(), **figures.scope.to_args(), **more}
    return url_for("stats.counted", name=name, **address)


def _month(figures: Figures, month: Any, share: Any) -> dict[str, Any]:
    return {
        "label": write_parts(month.first, "LLL"),
        "values": [share.whole, share.part],
        "urls": [counted(figures, name, **month.to_args()) for name in TREND],
    }


def _hazards(site: Site, profile: Profile, *, item: str, view: str, repeat: bool = False) -> str:
    """The list of the hazards of an item: not closed whenever found, or found within the period."""
    args: dict[str, Any] = {"site": site.id, "item": item or "-", "view": view}
    if view == Criteria().view.value:
        args |= {"from": profile.period.first, "to": profile.period.until}
    return url_for("hazards.index", **args | ({"repeat": 1} if repeat else {}))
