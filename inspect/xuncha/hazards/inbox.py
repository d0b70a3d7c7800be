"""The inbox of an enterprise: what is expected of it, nearest first, and what the zone has sent it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..checks.models import Check
from ..checks.queries import visible_to as checks_visible_to
from ..core.db import db
from ..core.i18n import label, word
from ..core.labels import N_
from . import rules
from .follow_up import progress
from .lifecycle import WORKING, Act, State
from .lists import list_queries
from .lists.filters import Criteria, View
from .models import Extension, Hazard, HazardEvent, Letter, Notice, Opinion, queued
from .queries import letters_visible_to, notices_visible_to, opinions_visible_to, visible_to

MOST = 200  # hazards that an enterprise works on at one time
PAPERS = 20
EVENTS = 8


@dataclass(frozen=True)
class Expected:
    """One thing that the enterprise does next with a hazard, and by when; `answer` is what became of its last request."""

    hazard: Hazard
    act: Act
    by: date | None
    answer: Extension | None = None

    def is_late(self, day: date) -> bool:
        """Whether its day has passed."""
        return self.by is not None and self.by < day


@dataclass(frozen=True)
class Inbox:
    """What is expected, nearest first; and what waits for others."""

    expected: Sequence[Expected]
    waiting: Sequence[Hazard]


def inbox_of(actor: User, day: date) -> Inbox:
    """The inbox of an enterprise's person on a day."""
    found = list_queries.narrowed(actor, Criteria(), day)
    query = found.query.where(sa.or_(found.of(View.TO_DO), found.of(View.WAITING)))
    loads = (
        joinedload(Hazard.site),
        *(selectinload(rows) for rows in (Hazard.events, Hazard.plans, Hazard.extensions)),
    )
    hazards = db.session.scalars(query.options(*loads).order_by(queued, Hazard.id).limit(MOST)).all()
    of_each = {hazard: expected_of(hazard, actor, day) for hazard in hazards}
    all_ = [one for some in of_each.values() for one in some]
    expected = sorted(all_, key=lambda one: (one.by or date.max, one.hazard.id))
    return Inbox(expected, [hazard for hazard, some in of_each.items() if not some])


def expected_of(hazard: Hazard, actor: User, day: date) -> list[Expected]:
    """What this person does next with a hazard; nothing while others have it."""
    possible = {step.act for step in rules.possible(actor, hazard, day)}
    found = []
    act = next((act for act in _next_acts(hazard) if act in possible), None)
    if act is not None:
        found.append(Expected(hazard, act, hazard.due_on, _answer(hazard)))
    if Act.REPORT_PROGRESS in possible:
        found.append(Expected(hazard, Act.REPORT_PROGRESS, progress.of(hazard).due_on))
    return found


def _next_acts(hazard: Hazard) -> tuple[Act, ...]:
    """What comes next, the first of these that is possible."""
    begins = (Act.ACCEPT,) if hazard.state is State.OPEN else ()
    return (Act.SUBMIT_PLAN, *begins, Act.SIGN_OFF, Act.REPORT_DONE, Act.CLOSE_OWN)


def _answer(hazard: Hazard) -> Extension | None:
    """The last decision on a later date, while the hazard is still to be rectified."""
    last = hazard.extensions[-1] if hazard.extensions else None
    return last if last is not None and last.granted is not None and hazard.state in WORKING else None


@dataclass(frozen=True)
class Paper:
    """A paper that the enterprise may read and save: what it is, its number and day, the page that prints it."""

    kind: str
    number: str
    at: datetime
    endpoint: str
    id: int


def papers_of(actor: User) -> list[Paper]:
    """The newest papers about the actor's sites."""
    found: list[Paper] = []
    for query, kind, endpoint in (
        (notices_visible_to(actor).order_by(Notice.id.desc()), N_("Rectification notice"), "reports.notice"),
        (
            opinions_visible_to(actor).order_by(Opinion.id.desc()),
            N_("Re-inspection opinion"),
            "reports.opinion",
        ),
    ):
        rows = db.session.scalars(query.limit(PAPERS))
        found += [Paper(word(kind), row.number, row.issued_at, endpoint, row.id) for row in rows]
    letters = db.session.scalars(letters_visible_to(actor).order_by(Letter.id.desc()).limit(PAPERS))
    found += [Paper(label(row.kind), row.number, row.issued_at, "reports.letter", row.id) for row in letters]
    checks = db.session.scalars(checks_visible_to(actor).order_by(Check.id.desc()).limit(PAPERS))
    record = word(N_("On-site inspection record"))
    found += [Paper(record, row.number, row.received_at, "reports.record", row.id) for row in checks]
    return sorted(found, key=lambda paper: paper.at, reverse=True)[:PAPERS]


def history_of(actor: User) -> list[HazardEvent]:
    """What happened last to the actor's hazards, newest first."""
    seen = visible_to(actor).with_only_columns(Hazard.id)
    query = (
        sa.select(HazardEvent).where(HazardEvent.hazard_id.in_(seen)).options(joinedload(HazardEvent.hazard))
    )
    return list(db.session.scalars(query.order_by(HazardEvent.id.desc()).limit(EVENTS)))
