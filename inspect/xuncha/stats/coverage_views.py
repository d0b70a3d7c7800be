"""Pages of coverage by item: the lists with counts, one item with its enterprises, and all gaps as a workbook."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..core.access import READ_ALL, Permission, Role
from ..core.clock import today
from ..core.errors import Refused
from ..core.i18n import label, pick, write_day
from ..core.labels import N_
from ..core.web import needs
from ..enterprises.queries import supervisors_seen_by
from ..lists import import_pages, xlsx
from . import item_coverage, period
from .figures import Figures, Scope
from .item_coverage import Gap, ItemCoverage

pages = Blueprint("coverage", __name__, url_prefix="/coverage")

HEADS = (
    (N_("Checklist"), 20),
    (N_("Code"), 10),
    (N_("Item"), 50),
    (N_("Enterprise"), 28),
    (N_("Supervisor"), 12),
    (N_("Gap"), 16),
)


def _asked() -> Figures:
    if wrong := period.unread(request.args):
        raise Refused(N_("%(text)s is not a day. Write it as 2026-03-31."), text=request.args[wrong[0]][:20])
    _span, days = period.from_args(request.args, today())
    return Figures(days, Scope.from_args(current_user, request.args))


def _people() -> list[User]:
    wide = current_user.role in READ_ALL or current_user.role is Role.TEAM_LEAD
    return supervisors_seen_by(current_user) if wide else []


def _address(figures: Figures) -> dict[str, Any]:
    return {**figures.period.to_args(), **figures.scope.to_args()}


@pages.get("")
@needs(Permission.SEE_FIGURES)
def show() -> str:
    """Which items were not looked at in the period, by list."""
    figures = _asked()
    lines = item_coverage.by_item(figures)
    lists = [(one, list(items)) for one, items in groupby(lines, key=lambda line: line.checklist)]
    return render_template(
        "stats/coverage.html",
        figures=figures,
        period=figures.period,
        lists=lists,
        gaps=Gap,
        people=_people(),
        address=_address(figures),
    )


@pages.get("/<code>")
@needs(Permission.SEE_FIGURES)
def item(code: str) -> str:
    """The enterprises at which an item was not looked at in the period."""
    figures = _asked()
    line = next((one for one in item_coverage.by_item(figures) if one.item.code == code), None)
    if line is None:
        abort(404)
    return render_template(
        "stats/coverage_item.html",
        line=line,
        period=figures.period,
        gaps=Gap,
        back=url_for("coverage.show", **_address(figures)),
    )


@pages.get("/gaps.xlsx")
@needs(Permission.SEE_FIGURES)
def sheet() -> Response:
    """Every gap as a line of a workbook."""
    figures = _asked()
    lines = item_coverage.by_item(figures)
    rows = [row for line in lines for gap, sites in line.gaps.items() for row in _rows(line, gap, sites)]
    days = figures.period
    notes = [
        gettext("%(first)s to %(last)s", first=write_day(days.first), last=write_day(days.last)),
        gettext("Key enterprises; items of their routine checks that nobody answered as complying or not."),
    ]
    heads = [xlsx.Head(gettext(text), width) for text, width in HEADS]
    data = xlsx.write(
        gettext("Coverage by item"), heads, rows, notes=notes, notes_title=gettext("How it is counted")
    )
    return import_pages.send_workbook(data, f"coverage-by-item-{days.first:%Y%m%d}-{days.last:%Y%m%d}.xlsx")


def _rows(line: ItemCoverage, gap: Gap, sites: list[Any]) -> list[list[str]]:
    head = [pick(line.checklist, "title"), line.item.code, pick(line.item, "text")]
    return [[*head, site.name, site.supervisor.name if site.supervisor else "", label(gap)] for site in sites]
