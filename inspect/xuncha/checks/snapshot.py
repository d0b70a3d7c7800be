"""The snapshot of a filed check: names, texts and clauses as they were on that day; its documents print from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from ..accounts.models import User
from ..checklists.limits import Limits
from ..checklists.models import Basis, Checklist, ChecklistVersion, Item, Law, limits_of
from ..checklists.queries import clauses_text
from ..core import settings
from ..core.db import db
from ..core.i18n import use_language
from ..enterprises.models import Sector, Site
from .filing import Filing
from .models import Check

RECORD_WORD = "检记"


def prefix() -> str:
    """The organ's code in document numbers."""
    return settings.value("number_prefix")


def office() -> dict[str, Any]:
    """The zone and the inspecting organ in both languages."""
    return {name: settings.bilingual(name) for name in ("zone", "org")}


@dataclass
class FiledItem:
    """An item as a check cites it: `version` names list and edition, `facts` is what the check keeps of it."""

    id: int
    code: str
    version: str
    facts: dict[str, Any]
    limits: Limits | None
    photo_required: bool


_OF_LAW = ("kind", "title_zh", "title_en", "edition", "in_force_from", "in_force_to", "sectors")
_OF_BASIS = 3 + len(_OF_LAW)  # columns
# Made once: making a statement takes longer than running it.
_ITEMS = (
    sa.select(
        Item.id, Item.code, Item.text_zh, Item.text_en, Item.photo_required,
        Item.quantity_zh, Item.quantity_en, Item.unit, Item.lower, Item.upper, Item.decimals,
        ChecklistVersion.number,
        Checklist.code.label("list"), Checklist.title_zh, Checklist.title_en, Checklist.block,
        Law.id.label("law_id"), Basis.clause, Basis.checked,
        *(getattr(Law, name).label(f"law_{name}") for name in _OF_LAW),
    )
    .join(Item.version)
    .join(ChecklistVersion.checklist)
    .outerjoin(Item.bases)
    .outerjoin(Basis.law)
    .where(Item.id.in_(sa.bindparam("numbers", expanding=True)))
    .order_by(Item.id, Basis.position, Basis.id)
)  # fmt: skip


def read_items(numbers: Collection[int]) -> Sequence[Any]:
    """The items with these numbers, a row for each of their bases, in one read."""
    with db.session.no_autoflush:
        return db.session.execute(_ITEMS, {"numbers": sorted(numbers)}).all() if numbers else []


def as_cited(rows: Sequence[Any], site: Site, day: date) -> dict[int, FiledItem]:
    """The items of such rows by number, with their bases as they are cited at a site on a day."""
    items: dict[int, FiledItem] = {}
    for number, group in groupby(rows, key=attrgetter("id")):
        of_item = list(group)
        one = of_item[0]
        bases = tuple(tuple(row[-_OF_BASIS:]) for row in of_item if row.law_id is not None)
        facts: dict[str, Any] = _texts(one) | _cited(bases, site.sector, day)
        limits = limits_of(one)
        if limits is not None:
            facts["limits"] = asdict(limits)
        version = f"{one.list} {one.number}"
        items[number] = FiledItem(number, one.code, version, facts, limits, one.photo_required)
    return items


def _texts(row: Any) -> dict[str, str]:
    return {
        "text_zh": row.text_zh,
        "text_en": row.text_en,
        "list": row.list,
        "list_zh": row.title_zh,
        "list_en": row.title_en,
        "block": row.block.value,
    }


# Most checks cite the same bases as the check before; whatever the office corrects in a law makes them others.
@lru_cache(maxsize=4096)
def _cited(bases: tuple[tuple[Any, ...], ...], sector: Sector | None, day: date) -> dict[str, str]:
    """The basis of a general finding, and that of a finding that is or may be a major hazard; nothing may change it."""
    clauses = [
        (Law(**dict(zip(_OF_LAW, law, strict=True))), clause, checked)
        for _number, clause, checked, *law in bases
    ]
    found = {}
    for lang in ("zh", "en"):
        with use_language(lang):
            found[f"basis_{lang}"] = clauses_text(clauses, day)
            found[f"major_basis_{lang}"] = clauses_text(clauses, day, major_at=sector)
    return found


def facts(
    check: Check, filing: Filing, site: Site, actor: User, items: Mapping[int, FiledItem]
) -> dict[str, Any]:
    """Everything that the record prints and that may change later elsewhere."""
    inspector = check.inspector
    answered = [items[answer.item_id] for answer in filing.answers]
    return {
        **office(),
        "site": site.facts(),
        "inspector": {
            "name": inspector.name,
            "title": inspector.title,
            "certificate": filing.certificate or inspector.certificate,
        },
        "site_person": filing.site_person.model_dump(),
        "versions": sorted({item.version for item in answered}),
        "items": {item.code: item.facts for item in answered},
    }
