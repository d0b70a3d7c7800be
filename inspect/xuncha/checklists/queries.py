"""Which lists a visit goes through, and the selects of lists and laws."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..core.access import Permission, allowed
from ..core.db import db
from ..enterprises.models import Sector, Site
from .citing import basis_text
from .models import Basis, Checklist, ChecklistVersion, Item, Law

__all__ = ["Section", "basis_text", "codes_for", "compose", "laws_visible_to", "visible_to"]

GENERAL = ("GEN", "FAC")
IDLE = ("IDLE",)
HOLIDAY = "HOL"
BY_SECTOR = {
    Sector.HAZCHEM: "HAZ",
    Sector.INDUSTRY: "IND",
    Sector.FIRE: "FIRE",
    Sector.CROWDED: "CROWD",
}


@dataclass(frozen=True)
class Section:
    """A list as one visit goes through it."""

    checklist: Checklist
    version: ChecklistVersion
    items: list[Item]


def codes_for(site: Site, kind: str) -> list[str]:
    """The codes of the lists for a visit of a kind, in the order in which they are gone through."""
    if kind == "recheck":
        return []
    if site.is_idle:
        return list(IDLE)
    sector = [BY_SECTOR[site.sector]] if site.sector in BY_SECTOR else []
    if site.crowded and site.sector is not Sector.CROWDED:
        sector.append(BY_SECTOR[Sector.CROWDED])
    if kind == "expert":
        return [*sector, *reversed(GENERAL)]
    return [*GENERAL, *sector, *([HOLIDAY] if kind == "holiday" else [])]


def compose(site: Site, kind: str) -> list[Section]:
    """The sections of a check, each in its newest published version; `kind` is the value of the visit's kind."""
    codes = codes_for(site, kind)
    newest = (
        sa.select(sa.func.max(ChecklistVersion.id))
        .join(Checklist)
        .where(Checklist.code.in_(codes), ChecklistVersion.published_at.is_not(None))
        .group_by(Checklist.id)
    )
    query = sa.select(ChecklistVersion).where(ChecklistVersion.id.in_(newest)).options(*_whole_version())
    found = {version.checklist.code: version for version in db.session.scalars(query)}
    return [Section(found[code].checklist, found[code], found[code].items) for code in codes if code in found]


def _whole_version() -> tuple[sa.orm.interfaces.ORMOption, ...]:
    items = selectinload(ChecklistVersion.items)
    return (
        joinedload(ChecklistVersion.checklist),
        items.selectinload(Item.bases).joinedload(Basis.law),
        items.selectinload(Item.phrases),
    )


def visible_to(actor: User) -> sa.Select[Checklist]:
    """The checklists, in their order, for whoever may read them."""
    query = sa.select(Checklist).order_by(Checklist.position, Checklist.id)
    return query if allowed(actor, Permission.SEE_CHECKLISTS) else query.where(sa.false())


def laws_visible_to(actor: User) -> sa.Select[Law]:
    """Every law and standard in every edition."""
    query = sa.select(Law).order_by(Law.kind, Law.title_zh, Law.in_force_from)
    return query if allowed(actor, Permission.SEE_CHECKLISTS) else query.where(sa.false())
