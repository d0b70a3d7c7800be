"""What is new for a person since his last look: events of the hazards that he sees, chosen by his role, never copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, contains_eager, mapped_column

from ...accounts.asker import Asker, given
from ...accounts.models import User
from ...core.access import ENTERPRISE, FIELD, MANAGERS, Role
from ...core.db import Base, db, insert_new
from ...core.labels import Labelled
from ..lifecycle import Act, State
from ..models import Grade, Hazard, HazardEvent
from ..queries import among_visible
from .escalation_steps import EscalationStep

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
    Act.ACCEPT_PLAN,
    Act.RETURN_PLAN,
    Act.LIST,
    Act.DELIST,
    Act.REOPEN,
    Act.VOID,
    Act.MERGE,
    Act.FOUND_AGAIN,
    Act.REMIND,
    Act.SUPERVISE,
)
FOR_FIELD = (
    Act.REPORT_DONE,
    Act.CLOSE_OWN,
    Act.ASK_EXTENSION,
    Act.SUBMIT_PLAN,
    Act.REPORT_PROGRESS,
    Act.MERGE,
    Act.CONFIRM_MAJOR,
    Act.DISMISS_MAJOR,
    Act.REJECT_FINDING,
    Act.LIST,
    Act.DELIST,
    Act.REOPEN,
    Act.APPROVE_CLOSURE,
)
TO_LEADERS = (EscalationStep.TEAM_LEADER, EscalationStep.SUPERVISION_LETTER, EscalationStep.INTERVIEW)
TO_ENTERPRISES = tuple(step for step in EscalationStep if step is not EscalationStep.TEAM_LEADER)


class NewsLook(Base):
    """The last event that a person has seen and when; the news themselves are the events.

    Not a moment alone: a visit made without a signal arrives later than it happened.
    """

    __tablename__ = "news_looks"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    at: Mapped[datetime]


@dataclass(frozen=True)
class Kinds:
    """The acts that are news to somebody, and what is asked of some of them.

    What is asked stands in one CASE: as conditions joined by OR it led SQLite past the index that knows what is unseen.
    """

    acts: tuple[Act, ...]
    asked: tuple[tuple[Act, sa.ColumnElement[bool]], ...] = ()

    @property
    def hold(self) -> sa.ColumnElement[bool]:
        """Whether an event is one of them."""
        of_acts = HazardEvent.act.in_(self.acts)
        if not self.asked:
            return of_acts
        whens = [(HazardEvent.act == act, sa.case((fits, 1), else_=0)) for act, fits in self.asked]
        return sa.and_(of_acts, sa.case(*whens, else_=1) == 1)


def _escalated(steps: Sequence[EscalationStep]) -> tuple[Act, sa.ColumnElement[bool]]:
    step = HazardEvent.brought["step"].as_string()
    return Act.ESCALATE, step.in_([one.value for one in steps])


@cache
def kinds_for(role: Role) -> Kinds | None:
    """Which events are news to people of a role; None for whom there are none: who only reads, or comes as an expert."""
    if role in ENTERPRISE:
        return Kinds((*FOR_ENTERPRISE, Act.ESCALATE), (_escalated(TO_ENTERPRISES),))
    if role in FIELD:
        return Kinds((*FOR_FIELD, Act.ESCALATE))
    if role in MANAGERS:
        asked = (
            (Act.VERIFY, HazardEvent.to_state == State.VERIFIED),
            (Act.ASK_EXTENSION, Hazard.grade == Grade.MAJOR),
            (Act.FIND, Hazard.grade == Grade.SUSPECTED),
            (Act.SUBMIT_PLAN, Hazard.grade == Grade.MAJOR),
            _escalated(TO_LEADERS),
        )
        return Kinds(tuple(act for act, _fits in asked), asked)
    return None


def news_for(actor: User) -> sa.Select[HazardEvent]:
    """All that is or was news to a person and that somebody else did."""
    kinds = kinds_for(actor.role)
    query = (
        sa.select(HazardEvent)
        .join(HazardEvent.hazard)
        .where(sa.false() if kinds is None else kinds.hold, _by_another(actor))
        .options(contains_eager(HazardEvent.hazard).joinedload(Hazard.site))
    )
    return among_visible(query, actor)


def _by_another(actor: User) -> sa.ColumnElement[bool]:
    return sa.or_(HazardEvent.actor_id.is_(None), HazardEvent.actor_id != actor.id)


def what_of(event: HazardEvent) -> Labelled:
    """What an event says to whom it is news: its act, or the step of the escalation that was reached."""
    return EscalationStep(event.brought["step"]) if event.act is Act.ESCALATE else event.act


def _last_seen(actor: User, first_at: Any) -> sa.ColumnElement[int]:
    """The number of the last event that the person has seen."""
    seen = sa.select(NewsLook.event_id).where(NewsLook.user_id == actor.id)
    old = sa.select(HazardEvent.id).where(HazardEvent.at <= first_at)
    oldest = old.order_by(HazardEvent.at.desc()).limit(1)
    return sa.func.coalesce(seen.scalar_subquery(), oldest.scalar_subquery(), 0)


def last_seen(actor: User, now: datetime) -> int:
    """The number of the last event that the person has seen; at first, of what is older than two weeks."""
    return db.session.scalar(sa.select(_last_seen(actor, now - AT_FIRST))) or 0


def count_new(actor: User, now: datetime) -> int | None:
    """How many news are unseen, counted to one more than is shown; None for whom there are none ever."""
    if kinds_for(actor.role) is None:
        return None
    asked = given(actor) | {"first_at": now - AT_FIRST}
    return db.session.scalar(_count_for(Asker.like(actor)), asked)


@cache
def _count_for(asker: Any) -> sa.Select[int]:
    """Made once: every page asks."""
    query = new_for(asker, sa.bindparam("first_at", type_=HazardEvent.at.type))
    unseen = query.with_only_columns(HazardEvent.id, maintain_column_froms=True).limit(MOST + 1)
    return sa.select(sa.func.count()).select_from(unseen.subquery())


def count_in_words(count: int) -> str:
    """How many news there are, counted to a bound."""
    return f"{MOST}+" if count > MOST else str(count)


def new_for(actor: User, first_at: Any) -> sa.Select[HazardEvent]:
    """The news that the person has not seen yet; of who never looked, those since a moment."""
    return news_for(actor).where(HazardEvent.id > _last_seen(actor, first_at))


def note_look(actor: User, event_id: int, *, now: datetime) -> None:
    """Note which event the person has seen last; never an earlier one than before, nor one that is still to come."""
    newest = db.session.scalar(sa.select(sa.func.max(HazardEvent.id))) or 0
    values = {"event_id": min(event_id, newest), "at": now}
    db.session.execute(insert_new(NewsLook), {"user_id": actor.id, **values})
    db.session.execute(
        sa.update(NewsLook)
        .where(NewsLook.user_id == actor.id, NewsLook.event_id < values["event_id"])
        .values(**values)
        .execution_options(synchronize_session=False)
    )
