"""Pages of plaques: the public facts of an enterprise for whoever scans it, and making and revoking it for the zone."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, current_app, make_response, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...accounts.models import User
from ...accounts.secret_addresses import kept_secret
from ...core.access import Permission, allowed
from ...core.clock import utcnow
from ...core.db import db, write_in_get
from ...core.errors import Missing
from ...core.panels import Panel
from ...core.web import done, fetch, needs
from ...enterprises.models import Site
from ...enterprises.queries import site_panels
from ...enterprises.queries import visible_to as sites_visible_to
from ..papers.document_views import pages
from . import plaques
from .plaques import CLOSED, HOTLINE, Plaque

public_pages = Blueprint("plaques", __name__, url_prefix=plaques.PATH)


@public_pages.get("/<token>")
@needs(Permission.BE_ANYONE)
def show(token: str) -> Response:
    """The public facts of the enterprise at whose gate the plaque hangs."""

    def answer() -> Response:
        with write_in_get():
            found = plaques.open_plaque(token, address=request.remote_addr or "", now=utcnow())
            number = found.site_id if found else None
        if number is None:
            raise Missing(CLOSED)
        return make_response(_page(number))

    return kept_secret(answer)


def _page(number: int) -> str:
    facts = plaques.facts_of(db.session.get_one(Site, number))
    return render_template("hazards/public_facts.html", facts=facts, hotline=HOTLINE)


def _site(number: int) -> Site:
    query = sites_visible_to(current_user).where(Site.id == number)
    return fetch(query.with_for_update(of=Site), Permission.MANAGE_PLAQUES)


@pages.post("/plaques/of/<int:number>")
@needs(Permission.MANAGE_PLAQUES)
def make_plaque(number: int) -> Response:
    """Make the plaque of an enterprise."""
    site = _site(number)
    plaques.make_plaque(site, actor=current_user, now=utcnow())
    said = gettext("The plaque is made. Print it and hang it at the gate.")
    return done(said, "enterprises.show", number=site.id, _anchor="plaque")


@pages.post("/plaques/<int:number>/revoke")
@needs(Permission.MANAGE_PLAQUES)
def revoke_plaque(number: int) -> Response:
    """Let the address of a plaque show nothing any more."""
    seen = Plaque.site_id.in_(sites_visible_to(current_user).with_only_columns(Site.id))
    query = sa.select(Plaque).where(Plaque.id == number, seen)
    plaque = fetch(query.with_for_update(), Permission.MANAGE_PLAQUES)
    plaques.revoke_plaque(plaque, actor=current_user, now=utcnow())
    said = gettext("The plaque is revoked. Take it down: its code shows nothing any more.")
    return done(said, "enterprises.show", number=plaque.site_id, _anchor="plaque")


@site_panels.add
def _of_site(site: Site, reader: User) -> Panel | None:
    if site.is_idle or not allowed(reader, Permission.MANAGE_PLAQUES, site):
        return None
    data = {
        "site": site,
        "plaque": plaques.plaque_of(site),
        "links_are_printed": bool(current_app.config["PUBLIC_URL"]),
        "public": plaques.is_public(),
    }
    return Panel("hazards/plaque_panel.html", data, position=75)
