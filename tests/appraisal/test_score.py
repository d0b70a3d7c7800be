"""The score is made of shares, less what is deducted for false records: no count can be weighed, more of it raises none."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests import cast
from tests.appraisal import halves
from tests.stats import builders
from tests.stats.histories import DAYS, START, zone

from xuncha.accounts.models import User
from xuncha.appraisal.deductions import (
    appeal,
    decide,
    decide_appeal,
    record_false,
    state_view,
    withdraw,
)
from xuncha.appraisal.models import Deduction
from xuncha.appraisal.queries import appraise
from xuncha.appraisal.score import COMPONENTS, Component, Line, Score, taken_off
from xuncha.campaigns.models import CaseKind, CaseOutcome, IllegalCase
from xuncha.checks.models import Check, VisitKind
from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.core.settings import WEIGHTS
from xuncha.stats.figures import FIGURES, RATES, Period, Share
from xuncha.trainings.models import Training

SHARES = st.lists(
    st.integers(0, 40).flatmap(lambda whole: st.builds(Share, st.integers(0, whole), st.just(whole))),
    min_size=len(COMPONENTS),
    max_size=len(COMPONENTS),
)
WEIGHED = st.lists(st.integers(0, 40), min_size=len(COMPONENTS), max_size=len(COMPONENTS))


def score(weights: list[int], shares: list[Share]) -> int | None:
    rows = zip(COMPONENTS, weights, shares, strict=True)
    return Score([Line(*row) for row in rows], planned=10, fewest=1).tenths


@pytest.mark.parametrize("name", FIGURES)
def test_no_number_can_be_a_component(name: str) -> None:
    with pytest.raises(ValueError, match="a count is never rewarded"):
        Component("completion", name)


@pytest.mark.parametrize("name", RATES)
def test_no_rate_of_visits_cases_or_trainings_can_be_a_component(name: str) -> None:
    counted = FIGURES[RATES[name].whole].counts
    if counted in (Check, IllegalCase, Training):
        with pytest.raises(ValueError, match="a count is never rewarded"):
            Component("completion", name)
    assert {one.of for one in COMPONENTS} <= RATES.keys()
    assert not {FIGURES[one.rate.whole].counts for one in COMPONENTS} & {Check, IllegalCase, Training}


def test_only_components_have_a_weight() -> None:
    assert set(WEIGHTS) == {one.setting for one in COMPONENTS}
    assert sum(map(int, WEIGHTS.values())) == 100
    with pytest.raises(ValueError, match="no weight"):
        Component("visits", "completion_rate")


@given(weights=WEIGHED, shares=SHARES, times=st.integers(2, 9))
def test_twice_as_much_equally_well_done_is_the_same_score(
    weights: list[int], shares: list[Share], times: int
) -> None:
    more = [Share(one.part * times, one.whole * times) for one in shares]
    assert score(weights, more) == score(weights, shares)


@given(
    weights=WEIGHED,
    shares=SHARES,
    at=st.integers(0, len(COMPONENTS) - 1),
    more=st.integers(1, 30),
    worse=st.integers(0, 30),
)
def test_more_that_is_done_no_better_raises_nothing(
    weights: list[int], shares: list[Share], at: int, more: int, worse: int
) -> None:
    old = shares[at]
    assume(old.whole)
    part = max(0, more * old.part // old.whole - worse)
    grown = [*shares[:at], Share(old.part + part, old.whole + more), *shares[at + 1 :]]
    before, after = score(weights, shares), score(weights, grown)
    assert before is None or (after is not None and after <= before)


@given(weights=WEIGHED, shares=SHARES, at=st.integers(0, len(COMPONENTS) - 1), credited=st.integers(0, 60))
def test_a_credit_never_lowers_and_never_passes_the_whole(
    weights: list[int], shares: list[Share], at: int, credited: int
) -> None:
    line = Line(COMPONENTS[at], weights[at], shares[at], credited)
    assert shares[at].part <= line.counted.part <= line.counted.whole == shares[at].whole
    found = score(weights, shares)
    assert found is None or 0 <= found <= 1000


def test_a_score_by_hand() -> None:
    shares = [Share(*halves.COUNTED[one.name]) for one in COMPONENTS]
    assert score([30, 20, 15, 15, 10, 10], shares) == 881
    assert score([0] * 6, shares) is None
    assert score([30, 20, 15, 15, 10, 10], [Share(0, 0)] * 6) is None


@given(
    whole=st.integers(0, 40),
    done=st.integers(0, 40),
    points=st.lists(st.integers(0, 20), max_size=6),
    most=st.integers(1, 100),
)
def test_deductions_only_lower_and_never_by_more_than_the_most(
    whole: int, done: int, points: list[int], most: int
) -> None:
    lines = [Line(COMPONENTS[0], 100, Share(min(done, whole), whole))]
    before = Score(lines, planned=10, fewest=1).tenths
    after = Score(lines, 10, 1, taken_off(points, most)).tenths
    fewer = Score(lines, 10, 1, taken_off(points[1:], most)).tenths
    assert Score(lines, 10, 20, taken_off(points, most)).tenths is None
    if before is None or after is None or fewer is None:
        assert before is after is fewer is None
        return
    assert max(0, before - 10 * most) <= after <= fewer <= before
    assert after == max(0, before - 10 * min(sum(points), most))


def everybodys(period: Period) -> dict[str, tuple[int | None, list[Share]]]:
    people = db.session.scalars(sa.select(User).where(User.username.in_(("wang", "zhao", "chen")))).all()
    return {
        one.person.username: (one.score.tenths, [line.counted for line in one.score.lines])
        for one in appraise(people, period)
    }


@pytest.mark.usefixtures("app")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**9), visits=st.integers(0, 12), hazards=st.integers(0, 8), cases=st.integers(0, 4)
)
def test_more_visits_hazards_and_fines_raise_no_score(
    seed: int, visits: int, hazards: int, cases: int
) -> None:
    db.session.rollback()
    dice = random.Random(seed)
    zone(dice)
    last = START + timedelta(days=DAYS)
    period = Period(date(2026, 5, 1), date(2026, 6, 30), last)
    # As many false records as may be; the points taken off depend on nothing that follows.
    struck = len([one for _time in range(dice.randrange(3)) for one in deduct(dice)])
    before = everybodys(period)
    for number in range(visits + hazards + cases):
        who, place = dice.choice((("wang", "huaxin"), ("zhao", "lifeng"), ("chen", "minghe")))
        day = period.first + timedelta(days=dice.randrange(50))
        if number < visits:
            builders.visit(day, place, who, dice.choice(list(VisitKind)))
        elif number < visits + hazards:
            # Found and mended at once, or just found: neither was answered for yet.
            if dice.random() < 0.5:
                halves.on_the_spot(day, who, place)
            else:
                builders.hazard(day, place, who, due_on=last + timedelta(days=9))
        else:
            outcome = dice.choice([one for one in CaseOutcome if one is not CaseOutcome.PENDING])
            builders.case(dice.choice(list(CaseKind)), outcome, day, who)
    db.session.flush()
    assert everybodys(period) == before
    assert db.session.scalar(sa.select(sa.func.count(Deduction.id))) == struck


def deduct(dice: random.Random) -> list[Deduction]:
    """A deduction of somebody for one of his checks, decided by the leader; none where none of his checks is left."""
    who = db.session.scalars(
        sa.select(User).where(User.username == dice.choice(("wang", "zhao", "chen")))
    ).one()
    admin, leader = (
        db.session.get_one(User, builders.number("admin")),
        db.session.get_one(User, builders.number("leader")),
    )
    struck = sa.select(Deduction.record)  # a corrected check keeps its number
    checks = sa.select(Check).where(
        Check.inspector_id == who.id,
        Check.visited_on >= date(2026, 5, 1),
        Check.visited_on <= date(2026, 6, 30),
    )
    check = db.session.scalars(checks.where(Check.number.not_in(struck)).order_by(Check.id)).first()
    if check is None:
        return []
    words = {"reason": "x", "evidence": "y"}
    made = record_false(who, check.number, found_on=cast.NOW.date(), **words, actor=admin, now=cast.NOW)
    state_view(made, "z", actor=who, now=cast.NOW)
    return [decide(made, True, "z", actor=leader, now=cast.NOW)]


@pytest.mark.usefixtures("app")
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), times=st.integers(1, 6), on_appeal=st.booleans())
def test_a_withdrawn_deduction_leaves_its_trace_in_the_history_alone(
    seed: int, times: int, on_appeal: bool
) -> None:
    db.session.rollback()
    dice = random.Random(seed)
    zone(dice)
    period = Period(date(2026, 5, 1), date(2026, 6, 30), START + timedelta(days=DAYS))
    before = everybodys(period)
    leader = db.session.get_one(User, builders.number("leader"))
    made = [one for _time in range(times) for one in deduct(dice)]
    lowered = everybodys(period)
    assert all(
        now is None or now <= (was or 0)
        for (was, _), (now, _) in zip(before.values(), lowered.values(), strict=True)
    )
    for one in made:
        if on_appeal:
            appeal(one, "x", "y", actor=one.person, now=cast.NOW)
            decide_appeal(one, True, "z", actor=leader, now=cast.NOW)
        else:
            withdraw(one, "z", actor=leader, now=cast.NOW)
    assert everybodys(period) == before
    rows = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.thing == "deductions")).all()
    steps = ["record", "state", "decide", *(["appeal", "accept_appeal"] if on_appeal else ["withdraw"])]
    assert sorted(row.action for row in rows) == sorted(steps * len(made))
