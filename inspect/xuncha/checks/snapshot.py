"""The snapshot of a filed check: names, texts and clauses as they were on that day; its documents print from it."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..accounts.models import User
from ..checklists.models import Item
from ..checklists.queries import basis_text
from ..core import settings
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


def facts(check: Check, filing: Filing, site: Site, actor: User, items: list[Item]) -> dict[str, Any]:
    """Everything that the record prints and that may change later elsewhere."""
    inspector = check.inspector
    return {
        **office(),
        "site": site.facts(),
        "inspector": {
            "name": inspector.name,
            "title": inspector.title,
            "certificate": filing.certificate or inspector.certificate,
        },
        "site_person": filing.site_person.model_dump(),
        "versions": sorted({f"{item.version.checklist.code} {item.version.number}" for item in items}),
        "items": {item.code: _item(item) | _bases(item, site, check.visited_on) for item in items},
    }


def _bases(item: Item, site: Site, day: date) -> dict[str, str]:
    """The basis of a general finding, and that of a finding that is or may be a major hazard."""
    bases = {}
    for lang in ("zh", "en"):
        with use_language(lang):
            bases[f"basis_{lang}"] = basis_text(item, day)
            bases[f"major_basis_{lang}"] = basis_text(item, day, major_at=site.sector)
    return bases


def _item(item: Item) -> dict[str, Any]:
    checklist = item.version.checklist
    return {
        "text_zh": item.text_zh,
        "text_en": item.text_en,
        "list": checklist.code,
        "list_zh": checklist.title_zh,
        "list_en": checklist.title_en,
        "block": checklist.block.value,
    }
