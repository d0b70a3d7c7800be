"""The plan of a year: which trainings and drills are to be held in which month, and which were held for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from ..accounts.models import User
from ..core import history
from ..core.access import FIELD, MANAGERS, Permission, demand
from ..core.db import Base, Code, Pk, db
from ..core.errors import ActedFirst, Refused
from ..core.labels import N_, Labelled
from ..core.parsing import FIRST_YEAR, LAST_YEAR
from .models import Training, TrainingKind

MOST_PEOPLE = 100_000


class PlanState(Labelled):
    """Where an item of the plan stands on a day."""

    DONE = "done", N_("Held")
    LATE = "late", N_("Not held in its month")
    DUE = "due", N_("Due this month")
    AHEAD = "ahead", N_("Planned")


class PlanItem(Base):
    """One training or drill of the plan. `source` names the finding that proposed it; empty when a person thought of it."""

    __tablename__ = "training_plan_items"

    id: Mapped[Pk]
    year: Mapped[int] = mapped_column(index=True)
    month: Mapped[int]
    kind: Mapped[TrainingKind]
    topic: Mapped[str]
    audience: Mapped[str]
    expected: Mapped[int]
    responsible_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    source: Mapped[Code] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    added_at: Mapped[datetime]
    dropped_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    responsible: Mapped[User] = relationship(foreign_keys=[responsible_id])
    trainings: Mapped[list[Training]] = relationship(order_by="Training.held_on", viewonly=True)

    __mapper_args__ = {"version_id_col": version}

    @property
    def held(self) -> list[Training]:
        """The valid trainings that were held for it."""
        return [training for training in self.trainings if not training.is_void]

    def state_on(self, day: date) -> PlanState:
        """Where it stands on a day."""
        if self.held:
            return PlanState.DONE
        now, planned = (day.year, day.month), (self.year, self.month)
        if planned == now:
            return PlanState.DUE
        return PlanState.LATE if planned < now else PlanState.AHEAD


@dataclass(frozen=True)
class PlanFacts:
    """An item as it is planned."""

    year: int
    month: int
    kind: TrainingKind
    topic: str
    audience: str
    expected: int
    responsible_id: int
    source: str = ""
    reason: str = ""


CHANGEABLE = ("month", "kind", "topic", "audience", "expected", "responsible_id")


def add_item(facts: PlanFacts, *, actor: User, now: datetime) -> PlanItem:
    """Put an item into the plan. Raises NotAllowed, Refused with the field that does not fit."""
    demand(actor, Permission.PLAN_TRAININGS)
    _demand_sound(facts)
    item = PlanItem(**vars(facts), added_by_id=actor.id, added_at=now)
    db.session.add(item)
    history.record(item, "plan", actor=actor, now=now, after=_values(item))
    return item


def change_item(item: PlanItem, facts: PlanFacts, *, version: int, actor: User, now: datetime) -> None:
    """Change an item of the plan; its year and what proposed it stay. Raises ActedFirst, NotAllowed, Refused."""
    demand(actor, Permission.PLAN_TRAININGS)
    if item.version != version:
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))
    _demand_kept(item)
    _demand_sound(facts)
    before = _values(item)
    for name in CHANGEABLE:
        setattr(item, name, getattr(facts, name))
    after = _values(item)
    if before != after:
        history.record(item, "change", actor=actor, now=now, before=before, after=after)


def drop_item(item: PlanItem, reason: str, *, actor: User, now: datetime) -> None:
    """Take an item out of the plan; it stays readable with the reason. Raises ActedFirst, NotAllowed, Refused."""
    demand(actor, Permission.PLAN_TRAININGS)
    _demand_kept(item)
    if item.held:
        raise Refused(N_("A training was held for this item. Undo the link first."), field="reason")
    if not reason.strip():
        raise Refused(N_("Say why it is taken out of the plan."), field="reason")
    item.dropped_reason = reason.strip()
    history.record(item, "drop", actor=actor, now=now, note=item.dropped_reason)


def link(training: Training, item: PlanItem | None, *, actor: User, now: datetime) -> None:
    """Decide for which item of the plan a training was held; None undoes that. Raises NotAllowed, Refused."""
    demand(actor, Permission.PLAN_TRAININGS)
    if item is not None:
        _demand_kept(item)
        if training.is_void:
            raise Refused(N_("A void training is not changed. Bring it back first."))
        if training.held_on.year != item.year:
            raise Refused(N_("This training was not held in the year of the plan."))
    number = item.id if item else None
    if training.plan_item_id == number:
        return
    before, training.plan_item_id = training.plan_item_id, number
    history.record(
        training,
        "link" if item else "unlink",
        actor=actor,
        now=now,
        before={"plan_item": before},
        after={"plan_item": number},
    )


def _demand_kept(item: PlanItem) -> None:
    if item.dropped_reason:
        raise ActedFirst(N_("This item was taken out of the plan."))


def _demand_sound(facts: PlanFacts) -> None:
    for name in ("topic", "audience"):
        if not getattr(facts, name).strip():
            raise Refused(N_("Fill this in."), field=name)
    if not FIRST_YEAR <= facts.year <= LAST_YEAR:
        raise Refused(N_("Enter a year of 2000 to 2099."), field="year")
    if not 1 <= facts.month <= 12:
        raise Refused(N_("Choose a month."), field="month")
    if not 0 <= facts.expected <= MOST_PEOPLE:
        raise Refused(N_("A headcount is 0 to %(most)s."), field="expected", most=MOST_PEOPLE)
    if facts.responsible_id not in {person.id for person in choosable_people()}:
        raise Refused(N_("Choose one of the entries offered."), field="responsible_id")


def _values(item: PlanItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in CHANGEABLE} | {"kind": item.kind.value}


def choosable_people() -> list[User]:
    """Who can be made responsible: everybody of the zone's staff who works with the product."""
    query = sa.select(User).where(User.role.in_(list(MANAGERS | FIELD)), User.active)
    return list(db.session.scalars(query.order_by(User.name)))


def items_of(year: int, months: Iterable[int] = range(1, 13)) -> list[PlanItem]:
    """The items of some months of a year that are still planned, in the order of the plan."""
    kept = (PlanItem.year == year, PlanItem.month.in_(list(months)), PlanItem.dropped_reason == "")
    loaded = (
        joinedload(PlanItem.responsible),
        selectinload(PlanItem.trainings).selectinload(Training.audience),
    )
    query = sa.select(PlanItem).where(*kept).options(*loaded).order_by(PlanItem.month, PlanItem.id)
    return list(db.session.scalars(query))


def items_between(first: date, last: date) -> list[PlanItem]:
    """The items of the months that begin within some days."""
    found = []
    for year in range(first.year, last.year + 1):
        months = [month for month in range(1, 13) if first <= date(year, month, 1) <= last]
        found += items_of(year, months)
    return found


def outside_of_plan(year: int) -> list[Training]:
    """The valid trainings of a year that were held for no item of the plan, oldest first."""
    days = Training.held_on.between(date(year, 1, 1), date(year, 12, 31))
    query = sa.select(Training).where(Training.void_reason == "", Training.plan_item_id.is_(None), days)
    query = query.options(selectinload(Training.audience))
    return list(db.session.scalars(query.order_by(Training.held_on, Training.id)))


def proposal_for(training: Training, items: Sequence[PlanItem]) -> PlanItem | None:
    """The item for which a training was probably held: its kind in its month, first one for which none was held yet."""
    fits = [
        item
        for item in items
        if item.kind is training.kind
        and (item.year, item.month) == (training.held_on.year, training.held_on.month)
    ]
    return min(fits, key=lambda item: (bool(item.held), item.id), default=None)


@dataclass(frozen=True)
class Progress:
    """How much of a plan was done: items, items for which something was held, heads expected and heads that came."""

    planned: int
    done: int
    expected: int
    came: int


def progress(items: Sequence[PlanItem]) -> Progress:
    """The progress of some items. Who came are the attendances of the trainings held for them (人次)."""
    return Progress(
        planned=len(items),
        done=sum(bool(item.held) for item in items),
        expected=sum(item.expected for item in items),
        came=sum(training.attendances for item in items for training in item.held),
    )


def by_kind(items: Sequence[PlanItem]) -> dict[TrainingKind, Progress]:
    """The progress of each kind that is planned."""
    kinds = {kind: [item for item in items if item.kind is kind] for kind in TrainingKind}
    return {kind: progress(found) for kind, found in kinds.items() if found}
