"""Periods, the day as of which they are counted, and what they are compared with."""

from __future__ import annotations

from datetime import date

import pytest

from xuncha.stats.period import Period, Span, add_months, from_args, of_span
from xuncha.stats.queries import change

TODAY = date(2026, 11, 24)


def d(text: str) -> date:
    return date.fromisoformat(text)


def told(first: str, last: str, as_of: str | None = None) -> Period:
    return Period.between(d(first), d(last), d(as_of) if as_of else None, today=TODAY)


def days(period: Period) -> tuple[str, str, str]:
    return period.first.isoformat(), period.last.isoformat(), period.as_of.isoformat()


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span.MONTH, "2026-11-01", "2026-11-30"),
        (Span.HALF, "2026-07-01", "2026-12-31"),
        (Span.LAST_HALF, "2026-01-01", "2026-06-30"),
        (Span.YEAR, "2026-01-01", "2026-12-31"),
    ],
)
def test_natural_periods_hold_both_their_days(span: Span, first: str, last: str) -> None:
    assert of_span(span, TODAY) == (d(first), d(last))


def test_the_last_half_year_of_spring_is_in_the_year_before() -> None:
    assert of_span(Span.LAST_HALF, d("2026-03-09")) == (d("2025-07-01"), d("2025-12-31"))


def test_a_period_is_told_as_of_its_end_or_of_today_while_it_runs() -> None:
    assert told("2026-01-01", "2026-06-30").as_of == d("2026-06-30")
    assert told("2026-07-01", "2026-12-31").as_of == TODAY
    assert told("2026-01-01", "2026-06-30", "2026-09-01").as_of == d("2026-09-01")


def test_no_day_lies_before_the_period_or_in_the_future() -> None:
    assert told("2026-07-01", "2026-12-31", "2026-12-15").as_of == TODAY
    assert told("2026-07-01", "2026-12-31", "2026-01-01").as_of == d("2026-07-01")


@pytest.mark.parametrize(
    ("period", "previous", "year_before"),
    [
        (
            told("2026-01-01", "2026-06-30"),
            ("2025-07-01", "2025-12-31", "2025-12-31"),
            ("2025-01-01", "2025-06-30", "2025-06-30"),
        ),
        (
            told("2026-07-01", "2026-12-31"),
            ("2026-01-01", "2026-06-30", "2026-05-27"),
            ("2025-07-01", "2025-12-31", "2025-11-24"),
        ),
        (
            told("2026-02-01", "2026-02-28"),
            ("2026-01-01", "2026-01-31", "2026-01-31"),
            ("2025-02-01", "2025-02-28", "2025-02-28"),
        ),
        (
            told("2026-03-10", "2026-03-19", "2026-03-22"),
            ("2026-02-28", "2026-03-09", "2026-03-12"),
            ("2025-03-10", "2025-03-19", "2025-03-22"),
        ),
    ],
)
def test_earlier_periods_are_told_after_as_many_days(
    period: Period, previous: tuple[str, ...], year_before: tuple[str, ...]
) -> None:
    assert days(period.previous) == previous
    assert days(period.year_before) == year_before


def test_the_end_of_february_stays_an_end_of_a_month() -> None:
    assert add_months(d("2027-02-28"), 12) == d("2028-02-29")
    assert add_months(d("2028-02-29"), -12) == d("2027-02-28")


def test_a_short_period_is_led_up_to_and_a_long_one_cut() -> None:
    month = told("2026-11-01", "2026-11-30").months()
    assert [one.first.month for one in month] == [6, 7, 8, 9, 10, 11]
    half = told("2026-01-15", "2026-06-20").months()
    assert (half[0].first, half[-1].last, len(half)) == (d("2026-01-15"), d("2026-06-20"), 6)
    assert len(told("2020-01-01", "2026-10-31").months()) == 12


def test_an_address_names_a_span_or_days() -> None:
    assert from_args({"period": "month"}, TODAY)[0] is Span.MONTH
    assert from_args({}, TODAY)[0] is Span.HALF
    assert from_args({"from": "2026-01-01", "to": "2026-06-30"}, TODAY)[0] is Span.LAST_HALF
    span, period = from_args({"from": "2026-06-30", "to": "2026-02-03", "as_of": "x"}, TODAY)
    assert span is Span.CUSTOM
    assert days(period) == ("2026-02-03", "2026-06-30", "2026-06-30")
    assert from_args({"from": "0001-01-01", "to": "9999-12-31", "period": "?"}, TODAY)[0] is Span.HALF


def test_rates_compare_in_points_numbers_in_percent_and_nothing_with_nought() -> None:
    assert change(0.8, 0.75, points=True).value == pytest.approx(0.05)
    assert change(120, 100, points=False).value == pytest.approx(0.2)
    assert change(5, 0, points=False).value is None
    assert change(None, 0.5, points=True).value is None
    assert change(0.5, 0.0, points=True).value == 0.5
