"""On random zones, every number is the length of its list and what plain Python counts."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stats import brute, builders
from tests.stats.histories import DAYS, START, zone
from xuncha.core.db import db
from xuncha.stats.figures import FIGURES, RATES, Figures, Period, Scope, as_data, snapshot

pytestmark = pytest.mark.usefixtures("app")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**9),
    first=st.integers(0, DAYS),
    length=st.integers(0, DAYS),
    lag=st.integers(0, 90),
)
def test_number_list_and_plain_python_agree(seed: int, first: int, length: int, lag: int) -> None:
    db.session.rollback()
    zone(random.Random(seed))
    start = START + timedelta(days=first)
    period = Period(start, start + timedelta(days=length), start + timedelta(days=lag))
    figures = Figures(period)
    expected = brute.count_all(period)
    assert {name: figures.number(name) for name in expected} == expected
    for name, figure in FIGURES.items():
        listed = db.session.scalar(sa.select(sa.func.count()).select_from(figures.rows(name).subquery()))
        assert len(figures.ids(name)) == listed
        assert figure.amount is not None or figures.number(name) == listed, name
    for name, rate in RATES.items():
        assert set(figures.ids(rate.part)) <= set(figures.ids(rate.whole)), name
        rest = figures.rest(name).with_only_columns(FIGURES[rate.part].counts.id)
        assert len(db.session.scalars(rest).all()) == figures.share(name).rest
    parts = ("hazards_closed", "found_to_verify", "found_overdue", "found_in_progress")
    assert sum(figures.number(part) for part in parts) == figures.number("hazards_found")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_shares_by_key_add_up_to_the_whole(seed: int) -> None:
    from xuncha.hazards.models import Hazard
    from xuncha.schedule.models import Task
    from xuncha.stats.queries import by_class, scores, trend

    db.session.rollback()
    zone(random.Random(seed))
    figures = Figures(Period(date(2026, 5, 1), date(2026, 7, 31), date(2026, 7, 31)))
    found = figures.number("hazards_found")
    assert sum(count for _kind, count in by_class(figures)) == found
    assert sum(share.whole for _month, share in trend(figures)) == found
    assert sum(row[1] for row in figures.by(["hazards_found"], Hazard.site_id)) == found
    assert sum(row[1] for row in figures.by(["tasks_done"], Task.supervisor_id)) == figures.number(
        "tasks_done"
    )
    for line in scores(figures):
        own = Figures(figures.period, Scope(supervisor=line.person.id))
        assert own.share("completion_rate") == line.completion
        assert own.share("on_time_rate") == line.on_time
        assert own.share("recheck_rate") == line.rechecked


def test_a_snapshot_holds_figures_ids_and_rules() -> None:
    builders.closed(date(2026, 6, 2), date(2026, 6, 9))
    figures = Figures(Period(date(2026, 6, 1), date(2026, 6, 30), date(2026, 6, 30)))
    kept = snapshot(figures)
    assert kept["figures"] == as_data(figures)
    assert kept["ids"]["hazards_closed"] == figures.ids("hazards_closed") != []
    assert kept["figures"]["rectification_rate"] == 1.0
