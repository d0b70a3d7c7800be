"""The list of trainings with its totals, its workbooks, and what is done with the trainings that are selected."""

from __future__ import annotations

import io
from typing import Any

from flask import render_template, request, send_file
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core import paging
from ..core.access import Permission
from ..core.clock import today
from ..core.db import db
from ..core.labels import N_
from ..core.web import needs
from ..enterprises.models import Site, SiteKind
from ..enterprises.queries import visible_to as sites_visible_to
from ..lists import listing, saved_views
from ..lists.listing import Look
from ..lists.listing_pages import Action, Step, exports, send_list, with_selected
from . import queries, workbooks
from .blueprint import pages
from .list_columns import PHOTOS, TRAININGS, photos
from .models import TrainingKind

STEPS = (Step("export", N_("Export the trainings"), Permission.EXPORT_LISTS),)


@saved_views.offered(TRAININGS.name, "trainings.index", TRAININGS.title)
def _reread(args: saved_views.Args) -> dict[str, str]:
    return queries.Criteria.from_args(args).to_args() | TRAININGS.look(args).to_args()


def _asked() -> tuple[queries.Criteria, Look, Any]:
    args = listing.asked()
    criteria = queries.Criteria.from_args(args)
    return criteria, TRAININGS.look(args), queries.filtered(current_user, criteria)


@pages.get("")
@needs(Permission.SEE_TRAININGS)
def index() -> str:
    """The trainings that fit the filters, newest first unless another column is asked for, with the totals of all of them."""
    criteria, look, query = _asked()
    totals = queries.totals(query)
    look, page = look.page(queries.with_rows(query), None if look.chosen else paging.Total(totals.events))
    args = criteria.to_args() | look.to_args()
    site = db.session.get(Site, criteria.site) if criteria.site else None
    return render_template(
        "trainings/index.html",
        page=page,
        trainings=page.rows,
        criteria=criteria,
        look=look,
        args=args,
        totals=totals,
        site=site,
        from_site=queries.heads_from(query, site.id) if site else None,
        sites=_choosable_sites(),
        kinds=TrainingKind,
        saved=saved_views.on_page(TRAININGS.name, args, current_user),
    )


def _choosable_sites() -> list[Any]:
    query = sites_visible_to(current_user).where(Site.kind == SiteKind.ENTERPRISE).order_by(Site.name)
    return list(db.session.execute(query.with_only_columns(Site.id, Site.name)))


@pages.get("/ledger.xlsx")
@needs(Permission.SEE_TRAININGS)
def ledger() -> Response:
    """What the list shows under the same filters, all of it, as a workbook."""
    query = queries.filtered(current_user, queries.Criteria.from_args(request.args))
    lines = db.session.scalars(queries.with_rows(query)).unique()
    data = workbooks.ledger(lines, queries.totals(query))
    name = gettext("Trainings ledger %(day)s", day=today().isoformat())
    return send_file(
        io.BytesIO(data),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=f"{name}.xlsx",
    )


@pages.get("/list.xlsx")
@needs(Permission.EXPORT_LISTS)
def export_list() -> Response:
    """The list as it stands on the screen: its filters, order and columns, with photos where they are asked for."""
    _criteria, look, query = _asked()
    return send_list(look, queries.with_rows(query), PHOTOS, photos)


@pages.get("/selected")
@needs(Permission.SEE_TRAININGS)
def selected() -> str | Response:
    """The trainings that were ticked, and what will be done with them."""
    visible = queries.with_rows(queries.visible_to(current_user))
    return with_selected(TRAININGS, visible, STEPS, "trainings.index", _actions)


def _actions(_step: Step, look: Look) -> list[Action]:
    return exports("trainings.export_list", look.to_args(), photos=True)
