"""Every figure in one table, and the list that each figure counts."""

from __future__ import annotations

import io
from typing import Any

import sqlalchemy as sa
from flask import abort, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.db import db
from ..core.i18n import write_day, write_number, write_rate
from ..core.labels import N_
from ..core.parsing import read_page
from ..core.web import needs
from ..lists import xlsx
from . import dashboard_views, figure_list, major_hazards, queries
from .asked import address as address_of
from .asked import asked, named, pages
from .figures import FIGURES, RATES, Figures

__all__ = ["dashboard_views", "major_hazards", "pages"]
PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARTS = ("whole", "part", "rest")
SUMMARY = ((N_("Figure"), 32), (N_("Value"), 12), (N_("Parts"), 14), (N_("How it is counted"), 90))


@pages.get("/all")
@needs(Permission.SEE_FIGURES)
def every() -> str:
    """Every figure with how it is counted."""
    _span, figures = asked()
    return render_template(
        "stats/every.html",
        figures=figures,
        period=figures.period,
        counts=FIGURES.values(),
        rates=RATES.values(),
        address=address_of(figures),
        **named(figures),
    )


@pages.get("/all.xlsx")
@needs(Permission.SEE_FIGURES)
def every_sheet() -> Response:
    """Every figure as a workbook."""
    _span, figures = asked()
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
        *named(figures)["narrowed"],
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


@pages.get("/supervisors")
@needs(Permission.SEE_FIGURES)
def responsible() -> str:
    """Who is responsible for key enterprises, each with the list of them: the supervisors that a summary counts."""
    _span, figures = asked()
    return render_template(
        "stats/responsible.html",
        period=figures.period,
        people=queries.responsible(figures),
        address=address_of(figures),
        **named(figures),
    )


@pages.get("/<name>")
@needs(Permission.SEE_FIGURES)
def counted(name: str) -> str:
    """Exactly the rows that a figure counts."""
    _span, figures = asked()
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
        address=address_of(figures, **({"part": part} if part else {})),
        **named(figures),
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
            "url": url_for("stats.counted", name=name, **address_of(figures, part=key)),
            "active": key == part,
            "count": count,
        }
        for key, text, count in named
    ]


@pages.get("/<name>.xlsx")
@needs(Permission.SEE_FIGURES)
def counted_sheet(name: str) -> Response:
    """The same rows as a workbook."""
    _span, figures = asked()
    figure, rows, _part = _chosen(name, figures)
    definition = RATES.get(name) or figure
    title = gettext(definition.label)
    found = figure_list.lines(figures, figure.counts, rows)
    data = figure_list.workbook(
        title, figure.counts, found, [title, gettext(definition.meaning), *_notes(figures)]
    )
    return _sent(data, title, figures)
