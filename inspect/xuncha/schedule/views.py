"""Today, the list of tasks and the grid of half-months."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext, pgettext
from flask_login import current_user
from sqlalchemy.orm import aliased
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..accounts.queries import supervisors
from ..core import paging
from ..core.access import Permission, allowed
from ..core.clock import today as this_day
from ..core.clock import utcnow
from ..core.db import db
from ..core.errors import Refused
from ..core.i18n import sentence, word, write_parts
from ..core.labels import N_
from ..core.panels import Panel
from ..core.parsing import read_day
from ..core.web import addresses_of, done, needs
from ..enterprises.models import Sector, Site
from ..enterprises.queries import site_panels, tally
from . import actions, agenda, calendar_views, excuse_views, plan_views, queries, task_views, workdays
from .blueprint import pages
from .calendar_views import unknown_years
from .forms import MonthForm
from .lifecycle import TaskState, Window, window_of, windows_between, windows_of
from .models import Task

# Their pages join the blueprint by being imported.
__all__ = ["calendar_views", "excuse_views", "pages", "plan_views", "task_views"]

SITE_TASKS = 6
GRID_MONTHS = 3
GRID_LONGEST = 24  # windows


def window_label(window: Window) -> str:
    """A half-month's short name: 11月上半月, Nov 1-15."""
    month = write_parts(window.start, "MMM")
    if window.is_first_half:
        return gettext("%(month)s 1-15", month=month)
    return gettext("%(month)s 16-%(last)s", month=month, last=window.end.day)


def column_label(window: Window) -> str:
    """The same above a column of the grid."""
    month = write_parts(window.start, "MMM")
    if window.is_first_half:
        label = pgettext("column", "%(month)s 1-15", month=month)
    else:
        label = pgettext("column", "%(month)s 16-%(last)s", month=month, last=window.end.day)
    return label.replace("-", "\N{NON-BREAKING HYPHEN}")


@pages.app_template_filter("window_name")
def window_name(window: Window) -> str:
    """A half-month with its year."""
    return gettext("%(half)s, %(year)s", half=window_label(window), year=window.start.year)


@pages.app_template_filter("month_day")
def month_day(day: date) -> str:
    """A day of the year: 6月2日, 2 Jun."""
    return write_parts(day, word(N_("d MMM")))


@pages.app_template_filter("month")
def _month_name(day: date) -> str:
    return gettext("%(month)s %(year)s", month=write_parts(day, "MMM"), year=day.year)


@pages.app_template_filter("window")
def _window_of_task(task: Task) -> str:
    return window_name(Window(task.window_start, task.window_end))


pages.app_template_global("state_of")(queries.state_of)


@tally(
    N_("Open tasks"),
    link=lambda user: url_for("schedule.index", holder=user.id, state="due,late", end=this_day()),
    position=10,
)
def _open_tasks(numbers: Collection[int], day: date) -> Mapping[int, int]:
    return queries.open_by_site(numbers, day)


@site_panels.add
def _site_tasks(site: Site, reader: User) -> Panel | None:
    if site.is_idle or not allowed(reader, Permission.SEE_SCHEDULE, site):
        return None
    day = this_day()
    tasks = queries.latest_of(site, day, SITE_TASKS)
    return Panel("schedule/site_panel.html", {"tasks": tasks, "day": day}, position=20) if tasks else None


@pages.get("/today")
@needs(Permission.SEE_SCHEDULE)
def today() -> str:
    """What is due, late, and waits; nearest due first."""
    # The person himself: twenty questions are asked of him, and each would find him out some times.
    day, reader = this_day(), current_user._get_current_object()
    window = window_of(day)
    work = agenda.agenda_of(reader, day)
    is_supervised = allowed(reader, Permission.SEE_LOAD)
    return render_template(
        "schedule/today.html",
        TaskState=TaskState,
        day=day,
        window=window,
        label=window_label(window),
        late=work.late,
        due=work.due,
        counts=_own_counts(window, day),
        overview=queries.overview(reader, window, day) if is_supervised else [],
        idle_sites=queries.idle_sites_of(reader),
        excuses=work.excuses,
        nobodys=work.nobodys,
        sections=queries.today_sections.of(day, reader),
        years=unknown_years(day) if allowed(reader, Permission.EDIT_CALENDAR) else [],
    )


@lru_cache(2)
def _states_on(day: date) -> sa.Select[str]:
    """The states of a person's tasks of a half-month; made once a day, since Today asks it."""
    return sa.select(queries.state_expression(day)).where(
        Task.supervisor_id == sa.bindparam("person"), Task.window_start == sa.bindparam("start")
    )


def _own_counts(window: Window, day: date) -> tuple[int, int]:
    """How many of one's own tasks of the half-month are done, and how many there are; excused ones are in neither."""
    given = {"person": current_user.id, "start": window.start}
    states = [one for one in db.session.scalars(_states_on(day), given) if one != TaskState.EXCUSED]
    return sum(state == TaskState.DONE for state in states), len(states)


@pages.get("/schedule")
@needs(Permission.SEE_SCHEDULE)
def index() -> str:
    """The tasks that fit the filters of the address."""
    day = this_day()
    criteria = queries.Criteria.from_args(request.args)
    query = queries.filtered(current_user, criteria, day)
    page = paging.page(query, queries.NEWEST, request.args)
    return render_template(
        "schedule/index.html",
        TaskState=TaskState,
        page=page,
        tasks=page.rows,
        criteria=criteria,
        day=criteria.as_of or day,
        supervisors=supervisors(),
        sectors=Sector,
    )


def _months(day: date) -> tuple[date, date]:
    """The first and last day of the months that the grid shows; by default this month and the two before it."""
    last = _month(request.args.get("to")) or day.replace(day=1)
    first = _month(request.args.get("from"))
    if first is None:
        first = last
        for _step in range(GRID_MONTHS - 1):
            first = (first - timedelta(days=1)).replace(day=1)
    first, last = min(first, last), max(first, last)
    return first, windows_of(last.year, last.month)[1].end


def _month(text: str | None) -> date | None:
    return read_day(f"{text}-01")


@pages.get("/schedule/grid")
@needs(Permission.SEE_SCHEDULE)
def grid() -> str:
    """Enterprises and half-months: each mark opens its task."""
    day = this_day()
    first, last = _months(day)
    windows = windows_between(first, last)[-GRID_LONGEST:]
    criteria = queries.Criteria.from_args(
        {**request.args, "start": windows[0].start.isoformat(), "end": last.isoformat()}
    )
    query = queries.filtered(current_user, criteria, day)
    line = aliased(Site)
    has_tasks = query.with_only_columns(Task.id).order_by(None).where(Task.site_id == line.id).exists()
    lines = sa.select(line.id, line.name).where(has_tasks)
    page = paging.page(lines, (line.name, line.id), request.args)
    shown = {row.id: row.name for row in page.rows}
    marks = queries.marks(query.order_by(None).where(Task.site_id.in_(shown)), day)
    return render_template(
        "schedule/grid.html",
        windows=[column_label(window) for window in windows],
        lines=_lines(shown, marks, windows),
        first=first,
        last=last,
        criteria=criteria,
        supervisors=supervisors(),
        sectors=Sector,
        years=[
            year for year in sorted({window.end.year for window in windows}) if not workdays.year_known(year)
        ],
        page=page,
        month_form=MonthForm(),
    )


def _lines(
    sites: dict[int, str], marks: list[queries.Mark], windows: list[Window]
) -> list[dict[str, object]]:
    found = cells(marks)
    return [
        {"label": name, "url": None, "cells": [found.get((number, window.start)) for window in windows]}
        for number, name in sites.items()
    ]


def cells(marks: Iterable[queries.Mark]) -> dict[tuple[int, date], dict[str, str]]:
    """The cells of a grid by site and first day of the half-month."""
    address = addresses_of("schedule.task")
    return {
        (mark.site_id, mark.window_start): {
            "state": mark.state,
            "url": address(mark.number),
            "note": f"{month_day(mark.on)} {mark.supervisor}",
        }
        for mark in marks
    }


@pages.post("/schedule/open")
@needs(Permission.OPEN_SCHEDULE)
def open_month() -> Response:
    """Open the tasks of a month; again adds what is missing."""
    form = MonthForm()
    if not form.validate_on_submit():
        flash(gettext("Choose a month."), "error")
        return redirect(url_for("schedule.grid"))
    month = form.month.data
    try:
        opened = actions.open_month(month.year, month.month, actor=current_user, now=utcnow())
    except Refused as problem:
        if problem.field != "month":
            raise
        flash(sentence(problem), "error")
        return redirect(url_for("schedule.grid"))
    text = ngettext("%(num)s task opened.", "%(num)s tasks opened.", opened)
    return done(text, "schedule.grid", to=month.strftime("%Y-%m"))
