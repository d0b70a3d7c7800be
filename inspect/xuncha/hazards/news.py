"""What is new for a person since his last look: events of the hazards that he sees, chosen by his role, never copied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from ..accounts.models import User
from ..core.access import ENTERPRISE, FIELD, MANAGERS
from ..core.db import db, insert_new
from .escalation_steps import EscalationStep
from .lifecycle import Act, State
from .models import Grade, Hazard, HazardEvent, NewsLook
from .queries import visible_to

# Who never looked is not shown the past of the zone.
AT_FIRST = timedelta(days=14)
MOST = 99
FOR_ENTERPRISE = (
    Act.ISSUE,
    Act.SEND_BACK,
    Act.GRANT_EXTENSION,
    Act.REFUSE_EXTENSION,
    Act.VERIFY,
    Act.APPROVE_CLOSURE,
    Act.REFER,
    Act.CLOSE_REFERRED,
    Act.CONFIRM_MAJOR,
    Act.DISMISS_MAJOR,
    Act.LIST,
    Act.DELIST,
    Act.REOPEN,
    Act.VOID,
    Act.REMIND,
)
FOR_FIELD = (
    Act.REPORT_DONE,
    Act.ASK_EXTENSION,
    Act.CONFIRM_MAJOR,
    Act.DISMISS_MAJOR,
    Act.LIST,
    Act.DELIST,
    Act.REOPEN,
    Act.APPROVE_CLOSURE,
)
TO_LEADERS = (EscalationStep.TEAM_LEADER, EscalationStep.SUPERVISION_LETTER, EscalationStep.INTERVIEW)
TO_ENTERPRISES = tuple(step for step in EscalationStep if step is not EscalationStep.TEAM_LEADER)


def _is(*acts: Act) -> sa.ColumnElement[bool]:
    return HazardEvent.act.in_(acts)


def _escalated(steps: Sequence[EscalationStep]) -> sa.ColumnElement[bool]:
    step = HazardEvent.brought["step"].as_string()
    return sa.and_(_is(Act.ESCALATE), step.in_([one.value for one in steps]))


def kinds_for(actor: User) -> sa.ColumnElement[bool] | None:
    """Which events are news to a person; None for whom there are none: who only reads, or comes as an expert."""
    if actor.role in ENTERPRISE:
        return sa.or_(_is(*FOR_ENTERPRISE), _escalated(TO_ENTERPRISES))
    if actor.role in FIELD:
        return sa.or_(_is(*FOR_FIELD), _escalated(tuple(EscalationStep)))
    if actor.role in MANAGERS:
        # The acts are named beside what is asked of them, so that their index answers.
        waits = sa.and_(_is(Act.VERIFY), HazardEvent.to_state == State.VERIFIED)
        major = sa.and_(_is(Act.ASK_EXTENSION), Hazard.grade == Grade.MAJOR)
        suspected = sa.and_(_is(Act.FIND), Hazard.grade == Grade.SUSPECTED)
        return sa.or_(waits, major, suspected, _escalated(TO_LEADERS))
    return None


def news_for(actor: User) -> sa.Select[HazardEvent]:
    """All that is or was news to a person and that somebody else did."""
    kinds = kinds_for(actor)
    seen = visible_to(actor).with_only_columns(Hazard.id).order_by(None)
    query = (
        sa.select(HazardEvent)
        .join(HazardEvent.hazard)
        .where(sa.false() if kinds is None else kinds, _by_another(actor))
        .options(contains_eager(HazardEvent.hazard).joinedload(Hazard.site))
    )
    return query if seen.whereclause is None else query.where(HazardEvent.hazard_id.in_(seen))


def _by_another(actor: User) -> sa.ColumnElement[bool]:
    return sa.or_(HazardEvent.actor_id.is_(None), HazardEvent.actor_id != actor.id)


def _last_seen(actor: User, now: datetime) -> sa.ColumnElement[int]:
    """The number of the last event that the person has seen."""
    seen = sa.select(NewsLook.event_id).where(NewsLook.user_id == actor.id)
    old = sa.select(HazardEvent.id).where(HazardEvent.at <= now - AT_FIRST)
    oldest = old.order_by(HazardEvent.at.desc()).limit(1)
    return sa.func.coalesce(seen.scalar_subquery(), oldest.scalar_subquery(), 0)


def last_seen(actor: User, now: datetime) -> int:
    """The number of the last event that the person has seen; at first, of what is older than two weeks."""
    return db.session.scalar(sa.select(_last_seen(actor, now))) or 0


def count_new(actor: User, now: datetime) -> int | None:
    """How many news are unseen, counted to one more than is shown; None for whom there are none ever."""
    if kinds_for(actor) is None:
        return None
    query = news_for(actor).with_only_columns(HazardEvent.id, maintain_column_froms=True)
    new = query.where(HazardEvent.id > _last_seen(actor, now)).limit(MOST + 1)
    return db.session.scalar(sa.select(sa.func.count()).select_from(new.subquery()))


def note_look(actor: User, event_id: int, *, now: datetime) -> None:
    """Note which event the person has seen last; never an earlier one than before, nor one that is still to come."""
    newest = db.session.scalar(sa.select(sa.func.max(HazardEvent.id))) or 0
    values = {"event_id": min(event_id, newest), "at": now}
    db.session.execute(insert_new(NewsLook, {"user_id": actor.id, **values}))
    db.session.execute(
        sa.update(NewsLook)
        .where(NewsLook.user_id == actor.id, NewsLook.event_id < values["event_id"])
        .values(**values)
        .execution_options(synchronize_session=False)
    )
