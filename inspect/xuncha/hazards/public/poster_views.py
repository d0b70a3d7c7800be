"""Pages that a poster opens: a form for one report and nothing else, for whoever stands before it."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ...accounts.secret_addresses import AddressCookie, closed_page
from ...checks.filing import PhotoRef
from ...core.access import Permission
from ...core.clock import utcnow
from ...core.errors import Missing, Refused
from ...core.forms import show_problem
from ...core.web import done, needs
from ..forms import WorkerReportForm
from ..photo_fields import received
from . import posters, worker_reports
from .posters import CLOSED, Poster, PosterBearer

pages = Blueprint("posters", __name__, url_prefix="/r")

COOKIE = AddressCookie("poster", "poster")


@pages.get("/<token>")
@needs(Permission.REPORT_BY_POSTER)
def enter(token: str) -> Response:
    """Swap the secret of the poster for a cookie, and go on to an address without it."""

    def opened() -> int | None:
        poster = posters.open_poster(token, address=request.remote_addr or "", now=utcnow())
        return poster.id if poster else None

    return COOKIE.swapped(opened, lambda number: url_for("posters.report", number=number), CLOSED)


def _poster(number: int) -> Poster:
    """The poster that this browser opened. Raises Missing."""
    return posters.held_poster(number if COOKIE.opened() == number else 0)


@pages.errorhandler(Missing)
def _closed(problem: Missing) -> tuple[str, int]:
    return closed_page(problem)


@pages.route("/<int:number>", methods=["GET", "POST"])
@needs(Permission.REPORT_BY_POSTER)
def report(number: int) -> str | Response | tuple[str, int]:
    """Report a hazard; what was typed and sent stays where something does not fit."""
    poster = _poster(number)
    photos, problems = received("photos", PosterBearer(number))
    poster = _poster(number)
    form, status = WorkerReportForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate() and not problems:
            try:
                return _taken(number, form, photos)
            except Missing:
                raise
            except Refused as problem:
                status = problem.status
                show_problem(form, problem)
                poster = _poster(number)
        if problems:
            form.photos.errors = problems
    else:
        form.place.data = poster.area
    page = render_template(
        "hazards/poster_report.html", poster=poster, form=form, kept=[photo.sha256 for photo in photos]
    )
    return page, status


def _taken(number: int, form: WorkerReportForm, photos: list[PhotoRef]) -> Response:
    worker_reports.add_report(
        number,
        uuid=_uuid(form.once.data),
        address=request.remote_addr or "",
        now=utcnow(),
        place=form.place.data or "",
        words=form.words.data or "",
        reporter=form.who.data or "",
        photos=photos,
    )
    return done(gettext("Your report has arrived. Thank you."), "posters.sent", number=number)


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return uuid4()


@pages.get("/<int:number>/sent")
@needs(Permission.REPORT_BY_POSTER)
def sent(number: int) -> str:
    """What happens with a report now; never what was reported."""
    return render_template("hazards/poster_sent.html", poster=_poster(number))
