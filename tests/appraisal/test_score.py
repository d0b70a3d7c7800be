"""The score is made of shares alone: no count can be weighed, and more visits, hazards or fines raise nobody's score."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.appraisal import halves
from tests.stats import builders
from tests.stats.histories import DAYS, START, zone

from xuncha.accounts.models import User
from xuncha.appraisal.queries import appraise
from xuncha.appraisal.score import COMPONENTS, Component, Line, Score
from xuncha.campaigns.models import CaseKind, CaseOutcome, IllegalCase
from xuncha.checks.models import Check, VisitKind
from xuncha.core.db import db
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
