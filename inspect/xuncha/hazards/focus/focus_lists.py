"""Focus lists: enterprises that the office watches apart, named by a rule; who belongs follows from the rule at each look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ...accounts.models import User
from ...core import history
from ...core.access import Permission, demand
from ...core.clock import today
from ...core.db import Base, Pk, db
from ...core.errors import ActedFirst, Refused
from ...core.labels import N_
from ...enterprises.models import Risk, Sector, Site, SiteKind, WorkingState
from ..lifecycle import UNSETTLED, State
from ..models import Grade, Hazard, queued
from ..queries import year_before

MOST_LISTS = 30
MOST_REPEATS = 99


@dataclass(frozen=True)
class Conditions:
    """The rule: every condition that is set must hold; of several sectors or risks one is enough."""

    sectors: tuple[Sector, ...] = ()
    risks: tuple[Risk, ...] = ()
    key: bool = False
    crowded: bool = False
    no_phone: bool = False
    open_major: bool = False
    overdue: bool = False
    repeats: int = 0

    @classmethod
    def from_row(cls, kept: Mapping[str, Any]) -> Conditions:
        """The rule as it was kept."""
        ticks = ("key", "crowded", "no_phone", "open_major", "overdue")
        return cls(
            sectors=tuple(Sector(value) for value in kept.get("sectors", ())),
            risks=tuple(Risk(value) for value in kept.get("risks", ())),
            repeats=int(kept.get("repeats", 0)),
            **{name: bool(kept.get(name)) for name in ticks},
        )

    def to_row(self) -> dict[str, Any]:
        """What is kept of it: only what is set."""
        kept: dict[str, Any] = {name: value for name, value in asdict(self).items() if value}
        for name in ("sectors", "risks"):
            if name in kept:
                kept[name] = [one.value for one in kept[name]]
        return kept

    @property
    def is_empty(self) -> bool:
        """Nothing is asked for: every enterprise would belong."""
        return not self.to_row()


class FocusList(Base):
    """A named rule of the office. A retired list stays, for addresses that name it."""

    __tablename__ = "focus_lists"

    id: Mapped[Pk]
    name_zh: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str] = mapped_column(default="")
    conditions: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def rule(self) -> Conditions:
        """Its conditions."""
        return Conditions.from_row(self.conditions)


def lists() -> list[FocusList]:
    """The lists in use, oldest first."""
    query = sa.select(FocusList).where(FocusList.retired_at.is_(None))
    return list(db.session.scalars(query.order_by(FocusList.id)))


def sites_of(number: int) -> sa.Select[int]:
    """The numbers of the enterprises of a list as they are today, for `in_`; none for an unknown list."""
    found = db.session.get(FocusList, number)
    if found is None:
        return sa.select(Site.id).where(sa.false())
    return members(found.rule, today())


def members(rule: Conditions, day: date) -> sa.Select[int]:
    """The numbers of the enterprises that fit a rule on a day; those closed down do not."""
    query = sa.select(Site.id).where(
        Site.kind == SiteKind.ENTERPRISE, Site.working_state != WorkingState.CLOSED, *_of_site(rule)
    )
    return query.where(*(Site.id.in_(sites) for sites in _of_hazards(rule, day)))


def _of_site(rule: Conditions) -> list[sa.ColumnElement[bool]]:
    clauses: list[sa.ColumnElement[bool]] = []
    clauses += [Site.sector.in_(rule.sectors)] if rule.sectors else []
    clauses += [Site.risk.in_(rule.risks)] if rule.risks else []
    marks = ((Site.key, rule.key), (Site.crowded, rule.crowded), (Site.no_phone, rule.no_phone))
    return [*clauses, *(column.is_(True) for column, wanted in marks if wanted)]


def _of_hazards(rule: Conditions, day: date) -> list[sa.Select[int]]:
    sites = sa.select(Hazard.site_id)
    found = []
    if rule.open_major:
        found.append(sites.where(Hazard.grade == Grade.MAJOR, Hazard.state.in_(UNSETTLED)))
    if rule.overdue:
        found.append(sites.where(queued < day))
    if rule.repeats:
        within = Hazard.found_on.between(year_before(day), day)
        repeated = sites.where(Hazard.repeat_of_id.is_not(None), Hazard.state != State.VOID, within)
        found.append(repeated.group_by(Hazard.site_id).having(sa.func.count() >= rule.repeats))
    return found


def add_list(name_zh: str, name_en: str, rule: Conditions, *, actor: User, now: datetime) -> FocusList:
    """Name a further rule. Raises NotAllowed, Refused."""
    demand(actor, Permission.EDIT_FOCUS_LISTS)
    if len(lists()) >= MOST_LISTS:
        raise Refused(N_("There are too many focus lists. Retire those that nobody looks at."))
    _demand_good(name_zh, rule)
    made = FocusList(name_zh=name_zh, name_en=name_en, conditions=rule.to_row(), created_at=now)
    db.session.add(made)
    history.record(made, "add_focus_list", actor=actor, now=now, after=_facts(made))
    return made


def change_list(
    focus: FocusList, name_zh: str, name_en: str, rule: Conditions, *, seen: int, actor: User, now: datetime
) -> None:
    """Change name and rule, by one who saw them in a version. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.EDIT_FOCUS_LISTS)
    if focus.version != seen or focus.retired_at is not None:
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))
    _demand_good(name_zh, rule, but=focus)
    before = _facts(focus)
    focus.name_zh, focus.name_en, focus.conditions = name_zh, name_en, rule.to_row()
    history.record(focus, "change_focus_list", actor=actor, now=now, before=before, after=_facts(focus))


def retire_list(focus: FocusList, *, actor: User, now: datetime) -> None:
    """Put a list out of use; figures that were asked for it can be asked again. Raises NotAllowed, ActedFirst."""
    demand(actor, Permission.EDIT_FOCUS_LISTS)
    if focus.retired_at is not None:
        raise ActedFirst(N_("This list was retired before."))
    focus.retired_at = now
    history.record(focus, "retire_focus_list", actor=actor, now=now)


def _facts(focus: FocusList) -> dict[str, Any]:
    return {"name_zh": focus.name_zh, "name_en": focus.name_en, "conditions": focus.conditions}


def _demand_good(name_zh: str, rule: Conditions, but: FocusList | None = None) -> None:
    if not name_zh:
        raise Refused(N_("Enter the name."), field="name_zh")
    if rule.is_empty:
        raise Refused(N_("Set at least one condition: without any, every enterprise belongs to the list."))
    with db.session.no_autoflush:
        same = db.session.scalar(sa.select(FocusList).where(FocusList.name_zh == name_zh))
    if same is not None and same is not but:
        raise Refused(
            N_("A list has this name, perhaps a retired one. Give it another name."), field="name_zh"
        )
