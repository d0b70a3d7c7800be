"""The snapshot of a filed check: names, texts and clauses as they were on that day; its documents print from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from ..accounts.models import User
from ..checklists.models import Basis, Checklist, ChecklistVersion, Item, Law
from ..checklists.queries import clauses_text
from ..core import settings
from ..core.db import db
from ..core.i18n import use_language
from ..enterprises.models import Site
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
    facts: dict[str, str]
    clauses: list[tuple[Law, str, bool]] = field(default_factory=list)


def read_items(numbers: Collection[int], site: Site, day: date) -> dict[int, FiledItem]:
    """The items with these numbers and their bases as they are cited at a site on a day, in one read."""
    query = (
        sa.select(
            Item.id, Item.code, Item.text_zh, Item.text_en,
            ChecklistVersion.number,
            Checklist.code.label("list"), Checklist.title_zh, Checklist.title_en, Checklist.block,
            Law, Basis.clause, Basis.checked,
        )
        .join(Item.version)
        .join(ChecklistVersion.checklist)
        .outerjoin(Item.bases)
        .outerjoin(Basis.law)
        .where(Item.id.in_(numbers))
        .order_by(Item.id, Basis.position, Basis.id)
    )  # fmt: skip
    items: dict[int, FiledItem] = {}
    with db.session.no_autoflush:
        rows = db.session.execute(query).all() if numbers else []
    for row in rows:
        if row.id not in items:
            items[row.id] = FiledItem(row.id, row.code, f"{row.list} {row.number}", _texts(row))
        if row.Law is not None:
            items[row.id].clauses.append((row.Law, row.clause, row.checked))
    _cite(items.values(), site, day)
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


def _cite(items: Iterable[FiledItem], site: Site, day: date) -> None:
    """The basis of a general finding, and that of a finding that is or may be a major hazard."""
    for lang in ("zh", "en"):
        with use_language(lang):
            for item in items:
                item.facts[f"basis_{lang}"] = clauses_text(item.clauses, day)
                item.facts[f"major_basis_{lang}"] = clauses_text(item.clauses, day, major_at=site.sector)


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
