"""Pages that the link of a notice opens: its hazards and nothing else, for whoever holds the paper.

The first request swaps the secret in the address for a cookie of this notice's pages alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from werkzeug.wrappers import Response

from ...accounts.secret_addresses import AddressCookie, closed_page
from ...checks.filing import PhotoRef
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.errors import Missing, Refused
from ...core.forms import attempt, show_problem
from ...core.i18n import label, sentence
from ...core.parsing import read_number
from ...core.web import done, needs
from ...photos import marks
from ...photos.likeness import compare_soon
from ...photos.models import Photo
from ...photos.queries import by_hashes
from ...photos.views import plain_copy, send_copy
from .. import queries, rules
from ..forms import LinkStepForm, ReceiptForm
from ..lifecycle import Act, State
from ..models import Hazard, HazardPhotoRole
from ..photo_fields import received
from . import notice_links
from .notice_links import CLOSED, NoticeLink

pages = Blueprint("links", __name__, url_prefix="/n")

COOKIE = AddressCookie("notice", "notice link")
ACTS = (Act.ACCEPT, Act.SIGN_OFF, Act.REPORT_DONE, Act.ASK_EXTENSION)


@pages.get("/<token>")
@needs(Permission.USE_NOTICE_LINK)
def enter(token: str) -> Response:
    """Swap the secret of the paper for a cookie, and go on to an address without it."""

    def opened() -> int | None:
        link = notice_links.open_link(token, address=request.remote_addr or "", now=utcnow())
        return link.id if link else None

    return COOKIE.swapped(opened, lambda number: url_for("links.show", number=number), CLOSED)


def _link(number: int) -> NoticeLink:
    """The link that this browser opened. Raises Missing."""
    return notice_links.held_link(number if COOKIE.opened() == number else 0, utcnow())


@pages.errorhandler(Missing)
def _closed(problem: Missing) -> tuple[str, int]:
    return closed_page(problem)


@pages.get("/<int:number>")
@needs(Permission.USE_NOTICE_LINK)
def show(number: int) -> str:
    """The notice's hazards, and what is expected of the enterprise."""
    notice_links.note_visit(_link(number).notice, utcnow())
    return _notice_page(_link(number), ReceiptForm())


def _notice_page(link: NoticeLink, form: ReceiptForm) -> str:
    bearer, day = link.bearer(), today()
    hazards = link.notice.hazards
    return render_template(
        "hazards/link_notice.html",
        link=link,
        notice=link.notice,
        hazards=hazards,
        steps={
            one.id: [step.act for step in rules.possible(bearer, one, day) if step.act in ACTS]
            for one in hazards
        },
        photo=_first_photo,
        lacks_plan=rules.lacks_plan,
        merged_into=queries.merged_into,
        roles=HazardPhotoRole,
        waiting=[one for one in hazards if one.state is State.OPEN],
        form=form,
        day=day,
    )


def _first_photo(hazard: Hazard, role: HazardPhotoRole) -> Photo | None:
    """The photo shown for a hazard: the first of before, the last of after."""
    found = [use.photo for use in hazard.photos if use.role is role]
    return (found[0] if role is HazardPhotoRole.BEFORE else found[-1]) if found else None


@pages.app_template_global("photo_by_link")
def _photo_by_link(link: NoticeLink, photo: Photo, words: str) -> dict[str, Any]:
    """A photo as components/photos.html wants it, from the pages of a link."""

    def address(kind: str) -> str:
        return url_for("links.photo", number=link.id, sha256=photo.sha256, kind=kind)

    return {
        "photo": photo,
        "url": address("clean"),
        "thumb": address("thumb"),
        "alt": words,
        "caption": words,
    }


@pages.post("/<int:number>/receipt")
@needs(Permission.USE_NOTICE_LINK)
def acknowledge(number: int) -> Response | tuple[str, int]:
    """Acknowledge receipt of the notice and name the person in charge."""
    link, form = _link(number), ReceiptForm()

    def take() -> bool:
        notice_links.acknowledge(
            link, name=form.who.data or "", responsible=form.responsible.data or "", now=utcnow()
        )
        return True

    if form.validate_on_submit() and attempt(form, take):
        return done(gettext("Receipt is acknowledged. Thank you."), "links.show", number=number)
    return _notice_page(_link(number), form), 422


@pages.route("/<int:number>/hazards/<int:hazard_number>/<act>", methods=["GET", "POST"])
@needs(Permission.USE_NOTICE_LINK)
def step(number: int, hazard_number: int, act: str) -> str | Response | tuple[str, int]:
    """One step of a hazard, taken for the enterprise."""
    if act not in ACTS:
        abort(404)
    wanted, link = Act(act), _link(number)
    notice_links.hazard_of(link, hazard_number)
    photos, problems = received("photos", link.bearer())
    link = _link(number)
    hazard = notice_links.hazard_of(link, hazard_number, lock=request.method == "POST")
    form = LinkStepForm.of(wanted, hazard, [photo.sha256 for photo in photos])
    status = 200
    if form.is_submitted():
        status = 422
        if problems and "photos" in form:
            form.photos.errors = problems
        elif form.validate():
            try:
                return _taken(link, hazard, form, photos)
            except Refused as problem:
                status = problem.status
                if status == 404:
                    raise
                show_problem(form, problem)
    return _step_page(_link(number), hazard_number, form, status)


def _taken(link: NoticeLink, hazard: Hazard, form: LinkStepForm, photos: list[PhotoRef]) -> Response:
    bearer = link.bearer()
    if form.act in {one.act for one in rules.possible(bearer, hazard, today())}:
        rules.demand_seen(hazard, read_number(form.version.data))
    drawn = marks.read_by_photo(request.form.get("marks", ""))
    now = utcnow()
    named = notice_links.act(
        hazard,
        form.act,
        bearer=bearer,
        name=form.who.data or "",
        now=now,
        brought=form.brought(),
        photos=photos,
    )
    brought = by_hashes([ref.sha256 for ref in photos])
    marks.mark_all(brought, drawn, actor=named, now=now)
    numbers = [photo.id for photo in brought.values()]
    compare_soon(numbers, now=now)
    return done(gettext("Done: %(act)s.", act=label(form.act)), "links.show", number=link.id)


def _step_page(link: NoticeLink, hazard_number: int, form: LinkStepForm, status: int) -> tuple[str, int]:
    hazard = notice_links.hazard_of(link, hazard_number)
    closed = _problem(lambda: rules.demand_state(form.act, hazard, sent=False)) or rules.obstacle(
        form.act, hazard, link.bearer(), today()
    )
    if form.is_submitted():
        form.version.data = str(hazard.version)
    elif closed is not None:
        status = closed.status
        flash(sentence(closed), "error")
    page = render_template(
        "hazards/link_step.html",
        link=link,
        hazard=hazard,
        act=form.act,
        form=form,
        closed=closed is not None,
        day=today(),
        before=_first_photo(hazard, HazardPhotoRole.BEFORE),
    )
    return page, status


def _problem(ask: Callable[[], Any]) -> Refused | None:
    try:
        ask()
    except Refused as problem:
        return problem
    return None


@pages.get("/<int:number>/photos/<sha256>/<any(thumb, clean):kind>")
@needs(Permission.USE_NOTICE_LINK)
def photo(number: int, sha256: str, kind: str) -> Response:
    """A photo of the notice's hazards, or one that came by this link."""
    found = notice_links.photo_of(_link(number), sha256)
    if found is None:
        abort(404)
    return send_copy(plain_copy(found, kind))
