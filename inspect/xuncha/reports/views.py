"""Pages of the papers: choose, look at the pages, download. Each is printed from what its own domain lets one see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..accounts.queries import supervisors
from ..checks.models import Check
from ..checks.queries import visible_to as checks_visible_to
from ..core.access import READ_ALL, Permission, Role, allowed
from ..core.clock import today, utcnow
from ..core.db import db, release
from ..core.errors import Missing, Refused
from ..core.i18n import LANGUAGES, language, sentence
from ..core.labels import N_
from ..core.parsing import read_day, read_number
from ..core.web import fetch, needs
from ..enterprises.models import Site
from ..enterprises.queries import visible_to as sites_visible_to
from ..hazards.lists.filters import Criteria
from ..hazards.models import Letter, LetterKind, Notice, Opinion
from ..hazards.papers.deliveries import Delivery
from ..hazards.public.posters import Poster
from ..hazards.queries import (
    deliveries_visible_to,
    letters_visible_to,
    notices_visible_to,
    opinions_visible_to,
)
from ..stats.period import Period, Span, from_args, unread
from ..stats.scope import Scope
from . import (
    batch,
    campaign_views,
    committee_views,
    enterprise_views,
    file_views,
    preview,
    printing,
    queries,
    training_views,
)
from .answers import answer
from .batch_views import pages, started
from .printing import Kind
from .summaries import edition_views

__all__ = [
    "campaign_views",
    "committee_views",
    "edition_views",
    "enterprise_views",
    "file_views",
    "pages",
    "training_views",
]


def _draft() -> bool:
    return request.args.get("draft") == "1"


@pages.get("/records/<int:number>")
@needs(Permission.SEE_CHECK)
def record(number: int) -> str | Response | tuple[str, int]:
    """The record of a check."""
    query = checks_visible_to(current_user).where(Check.id == number)
    return answer(printing.record(fetch(query, Permission.SEE_CHECK), draft=_draft()))


@pages.get("/notices/<int:number>")
@needs(Permission.SEE_HAZARD)
def notice(number: int) -> str | Response | tuple[str, int]:
    """A rectification notice."""
    query = notices_visible_to(current_user).where(Notice.id == number)
    found = fetch(query, Permission.SEE_HAZARD)
    with_link = allowed(current_user, Permission.SEE_NOTICE_LINK, found)
    return answer(printing.notice(found, draft=_draft(), with_link=with_link))


@pages.get("/opinions/<int:number>")
@needs(Permission.SEE_HAZARD)
def opinion(number: int) -> str | Response | tuple[str, int]:
    """A re-inspection opinion."""
    query = opinions_visible_to(current_user).where(Opinion.id == number)
    return answer(printing.opinion(fetch(query, Permission.SEE_HAZARD), draft=_draft()))


@pages.get("/letters/<int:number>")
@needs(Permission.SEE_HAZARD)
def letter(number: int) -> str | Response | tuple[str, int]:
    """A paper about one hazard: listing, delisting, report, referral, extension or supervision."""
    query = letters_visible_to(current_user).where(Letter.id == number)
    return answer(printing.letter(fetch(query, Permission.SEE_HAZARD), draft=_draft()))


@pages.get("/posters/<int:number>")
@needs(Permission.MANAGE_POSTERS)
def poster(number: int) -> str | Response | tuple[str, int]:
    """The poster by which workers report hazards."""
    seen = Poster.site_id.in_(sites_visible_to(current_user).with_only_columns(Site.id))
    order = printing.poster(
        fetch(sa.select(Poster).where(Poster.id == number, seen), Permission.MANAGE_POSTERS)
    )
    if order is None:
        raise Missing(N_("This poster opens nothing that could be printed. Make a new one."))
    return answer(order)


@pages.get("/deliveries/<int:number>")
@needs(Permission.SEE_HAZARD)
def delivery(number: int) -> str | Response | tuple[str, int]:
    """The receipt of a delivery."""
    query = deliveries_visible_to(current_user).where(Delivery.id == number)
    return answer(printing.delivery(fetch(query, Permission.SEE_HAZARD), draft=_draft()))


@pages.get("/pages/<token>/<int:number>.webp")
@needs(Permission.BE_SIGNED_IN)
def page(token: str, number: int) -> Response:
    """A page of a paper that this person has just printed, as a picture."""
    path = preview.paper_of(token, current_user.id)
    release()
    picture = preview.page_picture(path, number) if path else None
    if picture is None:
        abort(404)
    return send_file(BytesIO(picture), mimetype="image/webp")


@pages.get("")
@needs(Permission.PRINT_REPORTS)
def index() -> str:
    """Choose a summary or the ledger, or find a numbered paper."""
    return _choice({})


def _choice(errors: dict[str, list[str]]) -> str:
    """The page of choices, with what was typed and what is wrong with it."""
    span, period = from_args(request.args, today())
    return render_template(
        "reports/index.html",
        numbered=[one for one in Kind if one.value in FOUND],
        spans=Span,
        span=span,
        period=period,
        people=_people(),
        day=today(),
        typed=request.args,
        errors=errors,
    )


def _people() -> list[User]:
    """The supervisors whose own summary this reader may print."""
    if current_user.role in READ_ALL:
        return supervisors()
    if current_user.role is Role.TEAM_LEAD:
        return [one for one in supervisors() if one.team_id == current_user.team_id]
    return []


def _period_and_scope() -> tuple[Period, Scope]:
    """The period and scope of the address. Raises Refused, with the field that does not fit."""
    args = request.args.to_dict()
    if args.get("period", Span.HALF.value) not in set(Span):
        raise Refused(N_("Choose one of the entries offered."), field="period")
    if args.get("period") != Span.CUSTOM.value:
        args = {key: value for key, value in args.items() if key not in {"from", "to"}}
    elif not (args.get("from") and args.get("to")):
        raise Refused(N_("Give the first and the last day of the period."), field="from")
    if wrong := unread(args):
        raise Refused(N_("Enter a day of the years 2000 to 2099, for example 2026-03-31."), field=wrong[0])
    _span, period = from_args(args, today())
    _demand_as_of(read_day(args.get("as_of")), period)
    wanted = args.get("supervisor", "")
    if wanted and wanted not in {str(one.id) for one in _people()}:
        raise Refused(N_("This supervisor is not in your list."), field="supervisor")
    scope = Scope(current_user, _site(args.get("site", "").strip()), int(wanted) if wanted else None)
    return period, replace(scope, focus=read_number(args.get("focus", "")))


def _demand_as_of(day: date | None, period: Period) -> None:
    if day and day < period.first:
        raise Refused(N_("This day lies before the period."), field="as_of")
    if day and day > today():
        raise Refused(N_("This date lies in the future."), field="as_of")


def _site(text: str) -> int | None:
    if not text:
        return None
    fits = [Site.name == text, Site.uscc == text]
    if (number := read_number(text)) is not None:
        fits.append(Site.id == number)
    found = db.session.scalars(sites_visible_to(current_user).where(sa.or_(*fits)).limit(2)).all()
    if len(found) != 1:
        raise Refused(N_("No single enterprise of yours has this name or credit code."), field="site")
    return found[0].id


def _of_period(make: Callable[[Period, Scope], printing.Order]) -> Any:
    return _asked(lambda: answer(make(*_period_and_scope())))


def _asked(answer: Callable[[], Any]) -> Any:
    try:
        return answer()
    except Refused as problem:
        return _choice({problem.field or "period": [sentence(problem)]}), 422


def _ledger() -> printing.Ledger:
    """The ledger of a period, or of the filters of the list of hazards as of today. Raises Refused."""
    if "period" not in request.args:
        return printing.Ledger(Scope(current_user), Criteria.from_args(request.args), today(), _draft())
    period, scope = _period_and_scope()
    return printing.Ledger(scope, printing.hazards_of(period, scope), period.as_of, _draft())


@pages.get("/ledger")
@needs(Permission.PRINT_REPORTS)
def ledger() -> Any:
    """The hazard ledger; a long one is offered as a job, since a request should not take its time."""
    return _asked(_ledger_or_offer)


def _ledger_or_offer() -> Any:
    asked = _ledger()
    rows = asked.rows()
    if rows <= batch.LONG:
        return answer(asked.order())
    address = f"{url_for('reports.begin_ledger')}?{request.query_string.decode()}"
    return render_template("reports/long.html", order=asked.order(), rows=rows, address=address)


@pages.post("/jobs/ledger")
@needs(Permission.PRINT_REPORTS)
def begin_ledger() -> Any:
    """Print a long ledger outside the request."""
    return _asked(_begin_ledger)


def _begin_ledger() -> Response:
    asked, lang = _ledger(), request.args.get("lang", "")
    job = batch.begin_ledger(
        asked,
        asked.rows(),
        lang if lang in LANGUAGES else language(),
        actor=db.session.get_one(User, current_user.id),
        now=utcnow(),
    )
    return started(job, gettext("The ledger is being printed; you may leave this page."))


@pages.get("/inspection-summary")
@needs(Permission.PRINT_REPORTS)
def inspection_summary() -> Any:
    """The inspection summary of a period."""
    rounded = request.args.get("rounded") == "1"
    return _of_period(
        lambda period, scope: printing.inspection(period, scope, draft=_draft(), rounded=rounded)
    )


@pages.get("/training-summary")
@needs(Permission.PRINT_REPORTS)
def training_summary() -> Any:
    """The training summary of a period."""
    return _of_period(lambda period, scope: printing.trainings(period, scope, draft=_draft()))


def _letters_of(kind: LetterKind) -> Callable[[User], sa.Select[Letter]]:
    return lambda actor: letters_visible_to(actor).where(Letter.kind == kind)


FOUND: dict[str, tuple[Any, Any, str]] = {
    Kind.RECORD.value: (checks_visible_to, Check, "reports.record"),
    Kind.NOTICE.value: (notices_visible_to, Notice, "reports.notice"),
    Kind.OPINION.value: (opinions_visible_to, Opinion, "reports.opinion"),
    **campaign_views.FOUND,
    **committee_views.FOUND,
    Kind.DELIVERY.value: (deliveries_visible_to, Delivery, "reports.delivery"),
    **{kind.value: (_letters_of(of), Letter, "reports.letter") for kind, of in printing.LETTERS.items()},
}


@pages.get("/find")
@needs(Permission.PRINT_REPORTS)
def find() -> Response:
    """Go to a numbered paper."""
    visible, model, endpoint = FOUND.get(request.args.get("kind", ""), FOUND[Kind.RECORD.value])
    text = request.args.get("number", "")
    found = db.session.scalars(queries.numbered(visible(current_user), model, text, today().year)).first()
    if found is None:
        flash(
            gettext("There is no such number among the papers you may see: %(number)s", number=text), "error"
        )
        return redirect(url_for("reports.index"))
    return redirect(url_for(endpoint, number=found.id))
