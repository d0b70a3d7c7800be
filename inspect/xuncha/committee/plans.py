"""Plans by sector: goals, period, whom they reach, checklist, documents; progress follows from the zone's figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..checklists.models import Checklist, HazardClass
from ..core import history
from ..core.access import Permission, allowed, demand
from ..core.clock import today
from ..core.db import Base, Pk, db
from ..core.errors import ActedFirst, Refused
from ..core.labels import N_, Labelled
from ..enterprises.models import Sector
from ..stats.figures import Figures, Period, Scope


class PlanReach(Labelled):
    """Whose enterprises a plan is for."""

    SECTOR = "sector", N_("Enterprises of the sector")
    CROWDED = "crowded", N_("Crowded places of every sector")
    EVERY = "every", N_("Enterprises of every sector")


class SectorPlan(Base):
    """A plan of work in a sector."""

    __tablename__ = "sector_plans"

    id: Mapped[Pk]
    sector: Mapped[Sector]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date] = mapped_column(index=True)
    until_on: Mapped[date]
    reach: Mapped[PlanReach] = mapped_column(default=PlanReach.SECTOR)
    hazard_class: Mapped[HazardClass | None]
    checklist_id: Mapped[int | None] = mapped_column(sa.ForeignKey("checklists.id"))
    goals: Mapped[str]
    coverage_goal: Mapped[int | None]
    rate_goal: Mapped[int | None]
    documents: Mapped[str] = mapped_column(default="")
    responsible_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)

    checklist: Mapped[Checklist | None] = relationship()
    responsible: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def scope(self, actor: User | None) -> Scope:
        """Whose rows its figures count, of those that a reader sees."""
        return Scope(
            actor,
            sector=self.sector if self.reach is PlanReach.SECTOR else None,
            crowded=self.reach is PlanReach.CROWDED,
            hazard_class=self.hazard_class,
        )

    def period(self, day: date) -> Period:
        """Its days, as they stand on a day."""
        return Period.between(self.from_on, self.until_on, None, today=day)


FIELDS = (
    "sector",
    "name",
    "name_en",
    "from_on",
    "until_on",
    "reach",
    "hazard_class",
    "checklist_id",
    "goals",
    "coverage_goal",
    "rate_goal",
    "documents",
    "responsible_id",
)
COUNTED = ("visits", "enterprises_visited", "hazards_found", "hazards_closed", "hazards_overdue")
NEWEST = (SectorPlan.from_on.desc(), SectorPlan.id.desc())


def visible_to(actor: User) -> sa.Select[SectorPlan]:
    """The plans, to whom the committee is open."""
    query = sa.select(SectorPlan)
    return query if allowed(actor, Permission.SEE_COMMITTEE) else query.where(sa.false())


@dataclass(frozen=True)
class Goal:
    """A rate beside the goal that was set for it, in percent; none where none was set."""

    rate: str
    reached: float | None
    goal: int | None

    @property
    def missed(self) -> bool:
        """Below the goal."""
        return self.goal is not None and self.reached is not None and self.reached * 100 < self.goal


class Progress:
    """What a plan has come to, by the zone's figures of its scope and period."""

    def __init__(self, plan: SectorPlan, reader: User | None, day: date) -> None:
        self.plan, self.day = plan, day
        rates = ("coverage", "rectification_rate")
        self.figures = Figures(plan.period(day), plan.scope(reader), only=[*COUNTED, *rates])
        self.coverage = Goal("coverage", self.figures.rate("coverage"), plan.coverage_goal)
        self.rectified = Goal("rectification_rate", self.figures.rate("rectification_rate"), plan.rate_goal)

    @property
    def begun(self) -> bool:
        """Whether its first day has come."""
        return self.plan.from_on <= self.day

    @property
    def passed(self) -> float:
        """How much of its time is over, a share of one."""
        whole = (self.plan.until_on - self.plan.from_on).days + 1
        return min(1.0, max(0, (self.day - self.plan.from_on).days) / whole)

    def address(self) -> dict[str, Any]:
        """The arguments of an address that asks its figures again."""
        return {**self.figures.period.to_args(), **self.figures.scope.to_args()}


def save_plan(
    plan: SectorPlan | None, facts: dict[str, Any], *, version: int, actor: User, now: datetime
) -> SectorPlan:
    """Write a new plan, or change one; `version` is the one that the actor looked at."""
    demand(actor, Permission.MANAGE_COMMITTEE)
    if plan is not None and plan.version != version:
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))
    _demand_sound(facts)
    before = _values(plan) if plan is not None else {}
    verb = "change" if plan is not None else "create"
    if plan is None:
        plan = SectorPlan()
        db.session.add(plan)
    for name in FIELDS:
        value = facts[name]
        setattr(plan, name, value.strip() if type(value) is str else value)
    after = _values(plan)
    changed = [name for name in FIELDS if before.get(name) != after[name]]
    if verb == "create" or changed:
        old = {name: before[name] for name in changed} if before else {}
        history.record(
            plan, verb, actor=actor, now=now, before=old, after={name: after[name] for name in changed}
        )
    return plan


def _demand_sound(facts: dict[str, Any]) -> None:
    for name in ("name", "goals"):
        if not facts[name].strip():
            raise Refused(N_("Fill this in."), field=name)
    if facts["until_on"] < facts["from_on"]:
        raise Refused(N_("The last day lies before the first."), field="until_on")
    for name in ("coverage_goal", "rate_goal"):
        if facts[name] is not None and not 0 <= facts[name] <= 100:
            raise Refused(N_("A goal is 0 to 100 percent."), field=name)


def _values(plan: SectorPlan) -> dict[str, Any]:
    values = {name: getattr(plan, name) for name in FIELDS}
    return {
        name: value.value if isinstance(value, Labelled) else str(value) if isinstance(value, date) else value
        for name, value in values.items()
    }


def progress_of(plan: SectorPlan, reader: User | None) -> Progress:
    """What a plan has come to today."""
    return Progress(plan, reader, today())
