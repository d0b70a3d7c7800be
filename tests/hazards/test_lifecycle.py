"""A hazard's life at random: whatever people try, in whatever order, what is written holds together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.hazards import builders

from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.hazards.actions import step
from xuncha.hazards.lifecycle import STEPS, Act, State, step_of, steps_from
from xuncha.hazards.models import Grade, Hazard

PEOPLE = st.sampled_from(["admin", "leader", "lin", "wang", "expert", "officer", "principal", "chen"])
BROUGHT = builders.BROUGHT


class Life(RuleBasedStateMachine):
    """One hazard; steps by anybody at any later moment, allowed or not."""

    @initialize(suspected=st.booleans(), on_spot=st.booleans())
    def found(self, suspected: bool, on_spot: bool) -> None:
        db.session.rollback()
        self.now = builders.NOW
        self.photos = [builders.photo(200)]
        after = [{"sha256": photo.sha256} for photo in self.photos] if on_spot else []
        found = builders.draft(suspected_major=suspected, fixed_on_spot=on_spot, after=after)
        self.number = found.id

    @property
    def hazard(self) -> Hazard:
        return db.session.get_one(Hazard, self.number)

    @rule(
        act=st.sampled_from([row.act for row in STEPS]),
        name=PEOPLE,
        days=st.integers(0, 3),
        shift=st.integers(-5, 40),
    )
    def tries(self, act: Act, name: str, days: int, shift: int) -> None:
        self._try(act, name, days, shift)

    @rule(choice=st.integers(0, 30), days=st.integers(0, 3))
    def goes_on(self, choice: int, days: int) -> None:
        """What may follow, by who usually does it: hazards get somewhere."""
        acts = [row.act for row in steps_from(self.hazard.state)]
        if acts:
            act = acts[choice % len(acts)]
            self._try(act, builders.USUAL.get(act, "wang"), days, 20)

    def _try(self, act: Act, name: str, days: int, shift: int) -> None:
        self.now += timedelta(days=days, minutes=1)
        before = self.hazard.state
        written = len(self.hazard.events)
        brought = dict(BROUGHT.get(act, {}))
        if "due_on" in brought:
            brought["due_on"] = builders.day(shift)
        photos = self.photos if "photos" in step_of(act).brings else []
        try:
            step(self.hazard, act, actor=builders.person(name), now=self.now, brought=brought, photos=photos)
            db.session.commit()
        except Refused:
            db.session.rollback()
            assert (self.hazard.state, len(self.hazard.events)) == (before, written)
        else:
            assert before in step_of(act).sources
            assert len(self.hazard.events) == written + 1

    @invariant()
    def the_row_is_what_the_events_say(self) -> None:
        if not hasattr(self, "number"):
            return
        hazard = self.hazard
        assert hazard.state is hazard.events[-1].to_state
        assert hazard.due_on == hazard.events[-1].due_on
        for earlier, later in zip(hazard.events, hazard.events[1:], strict=False):
            assert later.from_state is earlier.to_state
            assert later.at >= earlier.at
        assert (hazard.closed_at is not None) == (hazard.state is State.CLOSED)
        assert hazard.round == 1 + sum(event.act in {Act.SEND_BACK, Act.REOPEN} for event in hazard.events)
        assert sum(extension.granted is True for extension in hazard.extensions) <= 1
        assert (hazard.state is State.EXTENSION_PENDING) == any(
            row.granted is None for row in hazard.extensions
        )
        assert hazard.original_due_on == builders.LATER

    @invariant()
    def a_closure_has_its_second_person(self) -> None:
        if not hasattr(self, "number"):
            return
        hazard = self.hazard
        closing = [event for event in hazard.events if event.act is Act.APPROVE_CLOSURE]
        for event in closing:
            passed = [
                row
                for row in hazard.events
                if row.id < event.id and row.to_state is State.VERIFIED is not row.from_state
            ][-1]
            assert passed.actor_id != event.actor_id
        if hazard.state is State.CLOSED and hazard.grade is not Grade.GENERAL:
            assert hazard.grade is Grade.MAJOR
            settled = [row for row in hazard.events if row.to_state is not row.from_state][-1]
            assert settled.act is Act.APPROVE_CLOSURE


def test_whatever_is_tried_the_records_hold_together(app: Flask) -> None:
    quick = settings(
        max_examples=15,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(Life, settings=quick)


pytestmark = pytest.mark.timeout(200)
