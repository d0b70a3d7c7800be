"""Many selected sites reassigned at once: a page says what changes hands and what not; undone for a quarter of an hour."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from ...accounts.models import User
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.errors import Refused
from ...core.forms import show_problem
from ...core.i18n import sentence
from ...core.parsing import read_numbers
from ...core.web import done, fetch, needs
from .. import handovers, queries
from ..forms import ReassignForm
from ..models import Handover, Site
from .base import pages
from .duty import nameable

SITES_AT_MOST = 200


def _selected() -> list[Site]:
    numbers = read_numbers(request.values.getlist("ids"))[:SITES_AT_MOST]
    loaded = (joinedload(Site.supervisor), selectinload(Site.assignments))
    query = queries.visible_to(current_user).where(Site.id.in_(numbers)).options(*loaded)
    return list(db.session.scalars(query.order_by(Site.name, Site.id)))


@pages.route("/reassign", methods=["GET", "POST"])
@needs(Permission.ASSIGN_SITE)
def reassign() -> str | Response | tuple[str, int]:
    """Choose the new supervisor of the selected sites, look at what changes hands, do it."""
    sites = _selected()
    if not sites:
        flash(gettext("Select at least one line first."), "info")
        return redirect(url_for("enterprises.index"))
    # Looking only reads: it needs no token.
    form = ReassignForm(request.values, meta={} if request.method == "POST" else {"csrf": False})
    if not form.from_on.raw_data:
        form.from_on.data = today()
    form.fill(nameable())
    asked = form.is_submitted() or "supervisor_id" in request.args
    if not asked or not form.validate():
        return _page(form, sites), 422 if asked else 200
    to = db.session.get_one(User, form.supervisor_id.data)
    given = {"actor": current_user, "now": utcnow(), "note": form.note.data or ""}
    judged = handovers.judge(sites, to, form.from_on.data, **given)
    if request.method == "GET":
        return _page(form, sites, judged, to)
    moves = [(one.site, to) for one in judged if one.problem is None]
    try:
        row = handovers.hand_over(moves, form.from_on.data, **given)
    except Refused as problem:
        if problem.status in {403, 404}:
            raise
        show_problem(form, problem)
        return _page(form, _selected()), 422
    words = ngettext("%(num)d site is handed over.", "%(num)d sites are handed over.", len(moves))
    return done(words, "enterprises.show_handover", number=row.id)


def _page(
    form: ReassignForm,
    sites: Sequence[Site],
    judged: Sequence[handovers.Judged] = (),
    to: User | None = None,
) -> str:
    return render_template(
        "enterprises/reassign.html",
        form=form,
        sites=sites,
        to=to,
        moving=[one for one in judged if one.problem is None],
        refused=[(one, sentence(one.problem)) for one in judged if one.problem is not None],
    )


def _handover(number: int) -> Handover:
    # Whose it is was asked by the select; of each site the action asks again.
    return fetch(handovers.visible_to(current_user).where(Handover.id == number), Permission.SEE_LOAD)


@pages.get("/handovers/<int:number>")
@needs(Permission.ASSIGN_SITE)
def show_handover(number: int) -> str:
    """What a handover moved, and until when it can be undone."""
    row = _handover(number)
    return render_template(
        "enterprises/handed_over.html",
        row=row,
        lines=[
            (line, sentence(line.problem) if line.problem else "")
            for line in handovers.lines(row, actor=current_user)
        ],
        minutes=handovers.minutes_left(row, utcnow()),
        undone=handovers.undone_by(row),
    )


@pages.post("/handovers/<int:number>/undo")
@needs(Permission.ASSIGN_SITE)
def undo_handover(number: int) -> Response:
    """Hand the sites back."""
    row = handovers.undo(_handover(number), actor=current_user, now=utcnow())
    words = ngettext("%(num)s site went back.", "%(num)s sites went back.", len(row.moves))
    return done(words, "enterprises.show_handover", number=row.undoes_id)
