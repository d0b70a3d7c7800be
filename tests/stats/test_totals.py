"""The kept changes say what plain counting says: for whole months and any days, after every kind of change."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask_migrate import downgrade, upgrade
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import cast
from tests.conftest import build
from tests.stats import brute, builders
from tests.stats.histories import PEOPLE, START, zone
from tests.sync.phones import Browser
from xuncha.checklists.models import HazardClass
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.enterprises.models import Assignment
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard
from xuncha.stats.figures import FIGURES, Figures, Period, Scope, as_data
from xuncha.stats.totals import rebuild
from xuncha.stats.totals.models import FOREVER
from xuncha.stats.totals.spans import Event, spans_of

MONTHS = (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1))


def whole_months(dice: random.Random) -> Period:
    """Some months, counted as of any day from their first on."""
    first, last = sorted(dice.sample(MONTHS, 2))
    return Period(first, last - timedelta(days=1), first + timedelta(days=dice.randrange(130)))


def held_by(hazard: Hazard, day: date) -> int | None:
    """Who held a hazard's site on a day, read plainly."""
    lines = db.session.scalars(sa.select(Assignment).where(Assignment.site_id == hazard.site_id)).all()
    holding = [one for one in lines if one.from_on <= day and (one.until_on is None or day < one.until_on)]
    return max(holding, key=lambda one: one.from_on).supervisor_id if holding else None


def demand_numbers(figures: Figures, names: list[str], expected: dict[str, int]) -> None:
    """The figures have these numbers."""
    assert {name: figures.number(name) for name in names} == {name: expected[name] for name in names}


def demand_agreement(period: Period, kind: HazardClass, person: int) -> None:
    """Of the whole zone, of a class and of a supervisor's sites, each number is what plain Python counts."""
    expected = brute.count_all(period)
    of_hazards = [name for name in expected if FIGURES[name].counts is Hazard]
    demand_numbers(Figures(period), list(expected), expected)
    of_class = brute.count_all(period, lambda hazard: hazard.hazard_class is kind)
    demand_numbers(Figures(period, Scope(hazard_class=kind)), of_hazards, of_class)
    held = brute.count_all(period, lambda hazard: held_by(hazard, period.as_of) == person)
    demand_numbers(Figures(period, Scope(supervisor=person)), of_hazards, held)


def demand_model(seed: int) -> None:
    """On a random zone every way to ask agrees, and nothing is other than a rebuild makes it."""
    dice = random.Random(seed)
    zone(dice)
    for _question in range(3):
        kind = dice.choice(list(HazardClass)[:3])
        demand_agreement(whole_months(dice), kind, builders.number(dice.choice(PEOPLE[:3])))
    assert list(rebuild.rebuild(db.session.connection())) == []


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_figures_of_months_are_what_plain_python_counts(app: Flask, seed: int) -> None:
    db.session.rollback()
    demand_model(seed)


STEPS = st.tuples(
    st.sampled_from(list(Act)), st.sampled_from(list(State)), st.integers(0, 100), st.integers(0, 20)
)


@settings(max_examples=1000, deadline=None)
@given(steps=st.lists(STEPS, max_size=8), due=st.none() | st.integers(0, 40))
def test_spans_follow_each_other_and_say_how_it_stood(
    steps: list[tuple[Act, State, int, int]], due: int | None
) -> None:
    due_on = None if due is None else START + timedelta(days=due)
    hazard = Hazard(found_on=START, original_due_on=due_on)
    moment, before = at(START, 10), None
    for act, state, hours, days in steps:
        moment += timedelta(hours=hours)
        moved = None if days > 15 else moment.date() + timedelta(days=days)
        hazard.events.append(
            builders.HazardEvent(at=moment, act=act, from_state=before, to_state=state, due_on=moved)
        )
        before = state
    events = [Event(one.at, one.act, one.from_state, one.to_state, one.due_on) for one in hazard.events]
    spans = spans_of(START, due_on, events)
    assert (spans[0].from_on, spans[-1].until_on) == (START, FOREVER)
    assert all(
        one.until_on == next_.from_on and one.standing != next_.standing for one, next_ in pairwise(spans)
    )
    for offset in range(60):
        day = START + timedelta(days=offset)
        then = brute.Then(hazard, day)
        now = next(one.standing for one in spans if one.from_on <= day < one.until_on)
        due_then = then.valid_due_on
        assert (now.state, now.due_on) == (then.state, due_then)
        assert (now.due, now.past_due) == (
            bool(due_then and due_then <= day),
            bool(due_then and due_then < day),
        )
        assert (now.fixed_on_spot, now.major, now.done_in_time) == (then.spot, then.major, then.in_time)
        assert now.looked_at == bool(brute.LOOKED & set(then.acts))
        assert now.reported == (Act.REPORT_DONE in then.acts)
    assert sum(one.until_on > START for one in spans) == len(spans)


def test_the_demo_zone_has_every_figure_of_every_month_end(demo: Flask) -> None:
    """Read from the kept changes, and counted from rows and events."""
    first, counted = date(2025, 12, 1), 0
    for number in range(12):
        year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
        begins = date(year, month + 1, 1)
        ends = (begins + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        for starts in {begins, date(begins.year, 1 if begins.month < 7 else 7, 1)}:
            period = Period(starts, ends, ends)
            expected = brute.count_all(period)
            assert {name: Figures(period).number(name) for name in expected} == expected, period
            counted += sum(expected.values())
    assert counted > 1000
    assert list(rebuild.rebuild(db.session.connection())) == []
    db.session.rollback()


@pytest.fixture
def demo(demo_zone: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on a copy of the demo zone."""
    shutil.copy(demo_zone / "xuncha.db", tmp_path / "xuncha.db")
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def run(app: Flask, *words: str) -> Result:
    db.session.commit()
    return app.test_cli_runner().invoke(args=list(words))


def test_rebuild_prints_what_was_wrong_and_mends_it(app: Flask) -> None:
    builders.closed(date(2026, 6, 2), date(2026, 6, 9))
    assert run(app, "figures", "rebuild").output == "0 differences\n"
    db.session.execute(sa.text("UPDATE hazard_spans SET state = 'open' WHERE state = 'closed'"))
    db.session.execute(
        sa.text("UPDATE figure_changes SET amount = 5 WHERE figure = 'hazards_found' AND \"by\" = ''")
    )
    db.session.execute(sa.text("DELETE FROM figure_changes WHERE figure = 'hazards_closed' AND \"by\" = ''"))
    assert "FAULT figures: hazard 1:" in run(app, "doctor").output
    told = run(app, "figures", "rebuild")
    assert told.exit_code == 1
    lines = told.output.splitlines()
    assert any(line.startswith("hazard 1: ") for line in lines)
    assert "hazards_found day 2026-06-02 2026-06-01: 5, should be 1" in lines
    assert "hazards_closed month 2026-06-01 2026-06-01: 0, should be 1" in lines
    assert lines[-1] == f"{len(lines) - 1} differences"
    assert run(app, "figures", "rebuild").exit_code == 0
    assert "ok    figures" in run(app, "doctor").output


def test_a_database_of_an_earlier_release_gets_its_figures(app: Flask) -> None:
    builders.closed(date(2026, 6, 2), date(2026, 6, 9))
    builders.visit(date(2026, 6, 2))
    builders.task(date(2026, 6, 1), done_on=date(2026, 6, 2))
    db.session.commit()
    period = Period(date(2026, 1, 1), date(2026, 6, 30), date(2026, 6, 30))
    before = as_data(Figures(period))
    assert (before["hazards_closed"], before["visits"], before["tasks_done"]) == (1, 1, 1)
    db.session.remove()
    downgrade(revision="0010")
    assert not sa.inspect(db.engine).has_table("figure_changes")
    upgrade()
    assert as_data(Figures(period)) == before
    assert list(rebuild.rebuild(db.session.connection())) == []


def test_an_excuse_decided_twice_counts_once(app: Flask, as_user: Browser) -> None:
    from xuncha.core.errors import ActedFirst
    from xuncha.schedule.excuses import decide_excuse
    from xuncha.schedule.models import Excuse

    row = builders.task(date(2026, 6, 1))
    builders.excuse(row, at(date(2026, 6, 10), 9), accepted=True)
    excuse = db.session.scalars(sa.select(Excuse)).one()
    with pytest.raises(ActedFirst):
        decide_excuse(excuse, accept=True, actor=builders.person("lin"), now=cast.NOW)
    assert (
        Figures(Period(date(2026, 6, 1), date(2026, 6, 30), date(2026, 6, 30))).number("tasks_excused") == 1
    )


KEY_OF_SUMS = re.compile("USING PRIMARY KEY|using pk_figure_changes")


def steps_of(text: str, given: object) -> list[str]:
    """How the database looks into the sums, a line a look."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given)]
        else:
            # A table as small as here it would read from end to end.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
            lines = connection.exec_driver_sql(f"EXPLAIN {text}", given).scalars()
            plan = [line for line in lines if "Scan" in line]
    return [line for line in plan if "figure_changes" in line]


def test_the_dashboard_is_few_statements_that_use_keys(app: Flask, as_user: Browser) -> None:
    zone(random.Random(7))
    db.session.commit()
    found: list[tuple[str, object]] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *given: found.append((given[2], given[3])))
    browser = as_user("leader")
    for _look in range(2):
        found.clear()
        assert browser.get("/figures?from=2026-01-01&to=2026-06-30").status_code == 200
    first_steps = 9  # the panel of a zone that has just begun
    assert len(found) <= 32 + first_steps, [one[0] for one in found]
    sums = [one for one in found if "figure_changes" in one[0]]
    assert sums
    for text, values in sums:
        steps = steps_of(text, values)
        assert steps and all(KEY_OF_SUMS.search(step) for step in steps), steps


def test_a_check_set_aside_and_taken_back_keeps_the_figures_true(app: Flask) -> None:
    from xuncha.checks.models import SetAside

    june = Period(date(2026, 6, 1), date(2026, 6, 30), date(2026, 6, 30))
    check = builders.visit(date(2026, 6, 2))
    assert Figures(june).number("visits") == 1
    check.set_aside = SetAside(by_id=builders.number("lin"), at=cast.NOW, reason="重复")
    db.session.flush()
    assert Figures(june).number("visits") == 0
    check.set_aside = None
    db.session.flush()
    assert Figures(june).number("visits") == 1
    assert list(rebuild.rebuild(db.session.connection())) == []
