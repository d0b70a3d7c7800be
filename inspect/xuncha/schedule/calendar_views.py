"""The calendar of legal working days: a year's view, days by hand, the pasted notice."""

from __future__ import annotations

from calendar import Calendar
from datetime import date, timedelta

from flask import abort, render_template, request
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.clock import today, utcnow
from ..core.db import db
from ..core.forms import attempt
from ..core.parsing import read_number
from ..core.web import done, needs
from . import actions, queries, workdays
from .blueprint import pages
from .forms import DayForm, NoticeForm
from .lifecycle import windows_of
from .models import CalendarDay, DayKind
from .notices import NamedDay, read_notice

MONTHS = range(1, 13)
LONGEST_SPAN = 31
# The arrangement of a year is published in the November before it.
NOTICE_MONTH = 11


def unknown_years(day: date) -> list[int]:
    """The years whose calendar is missing and should be known by now."""
    years = [day.year] + ([day.year + 1] if day.month >= NOTICE_MONTH else [])
    return [year for year in years if not workdays.year_known(year)]


def _year(value: int | None) -> int:
    year = value or today().year
    if not actions.FIRST_YEAR <= year <= actions.LAST_YEAR:
        abort(404)
    return year


@pages.get("/schedule/calendar")
@needs(Permission.SEE_SCHEDULE)
def calendar() -> str:
    """A year's working days, and what makes them differ from Monday to Friday."""
    return _page(_year(request.args.get("year", type=read_number)))


def _page(
    year: int,
    *,
    day_form: DayForm | None = None,
    notice_form: NoticeForm | None = None,
    preview: list[NamedDay] | None = None,
) -> str:
    rows = queries.calendar_days(year)
    now = today().year
    return render_template(
        "schedule/calendar.html",
        year=year,
        years=[(one, workdays.year_known(one)) for one in sorted({now - 1, now, now + 1, year})],
        known=workdays.year_known(year),
        months=_months(year, {row.day: row for row in rows}),
        rows=rows,
        preview=preview,
        today=today(),
        DayKind=DayKind,
        day_form=day_form or DayForm(formdata=None),
        notice_form=notice_form or NoticeForm(formdata=None),
    )


def _months(
    year: int, rows: dict[date, CalendarDay]
) -> list[tuple[date, list[list[dict[str, object] | None]]]]:
    """Each month's weeks from Monday; a day says whether it is worked and whether a half-month's checks are due."""
    works = set(workdays.workdays(date(year, 1, 1), date(year, 12, 31)))
    due = {
        max((day for day in works if window.start <= day <= window.end), default=window.end)
        for month in MONTHS
        for window in windows_of(year, month)
    }
    months = []
    for month in MONTHS:
        weeks: list[list[dict[str, object] | None]] = [
            [
                {"day": day, "works": day in works, "row": rows.get(day), "due": day in due}
                if day.month == month
                else None
                for day in week
            ]
            for week in Calendar().monthdatescalendar(year, month)
        ]
        months.append((date(year, month, 1), weeks))
    return months


@pages.post("/schedule/calendar/<int:year>/days")
@needs(Permission.EDIT_CALENDAR)
def enter_days(year: int) -> str | Response:
    """Enter a day or a span by hand."""
    year, form = _year(year), DayForm()
    if form.validate_on_submit():
        until = form.until.data or form.day.data
        length = (until - form.day.data).days + 1
        if not 0 < length <= LONGEST_SPAN:
            form.until.errors = [
                gettext("The last day lies before the first, or more than a month after it.")
            ]
            return _page(year, day_form=form)
        kind, name = DayKind.OFF if form.kind.data == DayKind.OFF else DayKind.WORK, form.name.data or ""
        days = [NamedDay(form.day.data + timedelta(days=step), kind, name) for step in range(length)]
        source = gettext("Entered by hand")
        entered = attempt(form, lambda: _enter(days, source, form.day.data.year))
        if entered:
            return entered
    return _page(year, day_form=form)


@pages.post("/schedule/calendar/<int:year>/notice")
@needs(Permission.EDIT_CALENDAR)
def enter_notice(year: int) -> str | Response:
    """Read a pasted notice, show what was read, and enter it when that is confirmed."""
    year, form = _year(year), NoticeForm()
    if not form.validate_on_submit():
        return _page(year, notice_form=form)
    days = attempt(form, lambda: read_notice(form.text.data, year))
    if days is None:
        return _page(year, notice_form=form)
    if request.form.get("act") == "enter":
        source = form.source.data or gettext("Pasted notice")
        entered = attempt(form, lambda: _enter(days, source, year))
        if entered:
            return entered
    return _page(year, notice_form=form, preview=days)


def _enter(days: list[NamedDay], source: str, year: int) -> Response:
    changed = actions.enter_days(days, source=source, actor=current_user, now=utcnow())
    return done(
        ngettext("%(num)s day entered.", "%(num)s days entered.", changed), "schedule.calendar", year=year
    )


@pages.post("/schedule/calendar/days/<int:number>/remove")
@needs(Permission.EDIT_CALENDAR)
def remove_day(number: int) -> Response:
    """Take a day out of the table."""
    row = db.session.get(CalendarDay, number)
    if row is None:
        abort(404)
    day = row.day
    actions.remove_day(row, actor=current_user, now=utcnow())
    return done(gettext("%(day)s is removed.", day=day.isoformat()), "schedule.calendar", year=day.year)
