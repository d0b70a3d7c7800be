"""Legal working days: the office's own table, else the library of official notices, else Monday to Friday.

Nothing is kept between calls: every process sees an edited calendar at once.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import sqlalchemy as sa
from chinese_calendar import constants

from ..core.db import db
from .models import CalendarDay, DayKind

# 13 statutory holidays a year (2024 edition of the holiday rules); fewer entered days are not a whole notice.
WHOLE_NOTICE = 13
# Lookups outwards from a day go by blocks of this many days.
BLOCK = 40
_DAY = timedelta(days=1)
_LIBRARY_YEARS = frozenset(day.year for day in constants.holidays)


def _table(start: date, end: date) -> dict[date, DayKind]:
    query = sa.select(CalendarDay.day, CalendarDay.kind).where(CalendarDay.day.between(start, end))
    return {row.day: row.kind for row in db.session.execute(query)}


def _works(day: date, table: dict[date, DayKind]) -> bool:
    if day in table:
        return table[day] is DayKind.WORK
    if day.year in _LIBRARY_YEARS:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def workdays(start: date, end: date) -> list[date]:
    """The legal working days from start to end, both inclusive."""
    table = _table(start, end)
    days = (start + _DAY * step for step in range((end - start).days + 1))
    return [day for day in days if _works(day, table)]


def is_workday(day: date) -> bool:
    """Whether a day is a legal working day; adjusted weekends count, holidays do not."""
    return bool(workdays(day, day))


def last_workday(start: date, end: date) -> date:
    """The last legal working day from start to end, both inclusive; `end` where there is none."""
    found = workdays(start, end)
    return found[-1] if found else end


def add_workdays(day: date, number: int) -> date:
    """The day `number` working days after `day`, not counting `day` itself; backwards when negative."""
    while number > 0:
        found = workdays(day + _DAY, day + _DAY * BLOCK)
        if len(found) >= number:
            return found[number - 1]
        number, day = number - len(found), day + _DAY * BLOCK
    while number < 0:
        found = workdays(day - _DAY * BLOCK, day - _DAY)
        if len(found) >= -number:
            return found[number]
        number, day = number + len(found), day - _DAY * BLOCK
    return day


def year_known(year: int) -> bool:
    """Whether the year's official arrangement is at hand; where it is not, only Monday to Friday is known."""
    if year in _LIBRARY_YEARS:
        return True
    query = sa.select(sa.func.count()).where(
        CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)), CalendarDay.kind == DayKind.OFF
    )
    return (db.session.scalar(query) or 0) >= WHOLE_NOTICE
