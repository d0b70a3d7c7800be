"""What the list says of a finding on one of its items: the check page makes a finding's fields from it when the item fails."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from ..checklists.models import Basis, Item, Law, Major, Phrase
from ..checklists.queries import Section, clauses_text
from ..core import settings
from ..core.db import db
from ..core.i18n import language, pick, write_day
from .queries import Background

# Stands in the page's template where a finding's own key goes; static/js/check/findings.js knows it too.
ANY_KEY = "finding-key"
SHOWN_WORDS = 60

Details = dict[str, Any]


# Made once: making a statement takes longer than running it.
_WORDINGS = (
    sa.select(
        Phrase.item_id, Phrase.text_zh, Phrase.text_en, Phrase.measure_zh, Phrase.measure_en, Phrase.days
    )
    .where(Phrase.item_id.in_(sa.bindparam("numbers", expanding=True)))
    .order_by(Phrase.position, Phrase.id)
)
_CLAUSES = (
    sa.select(Basis.item_id, Law, Basis.clause, Basis.checked)
    .join(Basis.law)
    .where(Basis.item_id.in_(sa.bindparam("numbers", expanding=True)))
    .order_by(Basis.position, Basis.id)
)


def _wordings(numbers: Collection[int]) -> Mapping[int, list[tuple[str, str, int]]]:
    """The ready wordings of the items with these numbers: text, measure, days."""
    found, lang = defaultdict(list), language()
    for row in db.session.execute(_WORDINGS, {"numbers": numbers}):
        found[row.item_id].append((pick(row, "text", lang), pick(row, "measure", lang), row.days))
    return found


def _clauses(numbers: Collection[int]) -> Mapping[int, list[tuple[Law, str, bool]]]:
    """The clauses on which they rest, each with its law and whether it was compared."""
    found = defaultdict(list)
    for row in db.session.execute(_CLAUSES, {"numbers": numbers}):
        found[row.item_id].append((row.Law, row.clause, row.checked))
    return found


def _details(items: Collection[Item], day: date, terms: Collection[int], term: int) -> dict[int, Details]:
    """Class, legal basis, wordings and offered terms of a finding on each item, in the language of now."""
    numbers = [item.id for item in items]
    wordings, clauses = _wordings(numbers), _clauses(numbers)
    return {
        item.id: {
            "class": item.hazard_class.value,
            "basis": clauses_text(clauses[item.id], day),
            "phrases": wordings[item.id],
            # The office's terms, and those of the item's own wordings.
            "days": sorted({0, *terms, *(days for _text, _measure, days in wordings[item.id])}),
            "term": wordings[item.id][0][2] if wordings[item.id] else term,
            "note": "" if item.major is Major.NO else pick(item, "major_note"),
        }
        for item in items
    }


def on_page(sections: Iterable[Section], day: date) -> dict[str, Any]:
    """What the check page's template needs to write findings: `details` by item, and what its own template stands for."""
    terms, term = settings.terms(), settings.number("term")
    details = _details([item for part in sections for item in part.items], day, terms, term)
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


def open_hazards(known: Background) -> Markup:
    """The site's open hazards for page code: UUID, number, item, class, place, words, and both days as people write them."""
    rows = []
    for one in known.open_hazards:
        about = [one.item_code, one.hazard_class, one.place, one.description[:SHOWN_WORDS]]
        due = write_day(one.due_on) if one.due_on else ""
        rows.append([one.uuid, one.number, *about, write_day(one.found_on), due])
    return htmlsafe_json_dumps(rows, dumps=json.dumps, ensure_ascii=False, separators=(",", ":"))


def failing_items(values: Mapping[str, str]) -> set[str]:
    """The items whose finding is to be filled in: the page carries its fields from the beginning."""
    return {
        name.split(".")[1]
        for name, value in values.items()
        if name.startswith("answers.") and value == "fail"
    }
