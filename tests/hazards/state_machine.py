"""A hazard under every act by every person in any order, and what must hold whatever they try (C1, L1, S6, the figures)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.hazards.builders import BROUGHT, NOW, WITH_PHOTO, draft, person, photo
from tests.hazards.test_transitions import PEOPLE
from tests.stats import brute

from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.hazards import rules
from xuncha.hazards.actions import issue_notice, step
from xuncha.hazards.lifecycle import BESIDE, Act, State
from xuncha.hazards.models import Grade, Hazard, HazardEvent
from xuncha.stats.figures import FIGURES, Figures, Period
from xuncha.stats.totals import rebuild

BY_THE_SYSTEM = {Act.FIND, Act.FIX_ON_SPOT, Act.ESCALATE}
MOVES_THE_DATE = {Act.FIND, Act.GRANT_EXTENSION, Act.SEND_BACK, Act.REOPEN, Act.ACCEPT_PLAN}
ENDS = {Act.VOID, Act.REFER, Act.MERGE}
ENTERPRISE = {"officer", "principal", "stranger"}
LONG_AGO = date(2020, 1, 1)


class HazardMachine(RuleBasedStateMachine):
    """One hazard of Huaxin; a rule tries a step, and what was refused must have changed nothing."""

    number: int
    moment: datetime
    serial = 0

    @initialize(suspected=st.booleans())
    def find(self, suspected: bool) -> None:
        """A visit finds it."""
        db.session.rollback()
        more = {"suspected_major": True, "major_criterion": "判定标准第三条"} if suspected else {}
        self.number = draft(**more).id
        self.moment = NOW

    @rule(
        act=st.sampled_from(sorted({*Act} - BY_THE_SYSTEM)),
        who=st.sampled_from(PEOPLE),
        hours=st.integers(0, 120),
    )
    def try_anything(self, act: Act, who: str, hours: int) -> None:
        """Somebody tries a step, mostly one that is not open to him."""
        self.attempt(act, who, hours)

    @rule(order=st.permutations(PEOPLE), pick=st.integers(0, 11), hours=st.integers(0, 120))
    def go_on(self, order: list[str], pick: int, hours: int) -> None:
        """The first person who has a button takes one of his steps: so histories get long."""
        hazard, day = self.hazard(), local_day(self.moment)
        for who in order:
            acts = [one.act for one in rules.possible(person(who), hazard, day)]
            if further := [act for act in acts if act not in {*BESIDE, *ENDS}]:
                self.attempt(further[pick % len(further)], who, hours)
                return

    def attempt(self, act: Act, who: str, hours: int) -> None:
        """Try a step some hours later: it is taken, with its line of history, or changes nothing."""
        self.moment += timedelta(hours=hours)
        hazard = self.hazard()
        before = self.facts(hazard)
        try:
            self.step(hazard, act, who)
            db.session.commit()
        except Refused as problem:
            db.session.rollback()
            assert str(problem)
            assert self.facts(self.hazard()) == before
        else:
            self.demand_one_event(act, who, before)

    @invariant()
    def history_is_a_chain(self) -> None:
        """Each event begins where the one before ended; only some acts move the date; no closing follows a closing."""
        events = self.hazard().events
        for one, later in pairwise(events):
            assert later.from_state is one.to_state
            assert later.at >= one.at
            assert later.act in MOVES_THE_DATE or later.due_on == one.due_on or one.act is Act.FIND
            closes = one.to_state is State.CLOSED and one.from_state is not State.CLOSED
            assert not closes or later.from_state is State.CLOSED

    @invariant()
    def nobody_judges_his_own_work(self) -> None:
        """Who reports does not verify; who verifies does not approve; the enterprise closes nothing."""
        hazard = self.hazard()
        closing = [
            one
            for one in hazard.events
            if one.to_state is State.CLOSED and one.from_state is not State.CLOSED
        ]
        assert not any(one.actor_id in {person(name).id for name in ENTERPRISE} for one in closing)
        for one, later in pairwise(hazard.events):
            if later.act is Act.APPROVE_CLOSURE:
                passed = [
                    event
                    for event in hazard.events
                    if event.to_state is State.VERIFIED is not event.from_state and event.id < later.id
                ][-1]
                assert later.actor_id not in {passed.actor_id, hazard.reported_by_id}
            if later.act is Act.VERIFY and one.act is Act.REPORT_DONE:
                assert later.actor_id != one.actor_id
        if hazard.state is State.CLOSED and hazard.grade is not Grade.GENERAL:
            assert any(one.act in {Act.APPROVE_CLOSURE, Act.CLOSE_REFERRED} for one in hazard.events)

    def teardown(self) -> None:
        """The figures are what plain counting says, a rebuild finds no difference, and the history cannot be changed."""
        db.session.rollback()
        if not hasattr(self, "number"):
            return
        period = Period(LONG_AGO, local_day(self.moment), local_day(self.moment))
        expected = brute.count_all(period)
        assert {name: Figures(period).number(name) for name in expected if name in FIGURES} == expected
        assert list(rebuild.rebuild(db.session.connection())) == []
        db.session.rollback()
        for statement in (sa.delete(HazardEvent), sa.update(HazardEvent).values(actor_name="anybody")):
            with pytest.raises((sa.exc.IntegrityError, sa.exc.DBAPIError)):
                db.session.execute(statement.where(HazardEvent.hazard_id == self.number))
            db.session.rollback()

    def hazard(self) -> Hazard:
        """The hazard as it stands in the database."""
        db.session.expire_all()
        return db.session.get_one(Hazard, self.number)

    def step(self, hazard: Hazard, act: Act, who: str) -> None:
        """The step with all that it needs, dates as of the moment."""
        actor, now = person(who), self.moment
        if act is Act.ISSUE:
            assert hazard.check is not None
            issue_notice(hazard.check, actor=actor, now=now)
            return
        brought: dict[str, Any] = dict(BROUGHT.get(act, {}))
        for name in {"due_on", "deadline"} & brought.keys():
            brought[name] = max(local_day(now), hazard.due_on or LONG_AGO) + timedelta(days=9)
        HazardMachine.serial += 1
        photos = [photo(HazardMachine.serial)] if act in WITH_PHOTO else []
        hazard = self.hazard()
        step(hazard, act, actor=actor, now=now, brought=brought, photos=photos)

    def facts(self, hazard: Hazard) -> tuple[Any, ...]:
        """What a refused step must leave as it was."""
        columns = {column.key: getattr(hazard, column.key) for column in sa.inspect(Hazard).column_attrs}
        rows = [(one.id, one.act, one.to_state, one.due_on) for one in hazard.events]
        return columns, rows, len(hazard.photos), len(hazard.extensions), len(hazard.plans)

    def demand_one_event(self, act: Act, who: str, before: tuple[Any, ...]) -> None:
        """One line more: who, when, what, from which state to which."""
        hazard = self.hazard()
        event = hazard.events[-1]
        assert len(hazard.events) == len(before[1]) + 1
        assert (event.act, event.actor_id, event.at) == (act, person(who).id, self.moment)
        assert event.actor_name == person(who).name
        assert (event.from_state, event.to_state) == (before[0]["state"], hazard.state)


def machine_settings(examples: int) -> settings:
    """So many histories of up to 25 tries each."""
    return settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
