"""Readings and required photos of a filing: what the page, the phone and the server ask for.

static/js/offline/readings.js is the twin; the cases in tests/checks/faults.json hold for both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ..checklists.limits import Limits, plain_reading
from ..checklists.models import Item
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import read_numbers
from ..enterprises.models import Site
from .filing import AnswerPart, Filing
from .models import Result
from .snapshot import FiledItem

FIELD = r"answers\.[0-9]+\.reading"
LOOKED_AT = (Result.COMPLY, Result.FAIL)


def reading_text(reading: str, reason: str, facts: Mapping[str, Any]) -> str:
    """A reading as people read it, with its limits as the check keeps them, and why the answer is another."""
    limits = Limits(**facts["limits"]) if "limits" in facts else None
    told = f"{reading} {limits.unit}" if reading and limits else reading
    return " \u00b7 ".join(part for part in (told, limits.span if limits and reading else "", reason) if part)


def decided(limits: Limits, reading: str) -> Result | None:
    """The answer that a reading gives; None when it is no reading."""
    if not limits.is_reading(reading):
        return None
    return Result.COMPLY if limits.hold(reading) else Result.FAIL


def _reading_fault(answer: AnswerPart, limits: Limits) -> tuple[str, str] | None:
    if answer.reading and not limits.is_reading(answer.reading):
        return "reading", N_("%(code)s: enter the reading as a number with at most %(decimals)s decimals.")
    if answer.reading_reason or (not answer.reading and answer.result not in LOOKED_AT):
        return None
    if not answer.reading:
        return "reading", N_("%(code)s: enter the reading, or say why there is none.")
    if decided(limits, answer.reading) is answer.result:
        return None
    return "reading_reason", N_("%(code)s: the answer is not that of the reading. Say why.")


def answered(fields: Mapping[str, str], unreadable: Result | None = None) -> dict[str, str]:
    """The fields of a page without page code, with the answers that the readings give where none was chosen.

    `unreadable` is given to what is no reading: with an answer it is refused in its place, without one it would be left out.
    """
    named = {
        name.split(".")[1]: plain_reading(value)
        for name, value in fields.items()
        if re.fullmatch(FIELD, name) and value.strip()
    }
    items = db.session.scalars(sa.select(Item).where(Item.id.in_(read_numbers(named))))
    made = {
        f"answers.{item.id}.result": result.value
        for item in items
        if item.limits and (result := decided(item.limits, named[str(item.id)]) or unreadable)
    }
    return {**made, **{name: value for name, value in fields.items() if value or name not in made}}


def demand_measured(filing: Filing, items: Mapping[int, FiledItem], site: Site) -> None:
    """Refuse an answer that is not that of its reading without a reason, and a required photo that is not there."""
    shown = {finding.item_id for finding in filing.findings if finding.before}
    for answer in filing.answers:
        item = items[answer.item_id]
        fault = _reading_fault(answer, item.limits) if item.limits else None
        there = answer.photos or answer.no_photo or answer.item_id in shown or site.no_phone
        if fault is None and item.photo_required and answer.result in LOOKED_AT and not there:
            fault = "photos", N_("%(code)s: take the photo that is asked for, or say why there is none.")
        if fault is not None:
            field, message = fault
            decimals = item.limits.decimals if item.limits else 0
            raise Refused(message, field=f"answers.{item.id}.{field}", code=item.code, decimals=decimals)
