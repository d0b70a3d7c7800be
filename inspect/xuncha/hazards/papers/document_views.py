"""The blueprint, and the pages of the papers: notices and re-inspection opinions, and the flows that issue them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...accounts import secret_addresses
from ...checks.models import Check
from ...checks.queries import visible_to as checks_visible_to
from ...core import history
from ...core.access import Permission, allowed
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.errors import Refused
from ...core.forms import attempt
from ...core.i18n import sentence, write_day
from ...core.parsing import read_number, read_numbers
from ...core.web import done, fetch, needs
from ...enterprises.models import Site
from ...enterprises.queries import visible_to as sites_visible_to
from ...photos.queries import by_hash
from .. import actions, queries
from ..forms import DeliveryForm
from ..models import Hazard, Notice, Opinion
from ..photo_fields import received
from ..public import notice_links
from . import deliveries
from .deliveries import Delivery

pages = Blueprint("hazards", __name__, url_prefix="/hazards")


@pages.post("/notices")
@needs(Permission.ISSUE_NOTICE)
def issue() -> Response:
    """Issue the notice for the drafts of a check, or for one hazard that no check found."""
    if "check" in request.form:
        number = request.form.get("check", type=read_number)
        check = fetch(checks_visible_to(current_user).where(Check.id == number), Permission.ISSUE_NOTICE)
        notice = actions.issue_notice(check, actor=current_user, now=utcnow())
    else:
        number = request.form.get("hazard", type=read_number)
        hazard = fetch(queries.visible_to(current_user).where(Hazard.id == number), Permission.ISSUE_NOTICE)
        notice = actions.issue_notice_of([hazard], actor=current_user, now=utcnow())
    return done(gettext("%(number)s is issued.", number=notice.number), "hazards.notice", number=notice.id)


@pages.get("/notices/<int:number>")
@needs(Permission.SEE_HAZARD)
def notice(number: int) -> str:
    """A notice as it was issued, and how its hazards stand now."""
    row = fetch(queries.notices_visible_to(current_user).where(Notice.id == number), Permission.SEE_HAZARD)
    form = (
        DeliveryForm(deliverer=current_user.name)
        if allowed(current_user, Permission.ISSUE_NOTICE, row)
        else None
    )
    return _notice_page(row, form)


def _notice_page(row: Notice, form: DeliveryForm | None, kept: Sequence[str] = ()) -> str:
    return render_template(
        "hazards/notice.html",
        notice=row,
        deliveries=deliveries.of(row),
        form=form,
        kept=kept,
        day=today(),
        facts=row.facts,
        read_day=_read_day,
        link=notice_links.current(row),
        address=notice_links.address_of(row)
        if allowed(current_user, Permission.SEE_NOTICE_LINK, row)
        else None,
        links_are_printed=bool(current_app.config["PUBLIC_URL"]),
        openings=secret_addresses.openings(row),
        uses=history.of(row),
    )


@pages.post("/notices/<int:number>/link")
@needs(Permission.ISSUE_NOTICE)
def change_link(number: int) -> Response:
    """Revoke the link of a notice, and make a new one where that is wanted."""
    row = fetch(queries.notices_visible_to(current_user).where(Notice.id == number), Permission.ISSUE_NOTICE)
    renew = request.form.get("renew") == "1"
    seen = request.form.get("link", type=read_number)
    notice_links.change_link(row, seen=seen, renew=renew, actor=current_user, now=utcnow())
    told = (
        gettext("The notice has a new link. Print it anew and hand it over.")
        if renew
        else gettext("The link is revoked. What was printed opens nothing any more.")
    )
    return done(told, "hazards.notice", number=number)


@pages.post("/notices/<int:number>/deliveries")
@needs(Permission.ISSUE_NOTICE)
def deliver(number: int) -> Response | tuple[str, int]:
    """Note that a notice was handed over on paper, or refused before a witness."""
    query = queries.notices_visible_to(current_user).where(Notice.id == number)
    fetch(query, Permission.ISSUE_NOTICE)
    photos, problems = received("photos", current_user)
    row, form = fetch(query, Permission.ISSUE_NOTICE), DeliveryForm()
    kept = [photo.sha256 for photo in photos][-1:]
    if problems:
        form.validate()
        form.photos.errors = problems
    elif form.validate():
        made = attempt(form, lambda: _delivered(row, form, kept))
        if made is not None:
            return done(gettext("%(number)s is noted.", number=made.number), "hazards.notice", number=number)
        row = fetch(query, Permission.ISSUE_NOTICE)
    return _notice_page(row, form, kept), 422


def _delivered(notice: Notice, form: DeliveryForm, kept: Sequence[str]) -> Delivery:
    photo = by_hash(kept[0]) if kept else None
    return deliveries.deliver(notice, form.handover(), photo=photo, actor=current_user, now=utcnow())


@pages.get("/opinions/<int:number>")
@needs(Permission.SEE_HAZARD)
def opinion(number: int) -> str:
    """A re-inspection opinion as it was issued."""
    row = fetch(queries.opinions_visible_to(current_user).where(Opinion.id == number), Permission.SEE_HAZARD)
    return render_template("hazards/opinion.html", opinion=row, facts=row.facts)


@pages.route("/opinions/new", methods=["GET", "POST"])
@needs(Permission.VERIFY_HAZARD)
def new_opinion() -> str | Response | tuple[str, int]:
    """Choose what was looked at again at a site since its last opinion, and issue the opinion."""
    number = request.values.get("site", type=read_number)
    site = fetch(sites_visible_to(current_user).where(Site.id == number), Permission.VERIFY_HAZARD)
    status = 200
    if request.method == "POST":
        try:
            made = actions.issue_opinion(_chosen(), actor=current_user, now=utcnow())
            return done(
                gettext("%(number)s is issued.", number=made.number), "hazards.opinion", number=made.id
            )
        except Refused as problem:
            if problem.status in {403, 404}:
                raise
            db.session.rollback()
            flash(sentence(problem), "error")
            status = problem.status
    return render_template("hazards/new_opinion.html", site=site, events=queries.reinspections(site)), status


@pages.context_processor
def _days() -> dict[str, Any]:
    return {"read_day": _read_day}


def _read_day(frozen: str | None) -> str:
    """A day that a paper froze, written in the language of now."""
    return write_day(date.fromisoformat(frozen)) if frozen else ""


def _chosen() -> list[Hazard]:
    numbers = read_numbers(request.form.getlist("hazards"))
    found = db.session.scalars(
        queries.visible_to(current_user).where(Hazard.id.in_(numbers)).order_by(Hazard.id)
    ).all()
    if len(found) != len(set(numbers)):
        abort(404)
    return list(found)
