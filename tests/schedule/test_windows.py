"""The half-months: two a month, no day without one, whatever the month's length."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuncha.core.clock import local_day
from xuncha.schedule.lifecycle import TaskState, state_on, window_of, windows_between, windows_of

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize("year", range(2024, 2033))
def test_a_year_has_exactly_two_windows_a_month_without_gap(year: int) -> None:
    windows = windows_between(date(year, 1, 1), date(year, 12, 31))
    assert [(one.start.month, one.start.day) for one in windows] == [
        (month, day) for month in range(1, 13) for day in (1, 16)
    ]
    for one, following in pairwise(windows):
        assert one.end + timedelta(1) == following.start
        assert one.next == following
        assert following.previous == one
    assert windows[0].start == date(year, 1, 1)
    assert windows[-1].end == date(year, 12, 31)


def test_february_ends_on_the_29th_in_leap_years_only() -> None:
    assert windows_of(2024, 2)[1].end == windows_of(2028, 2)[1].end.replace(year=2024) == date(2024, 2, 29)
    assert windows_of(2026, 2)[1].end == date(2026, 2, 28)
    assert window_of(date(2028, 2, 29)).start == date(2028, 2, 16)


@given(DAYS)
def test_every_day_lies_in_its_window(day: date) -> None:
    window = window_of(day)
    assert window.start <= day <= window.end
    assert window in windows_of(day.year, day.month)


@given(DAYS)
def test_the_first_half_can_be_made_up_until_the_months_end_the_second_until_the_15th(day: date) -> None:
    window = window_of(day)
    until = window.make_up_until
    if window.is_first_half:
        assert (until.year, until.month, (until + timedelta(1)).day) == (day.year, day.month, 1)
    else:
        assert until.day == 15
        assert (until - window.end).days == 15


@pytest.mark.parametrize(
    ("moment", "start"),
    [
        (datetime(2026, 11, 15, 15, 59, 59, tzinfo=UTC), date(2026, 11, 1)),  # 23:59:59 in the zone
        (datetime(2026, 11, 15, 16, 0, 0, tzinfo=UTC), date(2026, 11, 16)),  # 00:00 of the 16th
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), date(2026, 12, 16)),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2028, 2, 29, 15, 59, 59, tzinfo=UTC), date(2028, 2, 16)),
        (datetime(2028, 2, 29, 16, 0, 0, tzinfo=UTC), date(2028, 3, 1)),
    ],
)
def test_windows_change_at_midnight_in_the_zone(moment: datetime, start: date) -> None:
    assert window_of(local_day(moment)).start == start


FIRST, DUE, END = date(2026, 11, 1), date(2026, 11, 13), date(2026, 11, 15)


@pytest.mark.parametrize(
    ("day", "done_on", "excused", "state"),
    [
        (date(2026, 11, 13), None, False, TaskState.DUE),
        (date(2026, 11, 14), None, False, TaskState.LATE),
        (date(2026, 11, 30), None, False, TaskState.LATE),
        (date(2026, 12, 1), None, False, TaskState.MISSED),
        (date(2026, 12, 1), END, False, TaskState.DONE),
        (date(2026, 12, 1), date(2026, 11, 16), False, TaskState.DONE_LATE),
        (date(2026, 12, 1), None, True, TaskState.EXCUSED),
        (date(2026, 12, 1), END, True, TaskState.DONE),
        (date(2026, 12, 1), date(2026, 11, 16), True, TaskState.EXCUSED),
        (date(2026, 11, 5), date(2026, 11, 6), False, TaskState.DUE),  # as of a day before it was done
    ],
)
def test_a_task_stands_where_the_day_puts_it(
    day: date, done_on: date | None, excused: bool, state: TaskState
) -> None:
    assert state_on(day, window_end=END, due_on=DUE, done_on=done_on, excused=excused) is state
