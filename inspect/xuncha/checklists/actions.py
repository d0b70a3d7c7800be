"""What is done to checklists: draft a version, edit its items, publish it; keep the laws. Published versions stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, demand
from ..core.db import db
from ..core.errors import ActedFirst, Refused
from ..core.labels import N_
from .limits import demand_limits
from .models import Basis, Checklist, ChecklistVersion, HazardClass, Item, Law, Major, Phrase

OWN_CODES = "Z"  # in lists from above: codes that nobody above will ever give
GRADES = ("general", "major")
ITEM_COPIED = (
    "code",
    "position",
    "text_zh",
    "text_en",
    "hazard_class",
    "major",
    "major_note_zh",
    "major_note_en",
    "photo_required",
    "quantity_zh",
    "quantity_en",
    "unit",
    "lower",
    "upper",
    "decimals",
    "guidance_zh",
    "guidance_en",
    "right_example",
    "wrong_example",
)
WORDED = ITEM_COPIED[2:]  # all but its code and its place
BASIS_COPIED = ("law_id", "clause", "checked", "position")
PHRASE_COPIED = ("text_zh", "text_en", "measure_zh", "measure_en", "grade", "days", "position")
LAW_FIELDS = (
    "kind",
    "title_zh",
    "title_en",
    "edition",
    "in_force_from",
    "in_force_to",
    "checked_on",
    "checked",
    "note_zh",
    "note_en",
)


@dataclass(frozen=True)
class Wording:
    """What an item says and rests on, as the editor brings it."""

    text_zh: str
    text_en: str
    hazard_class: HazardClass
    major: Major
    major_note_zh: str
    major_note_en: str
    bases: Sequence[dict[str, Any]]
    phrases: Sequence[dict[str, Any]]
    photo_required: bool = False
    quantity_zh: str = ""
    quantity_en: str = ""
    unit: str = ""
    lower: str = ""
    upper: str = ""
    decimals: int = 0
    guidance_zh: str = ""
    guidance_en: str = ""
    right_example: str = ""
    wrong_example: str = ""


def _copied(thing: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def copy_of(item: Item) -> Item:
    """The same item for another version."""
    return Item(
        **_copied(item, (*ITEM_COPIED, "source")),
        bases=[Basis(**_copied(basis, BASIS_COPIED)) for basis in item.bases],
        phrases=[Phrase(**_copied(phrase, PHRASE_COPIED)) for phrase in item.phrases],
    )


def start_draft(checklist: Checklist, *, actor: User, now: datetime) -> ChecklistVersion:
    """Begin the next version from the current one; a draft that is there is gone on with."""
    demand(actor, Permission.EDIT_CHECKLISTS)
    if checklist.draft is not None:
        return checklist.draft
    current = checklist.current
    number = max((version.number for version in checklist.versions), default=0) + 1
    draft = ChecklistVersion(
        number=number, items=[copy_of(item) for item in current.items] if current else []
    )
    checklist.versions.append(draft)
    history.record(draft, "draft", actor=actor, now=now, after={"number": number})
    return draft


def _demand_draft(version: ChecklistVersion, actor: User) -> None:
    demand(actor, Permission.EDIT_CHECKLISTS)
    if version.published_at is not None:
        raise ActedFirst(N_("This version is published and never changes. Start a draft of the next one."))


def _demand_own(thing: Item | Law | None) -> None:
    if thing is not None and thing.source:
        raise Refused(
            N_("This comes from %(source)s and is changed there alone. Add an item of your own below."),
            source=thing.source,
        )


def discard_draft(version: ChecklistVersion, *, actor: User, now: datetime) -> None:
    """Throw a draft away; the published version goes on."""
    _demand_draft(version, actor)
    history.record(version, "discard", actor=actor, now=now, before={"items": len(version.items)})
    checklist = version.checklist
    db.session.delete(version)
    db.session.flush()
    db.session.expire(checklist, ["versions"])


def save_item(
    version: ChecklistVersion, item: Item | None, wording: Wording, *, actor: User, now: datetime
) -> Item:
    """Add an item at the end of a draft, or give one of its items new words, bases and phrases."""
    _demand_draft(version, actor)
    _demand_own(item)
    if not wording.text_zh.strip():
        raise Refused(N_("Write what is to be looked at, in Chinese."), field="text_zh")
    if not wording.bases:
        raise Refused(N_("Name at least one law, rule or standard that the item rests on."), field="bases")
    demand_limits(wording)
    before = {} if item is None else {"text_zh": item.text_zh, "text_en": item.text_en}
    if item is None:
        item = Item(code=next_code(version.checklist), position=len(version.items) + 1)
        version.items.append(item)
    elif item.version_id != version.id:
        raise Refused(N_("This item belongs to another version. Open the draft and choose it there."))
    for name in WORDED:
        value = getattr(wording, name)
        setattr(item, name, value.strip() if type(value) is str else value)
    item.bases = [Basis(**row, position=at) for at, row in enumerate(wording.bases, 1)]
    item.phrases = [Phrase(**row, position=at) for at, row in enumerate(wording.phrases, 1)]
    after = {"code": item.code, "text_zh": item.text_zh, "text_en": item.text_en}
    history.record(
        version, "edit_item" if before else "add_item", actor=actor, now=now, before=before, after=after
    )
    return item


def next_code(checklist: Checklist) -> str:
    """The next code; one of a removed item is never given again, so that findings of years stay comparable."""
    query = sa.select(Item.code).join(ChecklistVersion).where(ChecklistVersion.checklist_id == checklist.id)
    numbers = [int(tail) for code in db.session.scalars(query) if (tail := code.rpartition("-")[2]).isdigit()]
    own = f"{checklist.code}-{OWN_CODES}" if checklist.is_inherited else checklist.code
    return f"{own}-{max(numbers, default=0) + 1:02d}"


def remove_item(item: Item, *, actor: User, now: datetime) -> None:
    """Take an item out of a draft."""
    version = item.version
    _demand_draft(version, actor)
    _demand_own(item)
    before = {"code": item.code, "text_zh": item.text_zh}
    version.items.remove(item)
    for position, left in enumerate(version.items, 1):
        left.position = position
    history.record(version, "remove_item", actor=actor, now=now, before=before)


def move_item(item: Item, steps: int, *, actor: User, now: datetime) -> None:
    """Move an item of a draft up (negative) or down; past an end it stays there."""
    version = item.version
    _demand_draft(version, actor)
    _demand_own(item)
    order = sorted(version.items, key=lambda one: one.position)
    at = order.index(item)
    top = sum(bool(one.source) for one in order)  # what comes from above stays above
    order.insert(min(max(at + steps, top), len(order) - 1), order.pop(at))
    for position, one in enumerate(order, 1):
        one.position = position
    db.session.flush()
    db.session.expire(version, ["items"])
    history.record(
        version, "move_item", actor=actor, now=now, after={"code": item.code, "position": item.position}
    )


def publish(version: ChecklistVersion, note: str, asked_by: str, *, actor: User, now: datetime) -> None:
    """Put a draft in force for the checks that begin from now on; from then on it is fixed."""
    _demand_draft(version, actor)
    if not version.items:
        raise Refused(N_("A list without items cannot be published."))
    if not note.strip():
        raise Refused(N_("Say what changed and why; people read it beside the version."), field="note")
    if not asked_by.strip():
        raise Refused(
            N_("Say who asked for the change: a person, an authority, a meeting."), field="asked_by"
        )
    version.published_at, version.published_by_id = now, actor.id
    version.note, version.asked_by = note.strip(), asked_by.strip()
    after = {"number": version.number, "items": len(version.items), "asked_by": version.asked_by}
    history.record(version, "publish", actor=actor, now=now, note=version.note, after=after)


def save_law(law: Law | None, *, actor: User, now: datetime, **fields: Any) -> Law:
    """Add a law in an edition, or correct one; what a filed check printed does not change."""
    demand(actor, Permission.EDIT_CHECKLISTS)
    _demand_own(law)
    if not str(fields.get("title_zh", "")).strip():
        raise Refused(N_("Write the title, in Chinese."), field="title_zh")
    begins, ends = fields.get("in_force_from"), fields.get("in_force_to")
    if begins and ends and ends < begins:
        raise Refused(N_("The edition ends before it comes into force."), field="in_force_to")
    known = {name: fields[name] for name in LAW_FIELDS if name in fields}
    before = _plain(law, known) if law else {}
    if law is None:
        number = (db.session.scalar(sa.select(sa.func.max(Law.id))) or 0) + 1
        law = Law(code=f"office-{number}")
        db.session.add(law)
    for name, value in known.items():
        setattr(law, name, value)
    after = _plain(law, known)
    history.record(law, "change" if before else "add", actor=actor, now=now, before=before, after=after)
    return law


def _plain(law: Law, names: dict[str, Any]) -> dict[str, Any]:
    values = {name: getattr(law, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
