"""A hazard under every act by every person in any order, and what must hold whatever they try (C1, L1, S6, the figures)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.hazards.builders import BROUGHT, NOW, WITH_PHOTO, draft, person, photo, picture
from tests.hazards.test_transitions import PEOPLE
from tests.stats import brute

from xuncha.accounts import secret_addresses
from xuncha.checks.filing import PhotoRef
from xuncha.core import history
from xuncha.core import settings as zone_settings
from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.hazards import queries, rules
from xuncha.hazards.actions import issue_notice, step
from xuncha.hazards.actors import Actor, LinkBearer
from xuncha.hazards.follow_up.look_backs import draw
from xuncha.hazards.lifecycle import BESIDE, Act, State
from xuncha.hazards.models import Grade, Hazard, HazardEvent
from xuncha.hazards.public import link_views, notice_links
from xuncha.hazards.public.notice_links import NoticeLink
from xuncha.photos.actions import receive
from xuncha.stats.figures import FIGURES, Figures, Period
from xuncha.stats.totals import rebuild

BY_THE_SYSTEM = {Act.FIND, Act.FIX_ON_SPOT, Act.ESCALATE}
MOVES_THE_DATE = {Act.FIND, Act.GRANT_EXTENSION, Act.SEND_BACK, Act.REOPEN, Act.ACCEPT_PLAN}
# After these little else can follow: seldom picked.
ENDS = {Act.FIX_ON_SPOT, Act.VOID, Act.REFER, Act.MERGE, Act.DISMISS_MAJOR}
# After the left one the right one cannot follow, but the other way round.
LATER_THAN = {Act.GRANT_EXTENSION: Act.REFUSE_EXTENSION, Act.ACCEPT_PLAN: Act.RETURN_PLAN}
# Who holds the paper of the hazard's notice, and who holds that of another one; the name is what such a person types.
HOLDER, STRANGE_HOLDER = "holder", "strange_holder"
TYPED = "周厂长"
# Each step is open to one of these at some time.
WORKERS = ("officer", "principal", "wang", "lin", "leader", "admin")
ENTERPRISE = {"officer", "principal", "stranger"}
LONG_AGO = date(2020, 1, 1)
PICK = st.integers(0, 23)  # which of the steps that are open


class HazardMachine(RuleBasedStateMachine):
    """One hazard of Huaxin; a rule tries a step, and what was refused must have changed nothing."""

    number: int
    moment: datetime
    serial = 0
    answers = 0  # of the enterprise: two of three are given by the link
    scanned = 0  # the link that the holder's phone has opened: it may be revoked meanwhile

    @initialize(
        suspected=st.booleans(),
        first=st.integers(0, len(WORKERS) - 1),
        picks=st.lists(PICK, min_size=3, max_size=8),
    )
    def find(self, suspected: bool, first: int, picks: list[int]) -> None:
        """A visit finds it, and people begin to work on it; what may be major is mostly confirmed."""
        db.session.rollback()
        more = {"suspected_major": True, "major_criterion": "判定标准第三条"} if suspected else {}
        self.number = draft(**more).id
        zone_settings.write({"look_back_share": "100"}, actor=person("admin"), now=NOW)
        db.session.commit()
        self.moment = NOW
        if suspected and picks[0] % 4:
            self.attempt(Act.CONFIRM_MAJOR, "admin", 1)
        self.go_on_from(first, picks, 1)

    @rule(
        act=st.sampled_from(sorted({*Act} - BY_THE_SYSTEM)),
        who=st.sampled_from((*PEOPLE, HOLDER, STRANGE_HOLDER)),
        hours=st.integers(0, 48),
    )
    def try_anything(self, act: Act, who: str, hours: int) -> None:
        """Somebody tries a step, mostly one that is not open to him."""
        self.attempt(act, who, hours)

    @rule(renew=st.booleans(), scans=st.booleans())
    def revoke_the_link(self, renew: bool, scans: bool) -> None:
        """The supervisor revokes the link, mostly with a new one on paper, which the holder scans or not."""
        notice = self.hazard().notice
        if notice is None:
            return
        link = notice_links.current(notice)
        if link is not None:
            assert secret_addresses.is_valid(link)
        if link is not None or renew:
            seen = link.id if link else None
            notice_links.change_link(notice, seen=seen, renew=renew, actor=person("wang"), now=self.moment)
        db.session.commit()
        if scans:
            self.scanned = 0

    @rule(
        first=st.integers(0, len(WORKERS) - 1),
        picks=st.lists(PICK, min_size=1, max_size=4),
        hours=st.integers(0, 20),
    )
    def go_on(self, first: int, picks: list[int], hours: int) -> None:
        """People take steps that are open to them."""
        self.go_on_from(first, picks, hours)

    def go_on_from(self, first: int, picks: list[int], hours: int) -> None:
        """Take open steps, rather those that this history has not seen: so it gets long."""
        for turn, pick in enumerate(picks, first):
            hazard = self.hazard()
            if hazard.state is State.CLOSED and hazard.look_back is None:
                self.come_of_age(hazard)
            if found := self.open_step(self.hazard(), turn, pick):
                act, who = found
                if who in ENTERPRISE and act in link_views.ACTS:
                    self.answers += 1
                    who = HOLDER if self.answers % 3 else who
                self.attempt(act, who, hours)

    def open_step(self, hazard: Hazard, turn: int, pick: int) -> tuple[Act, str] | None:
        """A step that somebody may take now, and who; those whose turn comes first are asked first."""
        day, seen = local_day(self.moment), {one.act for one in hazard.events}
        skipped = BESIDE if pick % 12 == 0 else {*BESIDE, *ENDS}
        again = None
        for at in range(len(WORKERS)):
            who = WORKERS[(turn + at) % len(WORKERS)]
            acts = [one.act for one in rules.possible(person(who), hazard, day) if one.act not in skipped]
            fresh = [act for act in acts if act not in seen]
            if pick % 3 == 0:
                fresh = [act for act in fresh if LATER_THAN.get(act) not in fresh]
            if fresh:
                return fresh[pick % len(fresh)], who
            if acts and again is None:
                again = acts[pick % len(acts)], who
        return again

    def come_of_age(self, hazard: Hazard) -> None:
        """Weeks pass, and the night draws the closed hazard into the sample that is looked at again."""
        assert hazard.closed_at is not None
        age = timedelta(days=int(zone_settings.value("look_back_age")))
        self.moment = max(self.moment, hazard.closed_at + age)
        draw(now=self.moment)
        db.session.commit()

    def attempt(self, act: Act, who: str, hours: int) -> None:
        """Try a step some hours later: it is taken, with its line of history, or changes nothing."""
        self.moment += timedelta(hours=hours)
        hazard = self.hazard()
        before = self.facts(hazard)
        try:
            self.take(hazard, act, who)
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
        enterprise = {person(name).id for name in ENTERPRISE} if closing else set()
        assert not any(one.actor_id in enterprise or one.link_id for one in closing)
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

    @invariant()
    def a_link_does_no_more_than_its_paper(self) -> None:
        """By a link come only its steps, of its own notice, while it held; each stands in the notice's history."""
        hazard = self.hazard()
        came = [one for one in hazard.events if one.link_id is not None]
        for one in came:
            link = db.session.get_one(NoticeLink, one.link_id)
            assert one.act in link_views.ACTS
            assert one.actor_id is None and one.actor_name == TYPED
            assert link.notice_id == hazard.notice_id
            assert link.revoked_at is None or one.at <= link.revoked_at
            assert one.to_state is not State.CLOSED
        if hazard.notice is not None:
            told = [row.action for row in history.of(hazard.notice)]
            assert sum(told.count(name) for name in ("acknowledge", *link_views.ACTS)) == len(came)

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

    def actor(self, who: str) -> Actor:
        """Somebody of the cast, or who opened the paper of a notice; a paper that nobody has yet opens nothing."""
        if who not in {HOLDER, STRANGE_HOLDER}:
            return person(who)
        notice = self.hazard().notice
        number = notice.id if notice else 0
        if who == HOLDER and not self.scanned and notice is not None:
            current = notice_links.current(notice)
            self.scanned = current.id if current else 0
        of_another = sa.select(sa.func.max(NoticeLink.id)).where(NoticeLink.notice_id != number)
        wanted = self.scanned if who == HOLDER else db.session.scalar(of_another)
        link = db.session.get(NoticeLink, wanted or 0)
        return link.bearer() if link else LinkBearer(0, 0, "")

    def take(self, hazard: Hazard, act: Act, who: str) -> None:
        """The step with all that it needs, dates as of the moment."""
        actor, now = self.actor(who), self.moment
        if isinstance(actor, LinkBearer):
            self.take_by_link(hazard, act, actor)
            return
        if act is Act.ISSUE:
            assert hazard.check is not None
            issue_notice(hazard.check, actor=actor, now=now)
            return
        brought = self.brought(hazard, act)
        HazardMachine.serial += 1
        photos = [photo(HazardMachine.serial)] if act in WITH_PHOTO else []
        step(self.hazard(), act, actor=actor, now=now, brought=brought, photos=photos)

    def take_by_link(self, hazard: Hazard, act: Act, bearer: LinkBearer) -> None:
        """The step as the pages of a link take it: every second time a notice is accepted as a whole."""
        HazardMachine.serial += 1
        now, serial = self.moment, HazardMachine.serial
        link = db.session.get(NoticeLink, bearer.link_id)
        if act is Act.ACCEPT and serial % 2 and link is not None and link.notice_id == hazard.notice_id:
            notice_links.acknowledge(link, name=TYPED, responsible="孙安全", now=now)
            return
        brought, photos = self.brought(hazard, act), []
        if act in WITH_PHOTO and link is not None:
            photos = [PhotoRef(sha256=receive(picture(serial), actor=bearer, now=now).sha256)]
            db.session.commit()
        named = notice_links.act(
            self.hazard(), act, bearer=bearer, name=TYPED, now=now, brought=brought, photos=photos
        )
        assert named.name == TYPED

    def brought(self, hazard: Hazard, act: Act) -> dict[str, Any]:
        """What a step brings, dates as of the moment."""
        brought, now = dict(BROUGHT.get(act, {})), self.moment
        for name in {"due_on", "deadline"} & brought.keys():
            brought[name] = max(local_day(now), hazard.due_on or LONG_AGO) + timedelta(days=9)
        if act is Act.MERGE:
            # Hazards of earlier examples may have got further in time: an event must not lie before those that are there.
            others = [one for one in queries.others_open(hazard) if one.events[-1].at <= now]
            brought |= {"into": others[0].number} if others else {}
        return brought

    def facts(self, hazard: Hazard) -> tuple[Any, ...]:
        """What a refused step must leave as it was."""
        columns = {column.key: getattr(hazard, column.key) for column in sa.inspect(Hazard).column_attrs}
        rows = [(one.id, one.act, one.to_state, one.due_on) for one in hazard.events]
        return columns, rows, len(hazard.photos), len(hazard.extensions), len(hazard.plans)

    def demand_one_event(self, act: Act, who: str, before: tuple[Any, ...]) -> None:
        """One line more: who, when, what, from which state to which."""
        hazard = self.hazard()
        last = hazard.events[-1]
        assert len(hazard.events) == len(before[1]) + 1
        actor = self.actor(who)
        by_link = isinstance(actor, LinkBearer)
        assert (last.act, last.actor_id, last.at) == (act, actor.id, self.moment)
        assert last.actor_name == (TYPED if by_link else actor.name)
        assert last.link_id == (self.scanned if by_link else None)
        assert (last.from_state, last.to_state) == (before[0]["state"], hazard.state)


def machine_settings(examples: int) -> settings:
    """So many histories of up to 6 rules each, most of several steps.

    Shrinking a failure may take longer than a test is given, and then nothing of it would be told.
    """
    return settings(
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        max_examples=examples,
        stateful_step_count=6,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
