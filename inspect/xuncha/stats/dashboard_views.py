"""The dashboard: what needs a push today first; what takes longer comes in parts, each a page of its own too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import Response, g, jsonify, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from ..accounts.models import User
from ..core import settings
from ..core.access import READ_ALL, Permission, Role
from ..core.clock import today
from ..core.i18n import write_parts, write_rate
from ..core.web import addresses_of, needs
from ..enterprises.models import Risk, Sector
from ..enterprises.queries import supervisors_seen_by
from ..schedule.views import cells, window_label
from . import courses, heat, period, pushes, queries
from .asked import address as address_of
from .asked import addresses, asked, named, pages
from .figures import RATES, Figures, as_data
from .zone_map import queries as maps

Addresses = Callable[..., str]
PART = "X-Part"  # page code asks with it for a part of the dashboard without the frame of a page


@pages.app_template_filter("change")
def write_change(change: queries.Change) -> str:
    """+12.5%, -3.2 points; a dash where there is nothing to compare with."""
    if change.value is None:
        return "—"
    size = write_rate(abs(change.value))[:-1]
    text = size if size == "0.0" else f"{'-' if change.value < 0 else '+'}{size}"
    return gettext("%(number)s points", number=text) if change.points else f"{text}%"


@pages.app_template_filter("points")
def write_points(difference: float) -> str:
    """+3.2 points."""
    return write_change(queries.Change(difference, points=True))


@pages.app_template_filter("month")
def write_month(day: date) -> str:
    """2026-06."""
    return f"{day:%Y-%m}"


@pages.context_processor
def _choices() -> dict[str, Any]:
    return {"risks": list(Risk), "sectors": list(Sector)}


@pages.get("")
@needs(Permission.SEE_FIGURES)
def dashboard() -> str:
    """What needs a push, the figures at a glance and the supervisors; the parts are fetched after the first paint."""
    span, figures = asked()
    waiting = pushes.of(today(), current_user)
    _allow_tiles()
    return render_template(
        "stats/dashboard.html",
        figures=Figures(figures.period, figures.scope, only=courses.MAIN),
        period=figures.period,
        address=address_of(figures),
        spans=[(one, one is span, _span_url(one, figures)) for one in period.MOVING],
        counted=addresses(figures),
        people=_people(),
        pushes=waiting,
        rates={name: RATES[name].label for name in courses.MAIN},
        panels=queries.dashboard_panels.of(today(), current_user),
        has_begun=any(one.number for one in waiting) or queries.has_begun(),
        **named(figures),
    )


def _allow_tiles() -> None:
    """Pages with a map may load pictures of the ground from the server that the office names, and from no other."""
    template = settings.value(settings.MAP_TILES)
    if template:
        parts = urlsplit(template)
        g.image_source = f"{parts.scheme}://{parts.netloc}"


def _people() -> list[User]:
    wide = current_user.role in READ_ALL or current_user.role is Role.TEAM_LEAD
    return supervisors_seen_by(current_user) if wide else []


def _span_url(span: period.Span, figures: Figures) -> str:
    address: dict[str, Any] = {"period": span.value, **figures.scope.to_args()}
    return url_for("stats.dashboard", **address)


def _part(name: str, title: str, figures: Figures, **data: Any) -> str:
    """A part of the dashboard for page code, or as a page."""
    return render_template(
        f"stats/dashboard_{name}.html" if request.headers.get(PART) else "stats/dashboard_part.html",
        part=f"stats/dashboard_{name}.html",
        title=title,
        figures=figures,
        period=figures.period,
        address=address_of(figures),
        counted=addresses(figures),
        **data,
        **named(figures),
    )


@pages.get("/courses")
@needs(Permission.SEE_FIGURES)
def course() -> str:
    """Each rate over twelve months beside the year before."""
    _span, figures = asked()
    asked_for = courses.OTHERS if request.args.get("rates") == "others" else courses.MAIN
    found = courses.of(figures, asked_for)
    return _part(
        "courses",
        gettext("Rates over twelve months"),
        figures,
        courses=found,
        others=asked_for == courses.MAIN,
    )


@pages.get("/map")
@needs(Permission.SEE_FIGURES)
def zone_map() -> str:
    """The zone on one map."""
    _span, figures = asked()
    _allow_tiles()
    return _part("map", gettext("The zone on one map"), figures, drawn=maps.zone_map(figures))


@pages.get("/heat")
@needs(Permission.SEE_FIGURES)
def heat_map() -> str:
    """Which items fail in which sectors."""
    _span, figures = asked()
    return _part("heat", gettext("Items that fail, by sector"), figures, heat=heat.of(figures))


@pages.get("/glance")
@needs(Permission.SEE_FIGURES)
def glance() -> str:
    """The numbers that are looked at first, and the supervisors by shares."""
    _span, figures = asked()
    return _part("glance", gettext("At a glance"), figures, scores=queries.scores(figures))


@pages.get("/groups")
@needs(Permission.SEE_FIGURES)
def groups() -> str:
    """Hazards by month, class and enterprise."""
    _span, figures = asked()
    counted = addresses(figures)
    return _part(
        "groups",
        gettext("Hazards by month, class and enterprise"),
        figures,
        classes=queries.by_class(figures),
        sites=queries.by_site(figures),
        trend=[_month(one, share, counted) for one, share in queries.trend(figures)],
    )


@pages.get("/compared")
@needs(Permission.SEE_FIGURES)
def compared() -> str:
    """The figures beside earlier ones, and the newest half-months."""
    _span, figures = asked()
    title = gettext("Compared")
    return _part("compared", title, figures, compared=queries.compared(figures), grid=_grid(figures))


@pages.get("/dashboard.json")
@needs(Permission.SEE_FIGURES)
def data() -> Response:
    """All that the dashboard draws, for other programs: from the same definitions, never rounded but the rates."""
    _span, figures = asked()
    return jsonify(
        figures=as_data(figures),
        pushes=[{"label": one.label, "number": int(one.number)} for one in pushes.of(today(), current_user)],
        courses=courses.as_data(courses.of(figures, (*courses.MAIN, *courses.OTHERS))),
        heat=heat.as_data(heat.of(figures)),
        map=maps.as_data(figures),
    )


@pages.get("/wall")
@needs(Permission.SEE_FIGURES)
def wall() -> str:
    """For a screen that everybody passes: large, without a name, renewed by itself."""
    _span, figures = asked()
    _allow_tiles()
    return render_template(
        "stats/wall.html",
        figures=figures,
        period=figures.period,
        pushes=pushes.of(today(), current_user),
        courses=courses.of(figures, courses.MAIN),
        drawn=maps.zone_map(figures),
    )


def _month(month: period.Period, share: Any, counted: Addresses) -> dict[str, Any]:
    return {
        "label": write_parts(month.first, "LLL"),
        "values": [share.whole, share.part],
        "urls": [counted(name, **month.to_args()) for name in ("hazards_found", "hazards_closed")],
    }


def _grid(figures: Figures) -> dict[str, Any]:
    found, address = queries.grid(figures), addresses_of("enterprises.show")
    marks = cells(found.marks)
    lines = [
        {
            "label": name,
            "url": address(number),
            "cells": [marks.get((number, window.start)) for window in found.windows],
        }
        for number, name in found.sites.items()
    ]
    narrowed: dict[str, Any] = {
        "from": found.windows[0].start.strftime("%Y-%m"),
        "to": found.windows[-1].start.strftime("%Y-%m"),
        "supervisor": figures.scope.supervisor,
    }
    return {
        "windows": [window_label(window) for window in found.windows],
        "lines": lines,
        "total": found.total,
        "url": url_for("schedule.grid", **narrowed),
    }
