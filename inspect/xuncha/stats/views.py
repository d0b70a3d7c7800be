"""The dashboard, every figure in one table, and the list that each figure counts."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Blueprint, abort, flash, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..core.access import READ_ALL, Permission, Role
from ..core.clock import today
from ..core.db import db
from ..core.errors import Refused
from ..core.i18n import label, pick, write_day, write_number, write_parts, write_rate
from ..core.labels import N_
from ..core.parsing import read_day, read_page
from ..core.web import addresses_of, needs
from ..enterprises.models import Site
from ..enterprises.queries import supervisors_seen_by
from ..hazards.focus_lists import FocusList
from ..lists import xlsx
from ..schedule.views import cells, window_label
from . import figure_list, major_hazards, period, queries
from .figures import FIGURES, RATES, Figures, Scope

__all__ = ["major_hazards"]
pages = Blueprint("stats", __name__, url_prefix="/figures")
PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARTS = ("whole", "part", "rest")
SUMMARY = ((N_("Figure"), 32), (N_("Value"), 12), (N_("Parts"), 14), (N_("How it is counted"), 90))


def _asked() -> tuple[period.Span, Figures]:
    if wrong := period.unread(request.args):
        raise Refused(N_("%(text)s is not a day. Write it as 2026-03-31."), text=request.args[wrong[0]][:20])
    span, days = period.from_args(request.args, today())
    as_of = read_day(request.args.get("as_of"))
    if as_of and as_of < days.first:
        flash(gettext("The day of the data lies before the period; they stand as of its first day."), "error")
    return span, Figures(days, Scope.from_args(current_user, request.args))


def _address(figures: Figures, **more: Any) -> dict[str, Any]:
    """The arguments of an address that asks the same again."""
    return {**figures.period.to_args(), **figures.scope.to_args(), **more}


@pages.app_template_filter("change")
def write_change(change: queries.Change) -> str:
    """+12.5%, -3.2 points; a dash where there is nothing to compare with."""
    if change.value is None:
        return "—"
    size = write_rate(abs(change.value))[:-1]
    text = size if size == "0.0" else f"{'-' if change.value < 0 else '+'}{size}"
    return gettext("%(number)s points", number=text) if change.points else f"{text}%"


@pages.get("")
@needs(Permission.SEE_FIGURES)
def dashboard() -> str:
    """The period at a glance; every figure and mark opens what it counts."""
    span, figures = _asked()
    counted = _counted(figures)
    return render_template(
        "stats/dashboard.html",
        figures=figures,
        period=figures.period,
        spans=[(one, one is span, _span_url(one, figures)) for one in period.MOVING],
        span=span,
        counted=counted,
        people=_people(),
        scores=queries.scores(figures),
        classes=queries.by_class(figures),
        sites=queries.by_site(figures),
        trend=[_month(one, share, counted) for one, share in queries.trend(figures)],
        compared=queries.compared(figures),
        grid=_grid(figures),
        panels=queries.dashboard_panels.of(today(), current_user),
        has_begun=queries.has_begun(),
        **_named(figures),
    )


def _people() -> list[User]:
    wide = current_user.role in READ_ALL or current_user.role is Role.TEAM_LEAD
    return supervisors_seen_by(current_user) if wide else []


def _span_url(span: period.Span, figures: Figures) -> str:
    address: dict[str, Any] = {"period": span.value, **figures.scope.to_args()}
    return url_for("stats.dashboard", **address)


def _named(figures: Figures) -> dict[str, Any]:
    """Who and what the figures are narrowed to, by name."""
    scope = figures.scope
    person = db.session.get(User, scope.supervisor) if scope.supervisor else None
    site = db.session.get(Site, scope.site) if scope.site else None
    focus = db.session.get(FocusList, scope.focus) if scope.focus else None
    names = [
        person.name if person else "",
        site.name if site else "",
        label(scope.hazard_class),
        pick(focus, "name") if focus else "",
    ]
    return {"narrowed": [name for name in names if name]}


def _counted(figures: Figures) -> Callable[..., str]:
    """The addresses of what figures count. A dashboard has over a hundred: each path and each query is written once."""

    @cache
    def path(name: str) -> str:
        return url_for("stats.counted", name=name)

    @cache
    def query(**more: Any) -> str:
        return urlencode(_address(figures, **more))

    return lambda name, **more: f"{path(name)}?{query(**more)}"


def _month(month: period.Period, share: Any, counted: Callable[..., str]) -> dict[str, Any]:
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


@pages.get("/all")
@needs(Permission.SEE_FIGURES)
def every() -> str:
    """Every figure with how it is counted."""
    _span, figures = _asked()
    return render_template(
        "stats/every.html",
        figures=figures,
        period=figures.period,
        counts=FIGURES.values(),
        rates=RATES.values(),
        address=_address(figures),
        **_named(figures),
    )


@pages.get("/all.xlsx")
@needs(Permission.SEE_FIGURES)
def every_sheet() -> Response:
    """Every figure as a workbook."""
    _span, figures = _asked()
    heads = [xlsx.Head(gettext(text), width) for text, width in SUMMARY]
    rows: list[list[Any]] = [
        [gettext(one.label), figures.number(one.name), "", gettext(one.meaning)] for one in FIGURES.values()
    ]
    for one in RATES.values():
        share = figures.share(one.name)
        rows.append([gettext(one.label), write_rate(share.value), str(share), gettext(one.meaning)])
    notes = _notes(figures)
    data = xlsx.write(gettext("Figures"), heads, rows, notes=notes, notes_title=gettext("How it is counted"))
    return _sent(data, gettext("Figures"), figures)


def _notes(figures: Figures) -> list[str]:
    days = figures.period
    return [
        gettext("%(first)s to %(last)s", first=write_day(days.first), last=write_day(days.last)),
        gettext("Data as of %(day)s", day=write_day(days.as_of)),
        *_named(figures)["narrowed"],
    ]


def _sent(data: bytes, title: str, figures: Figures) -> Response:
    days = figures.period
    name = f"{title}-{days.first:%Y%m%d}-{days.last:%Y%m%d}.xlsx"
    return send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name)


def _chosen(name: str, figures: Figures) -> tuple[Any, sa.Select[Any], str]:
    """The rows that are looked at of a figure, or of a rate: all below the line, above it, or the rest."""
    if name in FIGURES:
        return FIGURES[name], figures.rows(name), ""
    if name not in RATES:
        abort(404)
    rate = RATES[name]
    part = request.args.get("part", "whole")
    part = part if part in PARTS else "whole"
    whole = FIGURES[rate.whole]
    rows = {
        "whole": lambda: figures.rows(rate.whole),
        "part": lambda: figures.rows(rate.part),
        "rest": lambda: figures.rest(name),
    }
    return whole, rows[part](), part


@pages.get("/<name>")
@needs(Permission.SEE_FIGURES)
def counted(name: str) -> str:
    """Exactly the rows that a figure counts."""
    _span, figures = _asked()
    figure, rows, part = _chosen(name, figures)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
    page = read_page(request.args)
    definition = RATES.get(name) or figure
    return render_template(
        "stats/counted.html",
        definition=definition,
        value=write_rate(figures.rate(name)) if name in RATES else write_number(figures.number(name)),
        share=figures.share(name) if name in RATES else None,
        tabs_of=_tabs(name, part, figures) if name in RATES else [],
        columns=figure_list.KINDS[figure.counts].columns,
        lines=figure_list.lines(figures, figure.counts, rows, limit=PER_PAGE, offset=(page - 1) * PER_PAGE),
        total=total,
        page=page,
        pages=max(1, -(-total // PER_PAGE)),
        figures=figures,
        period=figures.period,
        address=_address(figures, **({"part": part} if part else {})),
        **_named(figures),
    )


def _tabs(name: str, part: str, figures: Figures) -> list[dict[str, Any]]:
    rate, share = RATES[name], figures.share(name)
    named = (
        ("whole", gettext(FIGURES[rate.whole].label), share.whole),
        ("part", gettext(FIGURES[rate.part].label), share.part),
        ("rest", gettext("The others"), share.rest),
    )
    return [
        {
            "label": text,
            "url": url_for("stats.counted", name=name, **_address(figures, part=key)),
            "active": key == part,
            "count": count,
        }
        for key, text, count in named
    ]


@pages.get("/<name>.xlsx")
@needs(Permission.SEE_FIGURES)
def counted_sheet(name: str) -> Response:
    """The same rows as a workbook."""
    _span, figures = _asked()
    figure, rows, _part = _chosen(name, figures)
    definition = RATES.get(name) or figure
    title = gettext(definition.label)
    found = figure_list.lines(figures, figure.counts, rows)
    data = figure_list.workbook(
        title, figure.counts, found, [title, gettext(definition.meaning), *_notes(figures)]
    )
    return _sent(data, title, figures)
