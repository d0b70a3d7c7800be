"""Legal working days: table over library over Monday-to-Friday."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xuncha.core.db import db
from xuncha.schedule import workdays
from xuncha.schedule.models import CalendarDay, DayKind

ANY_DAY = st.dates(date(2024, 1, 1), date(2032, 12, 31))
relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 28), True),  # a Saturday worked in exchange for Spring Festival
        (date(2026, 2, 14), True),
        (date(2026, 2, 17), False),  # New Year's Day of the lunar year, a Tuesday
        (date(2026, 10, 10), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 11), False),
        (date(2027, 1, 1), True),  # nobody announced 2027: a plain Friday
        (date(2027, 1, 2), False),
    ],
)
def test_adjusted_days_count_and_holidays_do_not(app: Flask, day: date, works: bool) -> None:
    assert workdays.is_workday(day) is works


def test_the_offices_table_goes_before_the_library_and_is_seen_at_once(app: Flask) -> None:
    day = date(2026, 11, 4)
    assert workdays.is_workday(day)
    db.session.add(CalendarDay(day=day, kind=DayKind.OFF))
    assert not workdays.is_workday(day)
    db.session.rollback()
    assert workdays.is_workday(day)


def test_a_year_is_known_from_the_library_or_from_a_whole_notice(app: Flask) -> None:
    assert workdays.year_known(2024) and workdays.year_known(2026)
    assert not workdays.year_known(2027)
    db.session.add(CalendarDay(day=date(2027, 1, 1), kind=DayKind.OFF))
    assert not workdays.year_known(2027), "one entered day is not a notice"
    db.session.add_all(CalendarDay(day=date(2027, 10, number), kind=DayKind.OFF) for number in range(1, 13))
    assert workdays.year_known(2027)


@relaxed
@given(day=ANY_DAY, number=st.integers(-90, 90).filter(bool))
def test_adding_workdays_lands_on_one_with_exactly_that_many_between(
    app: Flask, day: date, number: int
) -> None:
    landed = workdays.add_workdays(day, number)
    assert workdays.is_workday(landed)
    first, last = (day + timedelta(1), landed) if number > 0 else (landed, day - timedelta(1))
    assert len(workdays.workdays(first, last)) == abs(number)


@relaxed
@given(start=ANY_DAY, length=st.integers(9, 20))
def test_the_last_workday_has_no_workday_after_it(app: Flask, start: date, length: int) -> None:
    end = start + timedelta(length)
    last = workdays.last_workday(start, end)
    assert start <= last <= end
    assert workdays.workdays(last, end) == [last]


def test_no_workday_at_all_gives_the_end(app: Flask) -> None:
    assert workdays.last_workday(date(2026, 10, 3), date(2026, 10, 4)) == date(2026, 10, 4)


def test_the_library_is_followed_on_every_day_it_knows(app: Flask) -> None:
    every = [date(2024, 1, 1) + timedelta(step) for step in range(366 + 365 + 365)]
    assert workdays.workdays(every[0], every[-1]) == [
        day for day in every if chinese_calendar.is_workday(day)
    ]
