"""The list of hazards and its workbooks: the ledger with all its columns, and the list as it stands on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import render_template, request
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from ...accounts.queries import names_of_supervisors
from ...core import paging
from ...core.access import READ_ALL, Permission, allowed
from ...core.clock import today
from ...core.db import db
from ...core.i18n import label
from ...core.labels import N_
from ...core.web import addresses_of, needs
from ...enterprises.models import Site
from ...lists import listing, saved_views
from ...lists.listing_pages import EXPORT_AT_MOST, send_sheet
from .. import upstream_fields
from ..focus import focus_lists
from ..follow_up import escalation_queries
from ..forms import FilterForm
from ..lifecycle import State
from ..models import Hazard
from ..papers.document_views import pages
from . import ledger, ledger_lines, list_queries, list_workbook
from .filters import SORTED, Column, Criteria, Order
from .line_cells import Lines

__all__ = ["pages", "upstream_fields"]  # the fields join by being imported

LIST = "hazards"


@saved_views.offered(LIST, "hazards.index", N_("Hazards"))
def _reread(args: saved_views.Args) -> dict[str, str]:
    """What a saved view of this list keeps of an address."""
    return Criteria.from_args(args).to_args()


def asked() -> Criteria:
    """The filters of the address; the first look shows what waits."""
    if not request.args:
        return Criteria(view=list_queries.views_for(current_user)[0])
    return Criteria.from_args(listing.asked())


@pages.get("")
@needs(Permission.SEE_HAZARD)
def index() -> str:
    """The hazards that fit the filters."""
    # The person himself: what asks him would find him out each time.
    criteria, day, reader = asked(), today(), current_user._get_current_object()
    found = list_queries.narrowed(reader, criteria, day)
    criteria = found.criteria
    counts = list_queries.counts(found)
    total = None if criteria.state is State.VOID else counts.get(criteria.view)
    query = list_queries.with_sites(found.listed(), criteria.shown)
    page = paging.page(query, found.order, request.args, total=total)
    return render_template(
        "hazards/index.html",
        page=page,
        hazards=page.rows,
        criteria=criteria,
        counts=counts,
        form=FilterForm.of(
            criteria,
            reader,
            names_of_supervisors() if reader.role in READ_ALL else [],
            focus_lists.lists() if criteria.focus and allowed(reader, Permission.SEE_FIGURES) else [],
        ),
        day=day,
        lines=None if reader.is_enterprise else _lines(criteria, day, page.rows),
        site=db.session.get(Site, criteria.site) if criteria.site else None,
        all_columns=[(one.value, label(one)) for one in Column],
        heads_of=[("number", gettext("Hazard")), *((one.value, label(one)) for one in criteria.shown)],
        orders=Order,
        sorted_at_most=SORTED if found.unsorted else None,
        saved=saved_views.on_page(LIST, criteria.to_args(), reader),
    )


def _lines(criteria: Criteria, day: date, hazards: Sequence[Hazard]) -> Markup:
    """The table's lines for the zone's people."""
    steps = escalation_queries.standing(hazards)
    return Lines(criteria.shown, day, steps, addresses_of("hazards.show"))(hazards)


@pages.get("/export.xlsx")
@needs(Permission.EXPORT_HAZARDS)
def export() -> Response:
    """The ledger of what is filtered."""
    query = list_queries.filtered(current_user, asked(), today()).limit(EXPORT_AT_MOST)
    return send_sheet(ledger.workbook(ledger_lines.lines(query, ledger.TOLD)), gettext("Hazard ledger"))


@pages.get("/list.xlsx")
@needs(Permission.EXPORT_HAZARDS)
def export_list() -> Response:
    """The list as it stands on the screen: its filters, order and columns, with photos where they are asked for."""
    found = list_queries.narrowed(current_user, asked(), today())
    if request.args.get("photos"):
        content = list_workbook.with_photos(found.listed(), found.criteria.shown)
    else:
        query = found.listed().limit(EXPORT_AT_MOST)
        content = list_workbook.plain(query, found.criteria.shown)
    return send_sheet(content, gettext("Hazards"))
