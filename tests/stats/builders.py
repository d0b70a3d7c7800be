"""Rows for the figures, built as the actions would leave them: visits, hazards with their events, tasks, cases, trainings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from tests import cast
from xuncha.accounts.models import User
from xuncha.campaigns.models import CaseKind, CaseOutcome, IllegalCase
from xuncha.checklists.models import HazardClass
from xuncha.checks.models import Check, LegalMode, VisitKind
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Grade, Hazard, HazardEvent, Source
from xuncha.schedule.lifecycle import window_of
from xuncha.schedule.models import Excuse, Task
from xuncha.trainings.models import Audience, Material, Training, TrainingKind

JUNE = date(2026, 6, 1)
_serials = count(1)
_PERSON = sa.select(User.id).where(User.username == sa.bindparam("name"))
_PLACE = sa.select(Site.id).where(Site.name == sa.bindparam("name"))


def person(name: str) -> User:
    return db.session.scalars(sa.select(User).where(User.username == name)).one()


def place(code: str) -> Site:
    return db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES[code].name)).one()


def number(thing: str | User | Site) -> int:
    """The row number of a person or place given by its code, or as a row."""
    if not isinstance(thing, str):
        return thing.id
    of_place = thing in cast.PLACES
    query = _PLACE if of_place else _PERSON
    return db.session.scalars(query, {"name": cast.PLACES[thing].name if of_place else thing}).one()


def visit(
    day: date,
    site: str | Site = "huaxin",
    by: str | User = "wang",
    kind: VisitKind = VisitKind.ROUTINE,
    replaces: Check | None = None,
    received: date | None = None,
    mode: LegalMode = LegalMode.ZONE_CHECK,
    task: Task | None = None,
) -> Check:
    """A filed check; with `replaces` the corrected version of another, with `received` a late entry."""
    serial = next(_serials)
    check = Check(
        uuid=str(uuid4()),
        digest="0" * 64,
        number=replaces.number if replaces else f"JC2026-{serial:04d}",
        year=2026,
        serial=replaces.serial if replaces else serial,
        edition=replaces.edition + 1 if replaces else 1,
        site_id=number(site),
        task_id=task.id if task else None,
        kind=kind,
        mode=mode,
        inspector_id=number(by),
        visited_on=day,
        started_at=at(day, 9),
        finished_at=at(day, 10),
        received_at=at(received or day, 10),
        late_reason="没有信号" if received else "",
        facts={"site": {"name": "x"}, "inspector": {"name": "x"}},
        payload={},
        replaces_id=replaces.id if replaces else None,
    )
    db.session.add(check)
    db.session.flush()
    return check


STATES = {
    Act.FIND: State.DRAFT,
    Act.FIX_ON_SPOT: State.CLOSED,
    Act.ISSUE: State.OPEN,
    Act.REPORT_DONE: State.REPORTED_DONE,
    Act.VERIFY: State.CLOSED,
    Act.SEND_BACK: State.SENT_BACK,
    Act.REOPEN: State.SENT_BACK,
    Act.REFER: State.REFERRED,
    Act.VOID: State.VOID,
    Act.GRANT_EXTENSION: State.IN_PROGRESS,
    Act.ACCEPT: State.IN_PROGRESS,
}


@dataclass
class Found:
    """A hazard and what is done to it, one event after the other."""

    hazard: Hazard
    events: list[HazardEvent] = field(default_factory=list)

    def then(self, act: Act, when: date | datetime, *, due_on: date | None = None) -> Found:
        """An event at a moment, or at 15:00 of a day, with the new due date that it brings."""
        moment = when if isinstance(when, datetime) else at(when, 15)
        before = self.hazard.state
        self.hazard.state = STATES.get(act, before)
        if act is Act.VERIFY and self.hazard.grade is Grade.MAJOR:
            self.hazard.state = State.VERIFIED
        if act is Act.CONFIRM_MAJOR:
            self.hazard.grade = Grade.MAJOR
        if act is Act.DISMISS_MAJOR:
            self.hazard.grade = Grade.GENERAL
        if act is Act.APPROVE_CLOSURE:
            self.hazard.state = State.CLOSED
        if act is Act.FIX_ON_SPOT:
            self.hazard.fixed_on_spot = True
        self.hazard.due_on = due_on or self.hazard.due_on
        event = HazardEvent(
            at=moment,
            actor_name="x",
            act=act,
            from_state=None if act is Act.FIND else before,
            to_state=self.hazard.state,
            due_on=self.hazard.due_on,
        )
        self.hazard.events.append(event)
        self.events.append(event)
        db.session.flush()
        return self


def hazard(
    day: date,
    site: str | Site = "huaxin",
    by: str | User = "wang",
    due_on: date | None = None,
    source: Source = Source.ROUTINE,
    kind: HazardClass = HazardClass.FIRE,
    grade: Grade = Grade.GENERAL,
    when: datetime | None = None,
) -> Found:
    """A hazard found at 10:00 of a day and due a week later unless another date is given."""
    serial = next(_serials)
    due_on = due_on or day + timedelta(days=7)
    row = Hazard(
        uuid=str(uuid4()),
        number=f"YH2026-{serial:05d}",
        year=2026,
        serial=serial,
        site_id=number(site),
        found_on=day,
        found_by_id=number(by),
        source=source,
        description="灭火器已过期",
        hazard_class=kind,
        grade=grade,
        state=State.DRAFT,
        due_on=due_on,
        original_due_on=due_on,
    )
    db.session.add(row)
    return Found(row).then(Act.FIND, when or at(day, 10))


def closed(day: date, on: date, **more: Any) -> Found:
    """A hazard that was issued, reported and verified on a day."""
    found = hazard(day, **more)
    return found.then(Act.ISSUE, at(day, 11)).then(Act.REPORT_DONE, at(on, 9)).then(Act.VERIFY, at(on, 15))


def task(
    start: date, site: str | Site = "huaxin", by: str | User = "wang", done_on: date | None = None
) -> Task:
    """The task of the half-month in which a day falls, due two days before its end."""
    window = window_of(start)
    row = Task(
        site_id=number(site),
        supervisor_id=number(by),
        window_start=window.start,
        window_end=window.end,
        due_on=window.end - timedelta(days=2),
        opened_at=at(window.start, 0),
        done_on=done_on,
    )
    db.session.add(row)
    db.session.flush()
    return row


def excuse(row: Task, decided_at: datetime, accepted: bool = True, to: date | None = None) -> None:
    """The decision on why a task could not be done, or that it is due on a later day."""
    before = row.due_on if accepted and to else None
    row.due_on = to if accepted and to else row.due_on
    asked = Excuse(
        postponed_to=to,
        due_before=before,
        task_id=row.id,
        reason="停产",
        asked_by_id=row.supervisor_id,
        asked_at=decided_at,
        accepted=accepted,
        decided_by_id=number("lin"),
        decided_at=decided_at,
    )
    db.session.add(asked)
    db.session.flush()


def case(
    kind: CaseKind, outcome: CaseOutcome, outcome_on: date | None, by: str | User = "wang"
) -> IllegalCase:
    """An illegal installation or act and what became of it."""
    row = IllegalCase(
        kind=kind,
        site_id=number("huaxin"),
        place="东门",
        description="违规搭建棚屋",
        found_on=outcome_on or JUNE,
        recorded_by_id=number(by),
        recorded_at=at(outcome_on or JUNE, 12),
        outcome=outcome,
        outcome_on=outcome_on,
    )
    db.session.add(row)
    db.session.flush()
    return row


def training(
    day: date,
    heads: tuple[int, ...] = (30,),
    copies: tuple[int, ...] = (),
    by: str | User = "wang",
    void: bool = False,
) -> Training:
    """A training with its groups and materials."""
    row = Training(
        kind=TrainingKind.LECTURE,
        topic="消防安全",
        held_on=day,
        place="会议室",
        organiser="安办",
        hours=2.0,
        recorded_by_id=number(by),
        recorded_at=at(day, 18),
        void_reason="重复" if void else "",
        audience=[Audience(group_name="职工", headcount=one, position=at_) for at_, one in enumerate(heads)],
        materials=[Material(name="手册", count=one, position=at_) for at_, one in enumerate(copies)],
    )
    db.session.add(row)
    db.session.flush()
    return row
