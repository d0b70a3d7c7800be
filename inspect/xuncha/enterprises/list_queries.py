"""The filterable lists and the load of supervisors: selects that follow an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

import sqlalchemy as sa

from ..accounts.models import User
from ..core import search
from ..core.db import db
from ..core.parsing import read_number
from . import queries
from .models import Risk, Sector, Site, SiteKind, WorkingState

NOBODY = "none"


@dataclass(frozen=True)
class Criteria:
    """The filters of the lists, as they stand in the address; an empty one filters nothing."""

    text: str = ""
    sector: str = ""
    risk: str = ""
    key: str = ""
    crowded: str = ""
    state: str = ""
    area: str = ""
    supervisor: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> Criteria:
        """Read the filters of an address; what does not fit is left out."""
        known: dict[str, set[str]] = {
            "sector": {member.value for member in Sector},
            "risk": {member.value for member in Risk},
            "state": {member.value for member in WorkingState},
            "key": {"1", "0"},
            "crowded": {"1", "0"},
        }
        read = {spec.name: (args.get(spec.name) or "").strip()[:120] for spec in fields(cls)}
        supervisor = read["supervisor"]
        if supervisor != NOBODY and read_number(supervisor) is None:
            read["supervisor"] = ""
        return cls(**{name: value for name, value in read.items() if value in known.get(name, {value})})

    def to_args(self) -> dict[str, str]:
        """The address of these filters."""
        return {spec.name: value for spec in fields(self) if (value := getattr(self, spec.name))}

    @property
    def active(self) -> int:
        """How many filters are on."""
        return len(self.to_args())


def _flag(column: sa.SQLColumnExpression[bool], value: str) -> sa.ColumnElement[bool]:
    return column.is_(value == "1")


def _conditions(criteria: Criteria) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if criteria.text:
        own = search.mention(Site, criteria.text, Site.name, Site.uscc, Site.address)
        found.append(search.either(Site.id, own, *search.sounding(Site, criteria.text)).holds)
    same = {
        Site.sector: criteria.sector,
        Site.risk: criteria.risk,
        Site.working_state: criteria.state,
        Site.area: criteria.area,
    }
    found += [column == value for column, value in same.items() if value]
    found += [
        _flag(column, value)
        for column, value in ((Site.key, criteria.key), (Site.crowded, criteria.crowded))
        if value
    ]
    if criteria.supervisor == NOBODY:
        found.append(Site.supervisor_id.is_(None))
    elif criteria.supervisor:
        found.append(Site.supervisor_id == int(criteria.supervisor))
    return found


def filtered(actor: User, kind: SiteKind, criteria: Criteria) -> sa.Select[Site]:
    """The sites of a kind that the actor sees and that fit, by name."""
    query = queries.visible_to(actor).where(Site.kind == kind, *_conditions(criteria))
    return query.order_by(Site.name, Site.id)


@dataclass
class Load:
    """What one supervisor carries; `supervisor` is None for what nobody carries."""

    supervisor: User | None
    sites: int = 0
    key: int = 0
    crowded: int = 0
    idle: int = 0
    risks: dict[str, int] = field(default_factory=lambda: {member.value: 0 for member in Risk})
    tallies: list[int] = field(default_factory=list)


def loads(actor: User, day: date) -> list[Load]:
    """The load of every supervisor that the actor sees; last, if there are any, the sites without one."""
    by_holder: dict[int | None, Load] = {
        person.id: Load(person) for person in queries.supervisors_seen_by(actor)
    }
    rows = db.session.execute(
        queries.visible_to(actor).with_only_columns(
            Site.id, Site.supervisor_id, Site.kind, Site.risk, Site.key, Site.crowded
        )
    ).all()
    holder_of = {row.id: row.supervisor_id for row in rows}
    for row in rows:
        load = by_holder.setdefault(row.supervisor_id, Load(None))
        if row.kind is SiteKind.IDLE:
            load.idle += 1
            continue
        load.sites += 1
        load.key += row.key
        load.crowded += row.crowded
        load.risks[row.risk.value] += 1
    for one in queries.tallies():
        sums = dict.fromkeys(by_holder, 0)
        for number, count in one.count(list(holder_of), day).items():
            sums[holder_of[number]] += count
        for holder, load in by_holder.items():
            load.tallies.append(sums[holder])
    return list(by_holder.values())
