"""On random zones, every number is the length of its list and what plain Python counts."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stats import brute, builders
from xuncha.checks.models import VisitKind
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Grade, Source
from xuncha.stats.figures import FIGURES, RATES, Figures, Period, Scope, as_data, snapshot

START = date(2026, 4, 20)
DAYS = 75
SITES = ("huaxin", "lifeng", "minghe", "oldmill")
PEOPLE = ("wang", "zhao", "chen", "expert")

pytestmark = pytest.mark.usefixtures("app")


def _life(dice: random.Random, found: builders.Found) -> None:
    """Random steps, one after the other, at random hours of later and later days."""
    moment = found.events[-1].at
    for _step in range(dice.randrange(6)):
        moment += timedelta(hours=dice.choice([1, 9, 24, 70, 200]))
        day = moment.date()
        after = {
            "draft": [Act.FIX_ON_SPOT, Act.ISSUE, Act.VOID],
            "reported_done": [Act.VERIFY, Act.SEND_BACK, Act.VERIFY],
            "closed": [Act.REOPEN],
            "verified": [Act.APPROVE_CLOSURE],
            "void": [],
            "referred": [],
        }.get(
            found.hazard.state.value,
            [Act.REPORT_DONE, Act.REPORT_DONE, Act.VERIFY, Act.SEND_BACK, Act.GRANT_EXTENSION],
        )
        if not after:
            return
        act = dice.choice(after)
        moves = act in (Act.SEND_BACK, Act.REOPEN, Act.GRANT_EXTENSION)
        found.then(act, moment, due_on=day + timedelta(days=dice.randrange(20)) if moves else None)


def _zone(dice: random.Random) -> None:
    days = brute.span(START, DAYS)
    checks = []
    for _visit in range(dice.randrange(30)):
        kind, replaces = dice.choice(list(VisitKind)), None
        if checks and dice.random() < 0.2:
            replaces = checks.pop(dice.randrange(len(checks)))
        checks.append(
            builders.visit(dice.choice(days), dice.choice(SITES), dice.choice(PEOPLE), kind, replaces)
        )
    for _hazard in range(dice.randrange(25)):
        day = dice.choice(days)
        found = builders.hazard(
            day,
            dice.choice(SITES),
            dice.choice(PEOPLE),
            due_on=day + timedelta(days=dice.randrange(25)),
            source=dice.choice([Source.ROUTINE, Source.EXPERT]),
            grade=dice.choice([Grade.GENERAL, Grade.GENERAL, Grade.MAJOR]),
            when=at(day, dice.choice([0, 9, 23]), dice.choice([0, 59])),
        )
        _life(dice, found)
    for site in SITES[:3]:
        for start in (date(2026, 5, 1), date(2026, 5, 16), date(2026, 6, 1), date(2026, 6, 16)):
            task = builders.task(start, site, dice.choice(PEOPLE[:3]))
            task.done_on = dice.choice([None, start + timedelta(days=dice.randrange(30))])
            if dice.random() < 0.2:
                builders.excuse(task, at(start + timedelta(days=dice.randrange(25)), 9), dice.random() < 0.7)
    for _training in range(dice.randrange(4)):
        heads = tuple(dice.randrange(90) for _group in range(dice.randrange(1, 4)))
        builders.training(dice.choice(days), heads, heads[1:], void=dice.random() < 0.2)
    db.session.flush()
    db.session.expire_all()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**9),
    first=st.integers(0, DAYS),
    length=st.integers(0, DAYS),
    lag=st.integers(0, 90),
)
def test_number_list_and_plain_python_agree(seed: int, first: int, length: int, lag: int) -> None:
    db.session.rollback()
    _zone(random.Random(seed))
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
    _zone(random.Random(seed))
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
