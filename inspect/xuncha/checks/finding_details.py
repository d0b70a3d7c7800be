"""What the list says of a finding on one of its items: the check page makes a finding's fields from it when the item fails."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from jinja2.utils import htmlsafe_json_dumps

from ..checklists.models import Item, Major
from ..checklists.queries import Section, basis_text
from ..core import settings
from ..core.i18n import pick

# Stands in the page's template where a finding's own key goes; static/js/check/findings.js knows it too.
ANY_KEY = "finding-key"

Details = dict[str, Any]


def details_of(item: Item, day: date, terms: Collection[int], term: int) -> Details:
    """Class, legal basis, ready wordings and offered terms of a finding on an item, in the language of now."""
    phrases = [[pick(one, "text"), pick(one, "measure"), one.days] for one in item.phrases]
    return {
        "class": item.hazard_class.value,
        "basis": basis_text(item, day),
        "phrases": phrases,
        # The office's terms, and those of the item's own wordings.
        "days": sorted({0, *terms, *(phrase[2] for phrase in phrases)}),
        "term": item.phrases[0].days if item.phrases else term,
        "note": "" if item.major is Major.NO else pick(item, "major_note"),
    }


def on_page(sections: Iterable[Section], day: date) -> dict[str, Any]:
    """What the check page's template needs to write findings: `details` by item, and what its own template stands for."""
    terms, term = settings.terms(), settings.number("term")
    details = {item.id: details_of(item, day, terms, term) for part in sections for item in part.items}
    days = sorted({0, *terms, *(day for one in details.values() for day in one["days"])})
    return {
        "details": details,
        "details_json": htmlsafe_json_dumps(
            details, dumps=json.dumps, ensure_ascii=False, separators=(",", ":")
        ),
        "any_key": ANY_KEY,
        "any_details": {
            "class": "",
            "basis": "",
            "phrases": [["", "", 0]],
            "days": days,
            "term": None,
            "note": "-",
        },
        "terms": [0, *(days for days in terms if days)],
        "term": term,
    }


def failing_items(values: Mapping[str, str]) -> set[str]:
    """The items whose finding is to be filled in: the page carries its fields from the beginning."""
    return {
        name.split(".")[1] for name, value in values.items() if name.startswith("answers.") and value == "fail"
    }
