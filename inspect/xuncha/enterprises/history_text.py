"""The history of a site as text: rows keep ids and codes, a reader needs their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from ..core.history import HistoryRow
from ..core.i18n import label, write_day
from ..core.labels import N_
from ..lists.columns import written
from .workbooks import BY_NAME

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ACTIONS = {
    "add": N_("Added to the list"),
    "change": N_("Facts changed"),
    "assign": N_("Supervisor named"),
    "cancel_assignment": N_("Assignment taken back"),
    "assignment_began": N_("Assignment began"),
    "engage": N_("Expert engaged"),
    "end_engagement": N_("Engagement ended"),
}
MORE = {
    "from_on": N_("Begins on"),
    "until_on": N_("Last day"),
    "expert": N_("Expert"),
    "body": N_("Sent by"),
    "contacts": N_("Contacts"),
}


@dataclass(frozen=True)
class HistoryText:
    """A change as a page shows it."""

    title: str
    at: datetime
    actor: str
    note: str
    lines: list[tuple[str, str, str]]


def head(name: str) -> str:
    """What a fact is called."""
    column = BY_NAME.get(name)
    return gettext(column.head if column else MORE.get(name, name))


def value_words(name: str, value: Any) -> str:
    """A stored value as people read it."""
    if value is None or value == "":
        return "—"
    column = BY_NAME.get(name)
    choice = next((one for one in column.choices or () if one.value == value), None) if column else None
    if choice:
        return label(choice)
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        value = date.fromisoformat(value)
    if isinstance(value, date):
        return write_day(value)
    if isinstance(value, list):
        return gettext("; ").join(str(one) for one in value) or "—"
    return str(written(value))


def history_text(row: HistoryRow) -> HistoryText:
    """A history row in the language of now."""
    names = list(dict.fromkeys((*row.before, *row.after)))
    lines = [
        (head(name), value_words(name, row.before.get(name)), value_words(name, row.after.get(name)))
        for name in names
    ]
    return HistoryText(gettext(ACTIONS.get(row.action, row.action)), row.at, row.actor_name, row.note, lines)
