"""Who is responsible: naming, handing over, engaging experts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import abort, render_template, request
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...accounts.models import User
from ...accounts.queries import experts, supervisors
from ...core.access import Permission, Role
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.forms import attempt
from ...core.i18n import write_day
from ...core.parsing import read_number
from ...core.web import done, needs
from .. import assignments, handovers, queries
from ..forms import AssignForm, EngageForm, HandoverForm
from ..models import Assignment, Engagement, Site
from .base import pages, site_for


def nameable() -> list[User]:
    """Whom the reader may name: a team lead the own team, managers everybody."""
    people = supervisors()
    if current_user.role is Role.TEAM_LEAD:
        return [one for one in people if one.team_id == current_user.team_id or one.id == current_user.id]
    return people


def _answer(
    form: AssignForm | HandoverForm | EngageForm, act: Callable[[], Response]
) -> tuple[Response | None, int]:
    """What a posted form leads to; else none, and the status of the page that shows the form."""
    if not form.is_submitted():
        return None, 200
    return (attempt(form, act) if form.validate() else None), 422


@pages.route("/<int:number>/assign", methods=["GET", "POST"])
@needs(Permission.ASSIGN_SITE)
def assign(number: int) -> str | Response | tuple[str, int]:
    """Name the supervisor of a site from a day on."""
    site = site_for(number, Permission.ASSIGN_SITE)
    form = AssignForm(data=None if request.method == "POST" else {"from_on": today()})
    form.fill(nameable())

    def act() -> Response:
        supervisor = db.session.get_one(User, form.supervisor_id.data)
        assignments.assign(
            site,
            supervisor,
            form.from_on.data,
            actor=current_user,
            now=utcnow(),
            note=form.note.data or "",
            correcting=form.correcting.data,
        )
        message = gettext(
            "%(name)s is responsible from %(day)s.", name=supervisor.name, day=write_day(form.from_on.data)
        )
        return done(message, "enterprises.show", number=site.id)

    answer, status = _answer(form, act)
    if answer:
        return answer
    return render_template("enterprises/assign.html", site=site, form=form, today=today()), status


@pages.post("/<int:number>/assignments/<int:assignment>/cancel")
@needs(Permission.ASSIGN_SITE)
def cancel_assignment(number: int, assignment: int) -> Response:
    """Take back an assignment that has not begun."""
    site = site_for(number, Permission.ASSIGN_SITE)
    row = db.session.get(Assignment, assignment)
    if row is None or row.site_id != site.id:
        abort(404)
    assignments.cancel_assignment(row, actor=current_user, now=utcnow())
    return done(gettext("The assignment is taken back."), "enterprises.show", number=site.id)


@pages.route("/handover", methods=["GET", "POST"])
@needs(Permission.ASSIGN_SITE)
def handover() -> str | Response | tuple[str, int]:
    """Hand the sites of a supervisor over from a day on; each line shows what is open there."""
    people = queries.supervisors_seen_by(current_user)
    leaving = next((one for one in people if str(one.id) == request.args.get("supervisor")), None)
    if leaving is None:
        return render_template("enterprises/handover.html", people=people, leaving=None, form=None)
    sites = queries.held_by(current_user, leaving)
    people_to_name = [one for one in nameable() if one.id != leaving.id]
    form = HandoverForm(data=None if request.method == "POST" else {"from_on": today()})
    form.fill(people_to_name)
    answer, status = _answer(form, lambda: _hand_over(form, sites, people_to_name))
    if answer:
        return answer
    return _handover_page(form, people, leaving, sites, people_to_name), status


def _hand_over(form: HandoverForm, sites: list[Site], to: list[User]) -> Response:
    by_number = {one.id: one for one in to}
    moves = []
    for site in sites:
        chosen = request.form.get(f"to-{site.id}", "")
        if chosen == "keep":
            continue
        number = read_number(chosen) or form.to_all.data
        if number in by_number:
            moves.append((site, by_number[number]))
    row = handovers.hand_over(
        moves,
        form.from_on.data,
        actor=current_user,
        now=utcnow(),
        note=form.note.data or "",
        correcting=form.correcting.data,
    )
    words = ngettext("%(num)d site is handed over.", "%(num)d sites are handed over.", len(moves))
    return done(words, "enterprises.show_handover", number=row.id)


def _handover_page(
    form: HandoverForm, people: list[User], leaving: User, sites: list[Site], to: list[User]
) -> str:
    numbers = [site.id for site in sites]
    tallies = [(one.label, one.count(numbers, today())) for one in queries.tallies()] if numbers else []
    return render_template(
        "enterprises/handover.html",
        form=form,
        people=people,
        leaving=leaving,
        sites=sites,
        nameable=to,
        tallies=tallies,
        later={site.id: _later(site, today()) for site in sites},
        chosen=request.form,
    )


def _later(site: Site, day: date) -> Assignment | None:
    """The next assignment that is already written."""
    return next((row for row in site.assignments if row.from_on > day), None)


@pages.route("/<int:number>/engage", methods=["GET", "POST"])
@needs(Permission.MANAGE_CAMPAIGNS)
def engage(number: int) -> str | Response | tuple[str, int]:
    """Engage an expert for a site."""
    site = site_for(number, Permission.SEE_SITE)
    form = EngageForm(data=None if request.method == "POST" else {"from_on": today()})
    form.fill(experts())

    def act() -> Response:
        expert = db.session.get_one(User, form.expert_id.data)
        days = (form.from_on.data, form.until_on.data)
        assignments.engage(expert, site, *days, form.body.data or "", actor=current_user, now=utcnow())
        return done(gettext("%(name)s is engaged.", name=expert.name), "enterprises.show", number=site.id)

    answer, status = _answer(form, act)
    if answer:
        return answer
    return render_template("enterprises/engage.html", site=site, form=form), status


@pages.post("/<int:number>/engagements/<int:engagement>/end")
@needs(Permission.MANAGE_CAMPAIGNS)
def end_engagement(number: int, engagement: int) -> Response:
    """End an expert's engagement today."""
    site = site_for(number, Permission.SEE_SITE)
    row = db.session.get(Engagement, engagement)
    if row is None or row.site_id != site.id:
        abort(404)
    assignments.end_engagement(row, actor=current_user, now=utcnow())
    return done(gettext("The engagement has ended."), "enterprises.show", number=site.id)
