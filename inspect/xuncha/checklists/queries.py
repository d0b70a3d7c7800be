"""Which lists a visit goes through, and the selects of lists and laws."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..core.access import Permission, allowed
from ..core.db import db
from ..core.errors import Refused
from ..core.i18n import pick
from ..core.labels import N_
from ..enterprises.models import Sector, Site
from ..photos.models import Photo
from ..photos.queries import shown
from .citations import basis_text, clauses_text, criterion_text, law_text
from .models import CRITERION, Basis, Checklist, ChecklistVersion, Criterion, Item, Law

__all__ = [
    "Change",
    "Difference",
    "Section",
    "basis_text",
    "clauses_text",
    "codes_for",
    "compose",
    "criteria_in_force",
    "demand_in_scope",
    "difference",
    "expired_items",
    "laws_visible_to",
    "previous",
    "visible_to",
]

GENERAL = ("GEN", "FAC")
IDLE = ("IDLE",)
HOLIDAY = "HOL"
BY_SECTOR = {
    Sector.HAZCHEM: "HAZ",
    Sector.INDUSTRY: "IND",
    Sector.FIRE: "FIRE",
    Sector.CROWDED: "CROWD",
}


# What any factory is asked of fire leaves out the fire control room and the rules of a store's stacks.
NOT_EVERY_FACTORY = frozenset({"FIRE-12", "FIRE-15"})


_WITH_ITEMS = (joinedload(ChecklistVersion.checklist), selectinload(ChecklistVersion.items))


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
    if site.sector is Sector.INDUSTRY:
        sector.append(BY_SECTOR[Sector.FIRE])
    if site.crowded and site.sector is not Sector.CROWDED:
        sector.append(BY_SECTOR[Sector.CROWDED])
    if kind == "expert":
        return [*sector, *reversed(GENERAL)]
    return [*GENERAL, *sector, *([HOLIDAY] if kind == "holiday" else [])]


def compose(site: Site, kind: str, answered: Collection[int] = ()) -> list[Section]:
    """The sections of a check, each in its newest published version; `kind` is the value of the visit's kind.

    `answered` are the items of a visit already made: their lists come in the version that it went through.
    """
    codes = codes_for(site, kind)
    newest = (
        sa.select(sa.func.max(ChecklistVersion.id))
        .join(Checklist)
        .where(Checklist.code.in_(codes), ChecklistVersion.published_at.is_not(None))
        .group_by(Checklist.id)
    )
    query = sa.select(ChecklistVersion).where(ChecklistVersion.id.in_(newest)).options(*_WITH_ITEMS)
    found = {version.checklist.code: version for version in db.session.scalars(query)}
    if answered:
        found |= _gone_through(answered)
        codes += [code for code in found if code not in codes]
    return [
        Section(found[code].checklist, found[code], _items_for(site, found[code], answered))
        for code in codes
        if code in found
    ]


def _items_for(site: Site, version: ChecklistVersion, answered: Collection[int]) -> list[Item]:
    if site.sector is not Sector.INDUSTRY:
        return version.items
    return [item for item in version.items if item.code not in NOT_EVERY_FACTORY or item.id in answered]


def _gone_through(items: Collection[int]) -> dict[str, ChecklistVersion]:
    versions = sa.select(Item.version_id).where(Item.id.in_(items))
    query = sa.select(ChecklistVersion).where(ChecklistVersion.id.in_(versions)).options(*_WITH_ITEMS)
    return {version.checklist.code: version for version in db.session.scalars(query)}


def visible_to(actor: User) -> sa.Select[Checklist]:
    """The checklists, in their order, for whoever may read them."""
    query = sa.select(Checklist).order_by(Checklist.position, Checklist.id)
    return query if allowed(actor, Permission.SEE_CHECKLISTS) else query.where(sa.false())


def laws_visible_to(actor: User) -> sa.Select[Law]:
    """Every law and standard in every edition."""
    query = sa.select(Law).order_by(Law.kind, Law.title_zh, Law.in_force_from)
    return query if allowed(actor, Permission.SEE_CHECKLISTS) else query.where(sa.false())


@dataclass(frozen=True)
class CriterionRow:
    """A criterion as it is offered: how it is cited, its wording, the sectors in its scope (empty: all)."""

    cited: str
    wording: str
    sectors: str


def criteria_in_force(day: date) -> list[CriterionRow]:
    """The criteria for major hazards in force on a day; a document whose text is not held is one row without wording."""
    query = sa.select(Criterion).options(joinedload(Criterion.law)).order_by(Criterion.id)
    items = [one for one in db.session.scalars(query) if one.law.in_force(day)]
    whole = {one.law_id for one in items}
    documents = db.session.scalars(sa.select(Law).where(Law.kind == CRITERION).order_by(Law.id))
    return [
        *(
            CriterionRow(criterion_text(one.law, one.clause), pick(one, "wording"), one.law.sectors)
            for one in items
        ),
        *(
            CriterionRow(law_text(law), pick(law, "note"), law.sectors)
            for law in documents
            if law.id not in whole and law.in_force(day)
        ),
    ]


def demand_in_scope(criterion: str, sector: Sector) -> None:
    """Refuse a criterion whose document does not apply to sites of the sector."""
    for law in db.session.scalars(sa.select(Law).where(Law.kind == CRITERION)):
        if not law.is_citable(sector) and any(name in criterion for name in law.names):
            raise Refused(
                N_("This criterion does not apply to sites of this sector. Choose another one."),
                field="criterion",
            )


@shown
def _sees_example(actor: User, photo: Photo) -> bool:
    """An example picture is for everybody who may read the lists."""
    uses = sa.or_(Item.right_example == photo.sha256, Item.wrong_example == photo.sha256)
    return (
        allowed(actor, Permission.SEE_CHECKLISTS)
        and db.session.scalar(sa.select(sa.exists().where(uses))) is True
    )


def example_pictures() -> list[str]:
    """The hashes of the example pictures of the lists in use."""
    newest = (
        sa.select(sa.func.max(ChecklistVersion.id))
        .where(ChecklistVersion.published_at.is_not(None))
        .group_by(ChecklistVersion.checklist_id)
    )
    query = sa.select(Item.right_example, Item.wrong_example).where(Item.version_id.in_(newest))
    rows = db.session.execute(query.order_by(Item.id))
    return list(dict.fromkeys(sha256 for row in rows for sha256 in row if sha256))


@dataclass(frozen=True)
class Change:
    """How an item differs from the version before: which parts, and how it read there."""

    item: Item
    parts: tuple[str, ...]
    old: Item


@dataclass(frozen=True)
class Difference:
    """What a version adds, removes and changes against another."""

    added: list[Item]
    removed: list[Item]
    changed: list[Change]

    @property
    def count(self) -> int:
        """How many items differ."""
        return len(self.added) + len(self.removed) + len(self.changed)


def _parts(item: Item) -> dict[str, object]:
    return {
        "text": (item.text_zh, item.text_en),
        "class": item.hazard_class,
        "major": (item.major, item.major_note_zh, item.major_note_en),
        "limits": item.limits,
        "photo": item.photo_required,
        "guidance": (item.guidance_zh, item.guidance_en, item.right_example, item.wrong_example),
        "bases": [(basis.law_id, basis.clause, basis.checked) for basis in item.bases],
        "phrases": [
            (one.text_zh, one.text_en, one.measure_zh, one.measure_en, one.grade, one.days)
            for one in item.phrases
        ],
    }


def previous(version: ChecklistVersion) -> ChecklistVersion | None:
    """The version before a version."""
    earlier = [one for one in version.checklist.versions if one.number < version.number]
    return earlier[-1] if earlier else None


def difference(version: ChecklistVersion, before: ChecklistVersion | None) -> Difference:
    """What changed from one version to another; a moved item counts as changed in its place."""
    old = {item.code: item for item in before.items} if before else {}
    new = {item.code: item for item in version.items}
    kept_before = [code for code in old if code in new]
    kept_now = [code for code in new if code in old]
    blocks = SequenceMatcher(None, kept_before, kept_now, autojunk=False).get_matching_blocks()
    in_place = {code for block in blocks for code in kept_now[block.b : block.b + block.size]}
    changed = []
    for code in kept_now:
        was, now = _parts(old[code]), _parts(new[code])
        parts = [name for name in now if now[name] != was[name]]
        if code not in in_place:
            parts.append("place")
        if parts:
            changed.append(Change(new[code], tuple(parts), old[code]))
    return Difference(
        added=[item for code, item in new.items() if code not in old],
        removed=[item for code, item in old.items() if code not in new],
        changed=changed,
    )


def expired_items(day: date) -> dict[int, list[Item]]:
    """The items of the newest published versions that cite a law not in force on a day, by version."""
    newest = (
        sa.select(sa.func.max(ChecklistVersion.id))
        .where(ChecklistVersion.published_at.is_not(None))
        .group_by(ChecklistVersion.checklist_id)
    )
    out = sa.or_(Law.in_force_from > day, Law.in_force_to < day)
    query = sa.select(Item).where(Item.version_id.in_(newest), Item.bases.any(Basis.law.has(out)))
    found: dict[int, list[Item]] = {}
    for item in db.session.scalars(query.order_by(Item.version_id, Item.position)):
        found.setdefault(item.version_id, []).append(item)
    return found
