"""Random zones: visits, hazards with their lives, tasks with excuses, trainings, handovers and corrections."""

from __future__ import annotations

import random
from datetime import date, timedelta

import sqlalchemy as sa

from tests.stats import brute, builders
from xuncha.checklists.models import HazardClass
from xuncha.checks.models import VisitKind
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.enterprises.models import Assignment
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Grade, Hazard, Source

START = date(2026, 4, 20)
DAYS = 75
SITES = ("huaxin", "lifeng", "minghe", "oldmill")
PEOPLE = ("wang", "zhao", "chen", "expert")


def life(dice: random.Random, found: builders.Found) -> None:
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
            [
                Act.REPORT_DONE,
                Act.REPORT_DONE,
                Act.VERIFY,
                Act.SEND_BACK,
                Act.GRANT_EXTENSION,
                Act.CONFIRM_MAJOR,
                Act.DISMISS_MAJOR,
            ],
        )
        if not after:
            return
        act = dice.choice(after)
        moves = act in (Act.SEND_BACK, Act.REOPEN, Act.GRANT_EXTENSION)
        found.then(act, moment, due_on=day + timedelta(days=dice.randrange(20)) if moves else None)


def zone(dice: random.Random) -> None:
    """Fill the zone of the cast, step by step and flush by flush."""
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
            grade=dice.choice([Grade.GENERAL, Grade.GENERAL, Grade.SUSPECTED, Grade.MAJOR]),
            kind=dice.choice(list(HazardClass)[:3]),
            when=at(day, dice.choice([0, 9, 23]), dice.choice([0, 59])),
        )
        life(dice, found)
    for site in SITES[:3]:
        for start in (date(2026, 5, 1), date(2026, 5, 16), date(2026, 6, 1), date(2026, 6, 16)):
            task = builders.task(start, site, dice.choice(PEOPLE[:3]))
            task.done_on = dice.choice([None, start + timedelta(days=dice.randrange(30))])
            if dice.random() < 0.2:
                builders.excuse(task, at(start + timedelta(days=dice.randrange(25)), 9), dice.random() < 0.7)
            elif dice.random() < 0.3:
                to = task.window_end + timedelta(days=dice.randrange(1, 30))
                builders.excuse(
                    task, at(start + timedelta(days=dice.randrange(40)), 9), dice.random() < 0.7, to
                )
    for _training in range(dice.randrange(4)):
        heads = tuple(dice.randrange(90) for _group in range(dice.randrange(1, 4)))
        builders.training(dice.choice(days), heads, heads[1:], void=dice.random() < 0.2)
    _correct(dice)
    for site in SITES:
        _hand_over(dice, site)
    db.session.flush()
    db.session.expire_all()


def _correct(dice: random.Random) -> None:
    """Facts of hazards that a correction changes without an event."""
    for hazard in db.session.scalars(sa.select(Hazard)).all():
        if dice.random() < 0.15:
            hazard.hazard_class = dice.choice(list(HazardClass)[:3])
            hazard.original_due_on = hazard.found_on + timedelta(days=dice.randrange(25))
            db.session.flush()


def _hand_over(dice: random.Random, site: str) -> None:
    """A site goes from one to another, and now and then that is corrected."""
    number, begins = builders.number(site), START
    held = db.session.scalars(sa.select(Assignment).where(Assignment.site_id == number)).all()
    for row in held:
        db.session.delete(row)
    db.session.flush()
    while begins < START + timedelta(days=DAYS):
        ends = begins + timedelta(days=dice.randrange(1, 60))
        row = Assignment(
            site_id=number,
            supervisor_id=builders.number(dice.choice(PEOPLE[:3])),
            from_on=begins,
            until_on=ends,
            assigned_at=at(begins, 8),
        )
        db.session.add(row)
        db.session.flush()
        if dice.random() < 0.2:
            row.supervisor_id = builders.number(dice.choice(PEOPLE[:3]))
            db.session.flush()
        begins = ends + timedelta(days=dice.choice([0, 0, 3]))
