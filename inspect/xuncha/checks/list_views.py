"""The list of checks: as it is filtered, its workbook, and what is done with the checks that are selected."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.queries import supervisors
from ..core.access import Permission
from ..core.labels import N_
from ..core.web import needs
from ..lists import listing, saved_views
from ..lists.listing import Look
from ..lists.listing_pages import Action, Step, exports, send_list, with_selected
from . import queries, upstream_fields
from .blueprint import pages
from .list_columns import CHECKS, PHOTOS, photos
from .models import VisitKind


@saved_views.offered(CHECKS.name, "checks.index", CHECKS.title)
def _reread(args: saved_views.Args) -> dict[str, str]:
    return queries.Criteria.from_args(args).to_args() | CHECKS.look(args).to_args()


def _asked() -> tuple[queries.Criteria, Look, Any]:
    args = listing.asked()
    criteria = queries.Criteria.from_args(args)
    query = queries.with_people(queries.filtered(current_user, criteria))
    return criteria, CHECKS.look(args), query


@pages.get("")
@needs(Permission.SEE_CHECK)
def index() -> str:
    """The checks that fit the filters, newest first unless another column is asked for."""
    criteria, look, query = _asked()
    look, page = look.page(query)
    args = criteria.to_args() | look.to_args()
    return render_template(
        "checks/index.html",
        page=page,
        checks=page.rows,
        criteria=criteria,
        look=look,
        args=args,
        kinds=VisitKind,
        inspectors=supervisors(),
        saved=saved_views.on_page(CHECKS.name, args, current_user),
    )


@pages.get("/list.xlsx")
@needs(Permission.EXPORT_LISTS)
def export_list() -> Response:
    """The list as it stands on the screen: its filters, order and columns, with photos where they are asked for."""
    _criteria, look, query = _asked()
    return send_list(look, query, PHOTOS, photos)


__all__ = ["pages", "upstream_fields"]  # the fields join by being imported
STEPS = (
    Step("print", N_("Print the records"), Permission.PRINT_REPORTS),
    Step("export", N_("Export the checks"), Permission.EXPORT_LISTS),
)


@pages.get("/selected")
@needs(Permission.SEE_CHECK)
def selected() -> str | Response:
    """The checks that were ticked, and what will be done with them."""
    visible = queries.with_people(queries.visible_to(current_user))
    return with_selected(CHECKS, visible, STEPS, "checks.index", _actions)


def _actions(step: Step, look: Look) -> list[Action]:
    args = look.to_args()
    if step.name == "export":
        return exports("checks.export_list", args, photos=True)
    job, count = url_for("reports.begin_job"), len(look.chosen)
    said = ngettext("Print %(num)s record", "Print %(num)s records as one PDF", count)
    return [
        {"label": said, "url": job, "fields": {**args, "joined": "1"}, "symbol": "printer"},
        {"label": gettext("A PDF for each (ZIP)"), "url": job, "fields": args},
    ]
