"""The page of the visit plan: a supervisor's day in its order, and what could come along."""

from __future__ import annotations

from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext, pgettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..core.access import FIELD, Permission, allowed
from ..core.clock import today as this_day
from ..core.db import commit, db
from ..core.errors import Refused
from ..core.i18n import sentence, word, write_parts
from ..core.labels import N_
from ..core.panels import Panel
from ..core.parsing import read_day, read_number, read_numbers
from ..core.web import fetch, needs
from ..enterprises.queries import supervisors_seen_by
from . import planner, queries, visit_plan, workdays
from .blueprint import pages
from .models import PlannedVisit

LEGS = {"up": -1, "down": 1}


def supervisor_asked(people: list[User]) -> User | None:
    """Whose plan the address asks for: one's own where one holds sites, else the first that one sees."""
    number = read_number(request.args.get("supervisor"))
    if number is not None:
        return next((one for one in people if one.id == number), None) or abort(404)
    own = next((one for one in people if one.id == current_user.id), None)
    return own or (people[0] if people else None)


def _days(day: date, today: date) -> list[date]:
    """Today, the working days of the fortnight, and the day that is looked at."""
    return sorted({today, day, *workdays.workdays(today, today + planner.AHEAD)})


@pages.get("/schedule/plan")
@needs(Permission.SEE_SCHEDULE)
def plan() -> str:
    """A supervisor's visits of a day, and the enterprises where something waits within two weeks."""
    today = this_day()
    day = read_day(request.args.get("day")) or today
    people = supervisors_seen_by(current_user)
    person = supervisor_asked(people)
    found = planner.plan_of(person, day, today) if person else None
    mine = person is not None and person.id == current_user.id
    return render_template(
        "schedule/plan.html",
        plan=found,
        day=day,
        today=today,
        days=[
            (one, _day_label(one, today), found.counts.get(one) if found else None)
            for one in _days(day, today)
        ],
        people=people if len(people) > 1 else [],
        person=person,
        may_plan=mine and allowed(current_user, Permission.PLAN_VISITS),
    )


def _day_label(day: date, today: date) -> str:
    if day == today:
        return pgettext("day", "Today")
    return write_parts(day, word(N_("EEE d MMM")))


def _back(visit: PlannedVisit | None, day: date) -> Response:
    """To the page again, at the visit that was changed."""
    commit()
    return redirect(url_for("schedule.plan", day=day, _anchor=f"site-{visit.site_id}" if visit else None))


def _visit() -> PlannedVisit:
    number = read_number(request.form.get("visit")) or 0
    return fetch(visit_plan.own(current_user).where(PlannedVisit.id == number), Permission.PLAN_VISITS)


@pages.post("/schedule/plan/put")
@needs(Permission.PLAN_VISITS)
def put_into_day() -> Response:
    """Put the ticked sites into the day."""
    today = this_day()
    day = read_day(request.form.get("day")) or today
    try:
        count = visit_plan.put(
            read_numbers(request.form.getlist("ids")), day, actor=current_user, today=today
        )
    except Refused as problem:
        if problem.field != "day":
            raise
        flash(sentence(problem), "error")
        return redirect(url_for("schedule.plan"))
    if not count:
        flash(gettext("Select at least one line first."), "info")
    else:
        flash(ngettext("%(num)s visit is in the day.", "%(num)s visits are in the day.", count), "success")
    return _back(None, day)


@pages.post("/schedule/plan/take-out")
@needs(Permission.PLAN_VISITS)
def take_out_of_day() -> Response:
    """Take a site out of its day."""
    visit = _visit()
    visit_plan.take_out(visit, actor=current_user)
    return _back(None, visit.day)


@pages.post("/schedule/plan/move")
@needs(Permission.PLAN_VISITS)
def move_visit() -> Response:
    """Let a visit stand earlier or later in its day."""
    visit = _visit()
    step = LEGS.get(request.form.get("to", ""), 0)
    stops = planner.plan_of(current_user, visit.day, this_day()).stops
    visits = [stop.visit for stop in stops]
    if visit in visits:
        visit_plan.move(visits, visit, step, actor=current_user)
    return _back(visit, visit.day)


@pages.post("/schedule/plan/by-place")
@needs(Permission.PLAN_VISITS)
def order_visits_by_place() -> Response:
    """Let the day stand by place again."""
    day = read_day(request.form.get("day")) or this_day()
    visits = db.session.scalars(visit_plan.own(current_user).where(PlannedVisit.day == day)).all()
    visit_plan.order_by_place(visits, actor=current_user)
    return _back(None, day)


@pages.post("/schedule/plan/tick")
@needs(Permission.PLAN_VISITS)
def tick_matter() -> Response:
    """Tick a matter as taken along, or take the tick back."""
    visit = _visit()
    key = request.form.get("matter", "")[:60]
    visit_plan.tick(visit, key, taken=request.form.get("taken") == "1", actor=current_user)
    return _back(visit, visit.day)


@queries.today_sections.add
def _of_today(day: date, reader: User) -> Panel | None:
    """How many visits one has put into today, and the way to the plan: one statement, because Today asks for many things."""
    if reader.role not in FIELD:
        return None
    visits = visit_plan.of_day(reader, day)
    return Panel("schedule/plan_panel.html", {"names": [visit.site.name for visit in visits]}, position=5)
