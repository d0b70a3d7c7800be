"""Drills: planned (scenario, plan, roles, steps), held, reviewed, and the measures that follow from the review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from ..accounts.models import User
from ..core import history
from ..core.access import MANAGERS, Permission, allowed, demand
from ..core.asked import Asked
from ..core.clock import local_day
from ..core.db import Base, Pk, db
from ..core.errors import ActedFirst, NotAllowed, Refused
from ..core.labels import N_
from .models import Training, TrainingKind
from .plans import PlanItem, choosable_people

MOST_MEASURES = 30


class Drill(Base):
    """One drill; `roles` and `steps` hold one a line. `training` is the record of having held it."""

    __tablename__ = "drills"

    id: Mapped[Pk]
    title: Mapped[str]
    planned_on: Mapped[date]
    place: Mapped[str]
    scenario: Mapped[str]
    document: Mapped[str]
    roles: Mapped[str]
    steps: Mapped[str]
    plan_item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("training_plan_items.id"), index=True)
    training_id: Mapped[int | None] = mapped_column(sa.ForeignKey("trainings.id"), unique=True)
    planned_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    planned_at: Mapped[datetime]
    went_well: Mapped[str] = mapped_column(default="")
    went_badly: Mapped[str] = mapped_column(default="")
    reviewed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reviewed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    plan_item: Mapped[PlanItem | None] = relationship()
    training: Mapped[Training | None] = relationship()
    planned_by: Mapped[User] = relationship(foreign_keys=[planned_by_id])
    reviewed_by: Mapped[User | None] = relationship(foreign_keys=[reviewed_by_id])
    measures: Mapped[list[DrillMeasure]] = relationship(
        back_populates="drill", order_by="(DrillMeasure.due_on, DrillMeasure.id)"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def author_id(self) -> int:
        """Who planned it."""
        return self.planned_by_id


class DrillMeasure(Base):
    """Something to be done after a drill, by whom and until when; open until it is done."""

    __tablename__ = "drill_measures"

    id: Mapped[Pk]
    drill_id: Mapped[int] = mapped_column(sa.ForeignKey("drills.id"), index=True)
    words: Mapped[str]
    responsible_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_note: Mapped[str] = mapped_column(default="")
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    drill: Mapped[Drill] = relationship(back_populates="measures")
    responsible: Mapped[User] = relationship(foreign_keys=[responsible_id])


@dataclass(frozen=True)
class DrillPlan:
    """A drill as it is planned."""

    title: str
    planned_on: date
    place: str
    scenario: str
    document: str
    roles: str
    steps: str
    plan_item_id: int | None = None


@dataclass(frozen=True)
class Measure:
    """A measure as a review names it."""

    words: str
    responsible_id: int
    due_on: date


PLANNED = ("title", "planned_on", "place", "scenario", "document", "roles", "steps", "plan_item_id")


def plan_drill(plan: DrillPlan, *, actor: User, now: datetime) -> Drill:
    """Plan a drill. Raises NotAllowed, Refused with the field that does not fit."""
    demand(actor, Permission.RECORD_TRAINING)
    _demand_whole(plan)
    drill = Drill(**vars(plan), planned_by_id=actor.id, planned_at=now)
    db.session.add(drill)
    history.record(drill, "plan", actor=actor, now=now, after=_values(drill))
    return drill


def change_drill(drill: Drill, plan: DrillPlan, *, version: int, actor: User, now: datetime) -> None:
    """Change the plan of a drill that was not held yet. Raises ActedFirst, NotAllowed, Refused."""
    demand(actor, Permission.CHANGE_TRAINING, drill)
    if drill.version != version:
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))
    if drill.training_id is not None:
        raise ActedFirst(N_("This drill was held: its plan is not changed any more."))
    _demand_whole(plan)
    before = _values(drill)
    for name in PLANNED:
        setattr(drill, name, getattr(plan, name))
    after = _values(drill)
    if before != after:
        history.record(drill, "change", actor=actor, now=now, before=before, after=after)


def _demand_whole(plan: DrillPlan) -> None:
    for name in ("title", "place", "scenario", "document", "roles", "steps"):
        if not getattr(plan, name).strip():
            raise Refused(N_("Fill this in."), field=name)


def _values(drill: Drill) -> dict[str, Any]:
    values = {name: getattr(drill, name) for name in PLANNED}
    return values | {"planned_on": drill.planned_on.isoformat()}


def hold(drill: Drill, training: Training, *, actor: User, now: datetime) -> None:
    """Say by which record a drill was held. Raises ActedFirst, NotAllowed, Refused."""
    demand(actor, Permission.CHANGE_TRAINING, drill)
    if drill.training_id is not None:
        raise ActedFirst(N_("The record of this drill was chosen already."))
    if training.kind is not TrainingKind.DRILL or training.is_void:
        raise Refused(N_("Choose the record of a drill that counts."), field="training")
    if db.session.scalar(sa.select(Drill.id).where(Drill.training_id == training.id)) is not None:
        raise Refused(N_("This record belongs to another drill."), field="training")
    drill.training_id = training.id
    history.record(drill, "hold", actor=actor, now=now, after={"training": training.id})


def review(
    drill: Drill, well: str, badly: str, measures: Sequence[Measure], *, actor: User, now: datetime
) -> None:
    """Write the review of a drill that was held, once, with its measures. Raises ActedFirst, NotAllowed, Refused."""
    demand(actor, Permission.CHANGE_TRAINING, drill)
    if drill.training_id is None:
        raise Refused(N_("A drill is reviewed after it was held. Choose its record first."))
    if drill.reviewed_at is not None:
        raise ActedFirst(N_("This drill was reviewed already."))
    for name, words in (("went_well", well), ("went_badly", badly)):
        if not words.strip():
            raise Refused(N_("Fill this in."), field=name)
    _demand_measures(measures, local_day(now))
    drill.went_well, drill.went_badly = well.strip(), badly.strip()
    drill.reviewed_by_id, drill.reviewed_at = actor.id, now
    for one in measures:
        drill.measures.append(
            DrillMeasure(words=one.words.strip(), responsible_id=one.responsible_id, due_on=one.due_on)
        )
    history.record(drill, "review", actor=actor, now=now, after={"measures": len(measures)})


def _demand_measures(measures: Sequence[Measure], today: date) -> None:
    people = {person.id for person in choosable_people()}
    if len(measures) > MOST_MEASURES:
        raise Refused(N_("At most %(most)s measures."), field="measures", most=MOST_MEASURES)
    for one in measures:
        if not one.words.strip() or one.responsible_id not in people:
            raise Refused(N_("Each measure has words, a person and a date."), field="measures")
        if one.due_on < today:
            raise Refused(N_("A measure is due today or later."), field="measures")


def may_settle(measure: DrillMeasure, actor: User) -> bool:
    """Who is responsible, who planned the drill, and the office."""
    own = measure.responsible_id == actor.id and allowed(actor, Permission.SEE_TRAININGS)
    return own or allowed(actor, Permission.CHANGE_TRAINING, measure.drill)


def settle_measure(measure: DrillMeasure, note: str, *, actor: User, now: datetime) -> None:
    """Note that a measure is done. Raises ActedFirst, NotAllowed, Refused."""
    if not may_settle(measure, actor):
        raise NotAllowed(N_("You may not do this. Ask the safety office if you think you should."))
    if measure.done_on is not None:
        raise ActedFirst(N_("This measure is done already."))
    if not note.strip():
        raise Refused(N_("Say what was done."), field="note")
    measure.done_on, measure.done_note, measure.done_by_id = local_day(now), note.strip(), actor.id
    history.record(measure.drill, "settle_measure", actor=actor, now=now, note=measure.done_note)


def drills() -> sa.Select[Drill]:
    """All drills with what their list shows."""
    return sa.select(Drill).options(joinedload(Drill.training), selectinload(Drill.measures))


def records_to_choose() -> list[Training]:
    """The valid records of drills that belong to none yet, newest first."""
    taken = sa.select(Drill.training_id).where(Drill.training_id.is_not(None))
    of_drills = (Training.kind == TrainingKind.DRILL, Training.void_reason == "", Training.id.not_in(taken))
    return list(
        db.session.scalars(sa.select(Training).where(*of_drills).order_by(Training.held_on.desc()).limit(50))
    )


# Made once: Today asks them.
_DUE_MEASURES = (
    sa.select(DrillMeasure)
    .where(DrillMeasure.done_on.is_(None), DrillMeasure.due_on <= sa.bindparam("until"))
    .options(joinedload(DrillMeasure.drill), joinedload(DrillMeasure.responsible))
    .order_by(DrillMeasure.due_on, DrillMeasure.id)
)
_OWN_DUE_MEASURES = _DUE_MEASURES.where(DrillMeasure.responsible_id == sa.bindparam("person"))


def due_measures(reader: User, day: date, soon: int) -> Asked[DrillMeasure]:
    """What is to be done within so many days or overdue: one's own, for managers everybody's."""
    until = {"until": day + timedelta(days=soon)}
    if reader.role in MANAGERS:
        return Asked(_DUE_MEASURES, until)
    return Asked(_OWN_DUE_MEASURES, until | {"person": reader.id})
