"""The lists, a site's page, adding and changing it, the load of supervisors."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...core import history
from ...core.access import Permission, allowed
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.errors import ActedFirst, Refused
from ...core.forms import show_problem
from ...core.parsing import read_number
from ...core.web import done, needs
from .. import actions, history_text, list_queries, queries
from ..forms import SiteForm
from ..models import Risk, Site, SiteKind
from .base import pages, site_for


@pages.get("/<int:number>")
@needs(Permission.SEE_SITE)
def show(number: int) -> str:
    """A site with everything that happened there; other domains add their panels."""
    site = site_for(number, Permission.SEE_SITE)
    rows = history.of(site)[::-1] if allowed(current_user, Permission.SEE_HISTORY) else []
    return render_template(
        "enterprises/show.html",
        site=site,
        today=today(),
        panels=queries.site_panels.of(site, current_user),
        engagements=queries.engagements_of(site),
        changes=[history_text.history_text(row) for row in rows],
    )


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.EDIT_SITE)
def new() -> str | Response | tuple[str, int]:
    """Add an enterprise or an idle site."""
    kind = SiteKind.IDLE if request.args.get("kind") == SiteKind.IDLE.value else SiteKind.ENTERPRISE
    form = SiteForm()
    if kind is SiteKind.IDLE:
        form.shorten()
    if not form.is_submitted():
        form.show(None)
        return _edit_page(form, kind, None)
    if form.validate():
        try:
            facts, contacts = form.facts(), form.contact_facts()
            site = actions.add_site(
                kind, actor=current_user, now=utcnow(), contacts=contacts, twin_ok=form.twin_ok.data, **facts
            )
            return done(gettext("%(name)s is saved.", name=site.name), "enterprises.assign", number=site.id)
        except Refused as problem:
            show_problem(form, problem)
    return _edit_page(form, kind, None), 422


@pages.route("/<int:number>/edit", methods=["GET", "POST"])
@needs(Permission.EDIT_SITE)
def edit(number: int) -> str | Response | tuple[str, int]:
    """Change the facts of a site; when somebody else did so meanwhile, both are shown and nothing typed is lost."""
    site = site_for(number, Permission.EDIT_SITE)
    form = SiteForm()
    if site.is_idle:
        form.shorten()
    if not form.is_submitted():
        form.show(site)
        return _edit_page(form, site.kind, site)
    status, conflicts = 422, None
    if form.validate():
        version = read_number(form.version.data) or 0
        try:
            facts, contacts = form.facts(), form.contact_facts()
            actions.change_site(
                site,
                actor=current_user,
                now=utcnow(),
                version=version,
                contacts=contacts,
                twin_ok=form.twin_ok.data,
                **facts,
            )
            return done(gettext("%(name)s is saved.", name=site.name), "enterprises.show", number=site.id)
        except ActedFirst:
            db.session.rollback()
            status, conflicts = 409, _conflicts(form, site)
            form.version.data = str(site.version)
        except Refused as problem:
            show_problem(form, problem)
    return _edit_page(form, site.kind, site, conflicts), status


def _conflicts(form: SiteForm, site: Site) -> list[tuple[str, str]]:
    """What stands on the list now where it is not what the writer typed."""
    found = []
    for name, typed in form.facts().items():
        now = getattr(site, name)
        if (now or "") != (typed or ""):
            found.append((history_text.head(name), history_text.value_words(name, now)))
    listed = [(contact.duty, contact.name, contact.title, contact.phone) for contact in site.contacts]
    typed_contacts = [(one.duty, one.name, one.title, one.phone) for one in form.contact_facts() if one.name]
    if listed != typed_contacts:
        words = [" ".join(part for part in one[1:] if part) for one in listed]
        found.append((history_text.head("contacts"), history_text.value_words("contacts", words)))
    return found


def _edit_page(form: SiteForm, kind: SiteKind, site: Site | None, conflicts: Any = None) -> str:
    return render_template(
        "enterprises/edit.html", form=form, kind=kind, site=site, conflicts=conflicts, areas=queries.areas()
    )


@pages.get("/load")
@needs(Permission.SEE_LOAD)
def load() -> str:
    """How much each supervisor carries; every number opens what it counts."""
    return render_template(
        "enterprises/load.html",
        loads=list_queries.loads(current_user, today()),
        panels=queries.load_panels.of(today(), current_user),
        tallies=queries.tallies(),
        risks=list(Risk),
        nobody=list_queries.NOBODY,
    )
