"""The lists of enterprises and idle sites: as they are filtered, their workbooks, what is done with selected sites."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from ...core.access import Permission
from ...core.labels import N_
from ...core.web import needs
from ...lists import listing, saved_views
from ...lists.listing import Look
from ...lists.listing_pages import Action, Step, exports, send_list, with_selected
from .. import list_queries, queries
from ..forms import FilterForm
from ..list_columns import LISTINGS
from ..models import Site, SiteKind
from .base import pages

PLACES = {SiteKind.ENTERPRISE: "enterprises.index", SiteKind.IDLE: "enterprises.idle_sites"}
STEPS = (Step("export", N_("Export the sites"), Permission.EXPORT_LISTS),)


def _reader(kind: SiteKind) -> saved_views.Reader:
    def reread(args: saved_views.Args) -> dict[str, str]:
        return list_queries.Criteria.from_args(args).to_args() | LISTINGS[kind].look(args).to_args()

    return reread


for _kind, _place in PLACES.items():
    saved_views.offered(LISTINGS[_kind].name, _place, LISTINGS[_kind].title)(_reader(_kind))


def _kind_asked() -> SiteKind:
    return SiteKind.IDLE if request.args.get("kind") == SiteKind.IDLE.value else SiteKind.ENTERPRISE


def _asked(kind: SiteKind) -> tuple[list_queries.Criteria, Look, Any]:
    args = listing.asked()
    criteria = list_queries.Criteria.from_args(args)
    return criteria, LISTINGS[kind].look(args), list_queries.filtered(current_user, kind, criteria)


def _list(kind: SiteKind) -> str:
    criteria, look, query = _asked(kind)
    look, page = look.page(query)
    args = criteria.to_args() | look.to_args()
    form = FilterForm(data=criteria.to_args())
    form.fill(queries.areas(), queries.supervisors_seen_by(current_user))
    return render_template(
        "enterprises/index.html",
        kind=kind,
        endpoint=request.endpoint,
        page=page,
        sites=page.rows,
        criteria=criteria,
        look=look,
        args=args,
        form=form,
        saved=saved_views.on_page(look.listing.name, args, current_user),
    )


@pages.get("")
@needs(Permission.SEE_SITE)
def index() -> str:
    """The enterprises that fit the filters."""
    return _list(SiteKind.ENTERPRISE)


@pages.get("/idle")
@needs(Permission.SEE_SITE)
def idle_sites() -> str:
    """The idle sites that fit the filters."""
    return _list(SiteKind.IDLE)


@pages.get("/list.xlsx")
@needs(Permission.EXPORT_LISTS)
def export_list() -> Response:
    """A list as it stands on the screen: its filters, order and columns."""
    _criteria, look, query = _asked(_kind_asked())
    return send_list(look, query)


@pages.get("/selected")
@needs(Permission.SEE_SITE)
def selected() -> str | Response:
    """The sites that were ticked, and what will be done with them."""
    kind = _kind_asked()

    def actions(_step: Step, look: Look) -> list[Action]:
        return exports("enterprises.export_list", look.to_args() | {"kind": kind.value})

    visible = queries.visible_to(current_user).where(Site.kind == kind)
    return with_selected(LISTINGS[kind], visible, STEPS, PLACES[kind], actions)
