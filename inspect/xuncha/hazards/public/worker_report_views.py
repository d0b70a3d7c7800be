"""Pages of posters and of what came by them: for the enterprise that decides, for its supervisor who looks on."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import current_app, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...accounts import secret_addresses
from ...accounts.models import User
from ...checklists.models import HazardClass
from ...core import paging, settings
from ...core.access import Permission, allowed
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.errors import Refused
from ...core.forms import show_problem
from ...core.panels import Panel
from ...core.parsing import read_number
from ...core.web import done, fetch, needs
from ...enterprises.models import Site
from ...enterprises.queries import site_panels
from ...enterprises.queries import visible_to as sites_visible_to
from ...photos.likeness import compare_soon
from ..forms import PosterForm, TakeReportForm, TurnDownForm
from ..papers.document_views import pages
from . import posters, worker_reports
from .posters import Poster
from .worker_reports import WorkerReport


def _site() -> Site:
    """The enterprise of the address; one's own where none is named."""
    number = request.values.get("site", type=read_number)
    if number is None and current_user.is_enterprise:
        number = current_user.enterprise_id
    return fetch(sites_visible_to(current_user).where(Site.id == number), Permission.MANAGE_POSTERS)


@pages.route("/posters", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTERS)
def posters_of_site() -> str | Response | tuple[str, int]:
    """The posters of an enterprise, and a further one."""
    site, form, status = _site(), PosterForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                made = posters.add_poster(site, form.area.data or "", actor=current_user, now=utcnow())
                db.session.flush()
                said = gettext("The poster is made. Print it and hang it up.")
                return done(said, "hazards.posters_of_site", site=site.id, _anchor=f"poster-{made.id}")
            except Refused as problem:
                if problem.status in {403, 404}:
                    raise
                show_problem(form, problem)
    valid = posters.valid_at(site)
    page = render_template(
        "hazards/posters.html",
        site=site,
        posters=valid,
        openings={poster.id: secret_addresses.openings(poster) for poster in valid},
        reports=worker_reports.counts_of(valid),
        links_are_printed=bool(current_app.config["PUBLIC_URL"]),
        form=form,
    )
    return page, status


@pages.post("/posters/<int:number>/revoke")
@needs(Permission.MANAGE_POSTERS)
def revoke_poster(number: int) -> Response:
    """Let a poster open nothing any more."""
    seen = Poster.site_id.in_(sites_visible_to(current_user).with_only_columns(Site.id))
    query = sa.select(Poster).where(Poster.id == number, seen)
    poster = fetch(query.with_for_update(), Permission.MANAGE_POSTERS)
    posters.revoke_poster(poster, actor=current_user, now=utcnow())
    said = gettext("The poster is revoked. Take it down: what was printed opens nothing any more.")
    return done(said, "hazards.posters_of_site", site=poster.site_id)


@pages.get("/worker-reports")
@needs(Permission.SEE_WORKER_REPORTS)
def list_worker_reports() -> str:
    """What workers reported: what waits for a decision, or what was decided."""
    decided, site = request.args.get("view") == "decided", request.args.get("site", type=read_number)
    query = worker_reports.visible_to(current_user).where(
        WorkerReport.accepted.is_not(None) if decided else WorkerReport.accepted.is_(None)
    )
    if site is not None:
        query = query.where(WorkerReport.site_id == site)
    page = paging.page(query, [WorkerReport.id.desc()], request.args)
    return render_template("hazards/worker_reports.html", page=page, decided=decided, site=site)


@pages.get("/worker-reports/<int:number>")
@needs(Permission.SEE_WORKER_REPORTS)
def worker_report(number: int) -> str:
    """One report, and what became of it."""
    report = _report(number)
    return _page(report, _take_form(report), TurnDownForm())


def _report(number: int) -> WorkerReport:
    query = worker_reports.visible_to(current_user).where(WorkerReport.id == number)
    return fetch(query, Permission.SEE_WORKER_REPORTS)


def _take_form(report: WorkerReport) -> TakeReportForm:
    due_on = today() + timedelta(days=settings.number("term"))
    return TakeReportForm(
        formdata=None, data={"description": report.words, "place": report.place, "due_on": due_on}
    )


def _page(report: WorkerReport, take: TakeReportForm, turn_down: TurnDownForm) -> str:
    return render_template("hazards/worker_report.html", report=report, form=take, no=turn_down, day=today())


@pages.post("/worker-reports/<int:number>/<any(take, turn_down):decision>")
@needs(Permission.DECIDE_WORKER_REPORT)
def decide_worker_report(number: int, decision: str) -> Response | tuple[str, int]:
    """Take a report or turn it down; of two people at once the second learns who was first."""
    query = worker_reports.visible_to(current_user).where(WorkerReport.id == number)
    report = fetch(query.with_for_update(), Permission.DECIDE_WORKER_REPORT)
    takes = decision == "take"
    take = TakeReportForm() if takes else _take_form(report)
    turn_down = TurnDownForm(formdata=None) if takes else TurnDownForm()
    form, status = (take if takes else turn_down), 422
    if form.validate():
        try:
            return _accepted(report, take) if takes else _turned_down(report, turn_down)
        except Refused as problem:
            if problem.status in {403, 404}:
                raise
            status = problem.status
            show_problem(form, problem)
    return _page(_report(number), take, turn_down), status


def _accepted(report: WorkerReport, form: TakeReportForm) -> Response:
    now = utcnow()
    hazard = worker_reports.accept(
        report,
        actor=current_user,
        now=now,
        description=form.description.data or "",
        place=form.place.data or "",
        hazard_class=HazardClass(form.hazard_class.data),
        due_on=form.due_on.data,
        measure=form.measure.data or "",
    )
    compare_soon([use.photo_id for use in report.photos], now=now)
    said = gettext("%(number)s is entered.", number=hazard.number)
    return done(said, "hazards.show", number=hazard.id)


def _turned_down(report: WorkerReport, form: TurnDownForm) -> Response:
    worker_reports.turn_down(report, form.reason.data or "", actor=current_user, now=utcnow())
    return done(gettext("The report is turned down."), "hazards.list_worker_reports")


@site_panels.add
def _of_site(site: Site, reader: User) -> Panel | None:
    """What workers of a site reported, and its posters."""
    if not allowed(reader, Permission.SEE_WORKER_REPORTS, site):
        return None
    data = {
        "site": site,
        "waiting": worker_reports.waiting_count(reader, site),
        "posters": len(posters.valid_at(site)),
    }
    return Panel("hazards/worker_reports_panel.html", data, position=35)
