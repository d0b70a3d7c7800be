"""Checklists and laws of the province: put together there, and taken by a zone as versions that are locked from above.

A zone's own items stand below those from above and go along into every newer version. Versions that are there never change.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from ..checklists.actions import BASIS_COPIED, ITEM_COPIED, LAW_FIELDS, PHRASE_COPIED, copy_of, next_code
from ..checklists.models import (
    Basis,
    Block,
    Checklist,
    ChecklistVersion,
    Criterion,
    HazardClass,
    Item,
    Law,
    Major,
    Phrase,
)
from ..core import history, settings
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from . import transfers
from .models import Content, Direction

PHOTOS = ("right_example", "wrong_example")  # files of the province: they do not go along
LAW_COLUMNS = tuple(dict.fromkeys(("code", "checked", "sectors", *LAW_FIELDS)))
ITEM_COLUMNS = tuple(name for name in ITEM_COPIED if name not in {"position", *PHOTOS})
BASIS_COLUMNS = tuple(name for name in BASIS_COPIED if name not in {"law_id", "position"})
PHRASE_COLUMNS = tuple(name for name in PHRASE_COPIED if name != "position")
Short = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LawPart(_Part):
    """A law in an edition."""

    code: Short
    kind: Short
    title_zh: str
    title_en: str
    edition: str
    in_force_from: date | None
    in_force_to: date | None
    checked_on: date | None
    checked: str
    note_zh: str
    note_en: str
    sectors: str


class CriterionPart(_Part):
    """A criterion of major hazards; `law` is its code."""

    code: Short
    law: Short
    clause: str
    wording_zh: str
    wording_en: str


class BasisPart(_Part):
    """The clause an item rests on."""

    law: Short
    clause: str
    checked: bool


class PhrasePart(_Part):
    """A ready wording."""

    text_zh: str
    text_en: str
    measure_zh: str
    measure_en: str
    grade: Literal["general", "major"]
    days: int


class ItemPart(_Part):
    """An item with what it rests on."""

    code: Short
    text_zh: str
    text_en: str
    hazard_class: HazardClass
    major: Major
    major_note_zh: str
    major_note_en: str
    photo_required: bool
    quantity_zh: str
    quantity_en: str
    unit: str
    lower: str
    upper: str
    decimals: int
    guidance_zh: str
    guidance_en: str
    bases: list[BasisPart]
    phrases: list[PhrasePart]


class ListPart(_Part):
    """A checklist as it stands in the edition."""

    code: Short
    title_zh: str
    title_en: str
    block: Block
    position: int
    items: list[ItemPart]


class Edition(_Part):
    """Everything that a province publishes at once."""

    format: Literal[1]
    number: int
    made_at: datetime
    names: dict[Literal["zh", "en"], str]
    laws: list[LawPart]
    criteria: list[CriterionPart]
    checklists: list[ListPart]


class Unreadable(Refused):
    """What came is no edition."""


def read(content: dict[str, Any]) -> Edition:
    """An edition, wholly examined. Raises Unreadable."""
    try:
        edition = Edition.model_validate(content)
    except ValidationError as problem:
        where = ".".join(str(part) for part in problem.errors()[0]["loc"])
        raise Unreadable(
            N_("This is no edition of checklists that this release can read (%(where)s)."), where=where
        ) from None
    laws = {law.code for law in edition.laws}
    cited = [one.law for one in edition.criteria]
    cited += [basis.law for one in edition.checklists for item in one.items for basis in item.bases]
    if lacking := sorted(set(cited) - laws):
        raise Unreadable(N_("This edition cites a law that is not in it: %(law)s."), law=lacking[0])
    return edition


def publish(now: datetime) -> dict[str, Any]:
    """Put the checklists in use and the laws of this installation together as its next edition, and note it.

    Raises Refused where no checklist is in use.
    """
    number = transfers.next_number(Direction.OUT, Content.EDITION, transfers.TO_ALL)
    content = _compose(number, now)
    if not content["checklists"]:
        raise Refused(
            N_("No checklist is in use here, so there is nothing to hand down. Publish a list first.")
        )
    transfers.note(Direction.OUT, Content.EDITION, transfers.TO_ALL, number, content, now)
    return content


def _compose(number: int, now: datetime) -> dict[str, Any]:
    laws = db.session.scalars(sa.select(Law).order_by(Law.code))
    criteria = db.session.scalars(sa.select(Criterion).order_by(Criterion.code))
    lists = db.session.scalars(sa.select(Checklist).order_by(Checklist.position, Checklist.code))
    names = settings.bilingual("zone")
    edition = Edition(
        format=1,
        number=number,
        made_at=now,
        names={"zh": names["zh"], "en": names["en"]},
        laws=[
            LawPart(**{name: getattr(law, name) for name in LAW_COLUMNS} | {"code": _code(law)})
            for law in laws
        ],
        criteria=[
            CriterionPart(
                code=one.code,
                law=_code(one.law),
                clause=one.clause,
                wording_zh=one.wording_zh,
                wording_en=one.wording_en,
            )
            for one in criteria
        ],
        checklists=[_list_part(one, one.current) for one in lists if one.current],
    )
    return edition.model_dump(mode="json")


def _code(law: Law) -> str:
    """A law's code in an edition: what an office added is counted in every zone, so its code must not meet another one's."""
    return f"above-{law.code}" if law.code.startswith("office-") else law.code


def _list_part(checklist: Checklist, version: ChecklistVersion) -> ListPart:
    return ListPart(
        code=checklist.code,
        title_zh=checklist.title_zh,
        title_en=checklist.title_en,
        block=checklist.block,
        position=checklist.position,
        items=[_item_part(item) for item in version.items],
    )


def _item_part(item: Item) -> ItemPart:
    return ItemPart(
        **{name: getattr(item, name) for name in ITEM_COLUMNS},
        bases=[
            BasisPart(law=_code(one.law), **{name: getattr(one, name) for name in BASIS_COLUMNS})
            for one in item.bases
        ],
        phrases=[PhrasePart(**{name: getattr(one, name) for name in PHRASE_COLUMNS}) for one in item.phrases],
    )


def receive(content: dict[str, Any], partner: str, now: datetime) -> Edition:
    """Take an edition: its laws, and a further version of each of its lists that says something else than before.

    Raises Refused, before anything is touched, for one that cannot be read or is not newer.
    """
    edition = read(content)
    transfers.demand_newer(Content.EDITION, partner, edition.number)
    source = edition.names.get("zh") or edition.names.get("en") or partner
    laws = _take_laws(edition, source, now)
    _take_criteria(edition, laws)
    there = {one.code: one for one in db.session.scalars(sa.select(Checklist))}
    for part in edition.checklists:
        checklist = there.get(part.code) or Checklist(code=part.code)
        for name in ("title_zh", "title_en", "block", "position"):
            setattr(checklist, name, getattr(part, name))
        db.session.add(checklist)
        _take_list(checklist, part, edition.number, source, laws, now)
    transfers.note(Direction.IN, Content.EDITION, partner, edition.number, content, now)
    return edition


def _take_laws(edition: Edition, source: str, now: datetime) -> dict[str, Law]:
    laws = {law.code: law for law in db.session.scalars(sa.select(Law))}
    for part in edition.laws:
        law = laws.get(part.code)
        new = law is None
        if law is None:
            law = laws[part.code] = Law(code=part.code)
            db.session.add(law)
        before = {} if new else {name: getattr(law, name) for name in LAW_COLUMNS}
        for name in LAW_COLUMNS:
            setattr(law, name, getattr(part, name))
        law.source = source
        changed = [name for name, value in before.items() if value != getattr(law, name)]
        if new or changed:
            history.record(
                law,
                "receive",
                actor=None,
                now=now,
                note=source,
                before={name: str(before[name]) for name in changed},
            )
    return laws


def _take_criteria(edition: Edition, laws: dict[str, Law]) -> None:
    there = {one.code: one for one in db.session.scalars(sa.select(Criterion))}
    for part in edition.criteria:
        criterion = there.get(part.code)
        if criterion is None:
            criterion = Criterion(code=part.code)
            db.session.add(criterion)
        criterion.law, criterion.clause = laws[part.law], part.clause
        criterion.wording_zh, criterion.wording_en = part.wording_zh, part.wording_en


def _take_list(
    checklist: Checklist, part: ListPart, number: int, source: str, laws: dict[str, Law], now: datetime
) -> None:
    db.session.flush()
    current, draft = checklist.current, checklist.draft
    with db.session.no_autoflush:
        given = [_item(at, one, source, laws) for at, one in enumerate(part.items, 1)]
        above = [item for item in current.items if item.source] if current else []
        if (
            current
            and checklist.is_inherited
            and [_said(item) for item in above] == [_said(item) for item in given]
        ):
            return
        own = _own(checklist, current, part)
    last = max((version.number for version in checklist.versions), default=0)
    if draft is not None:
        last, draft.number = draft.number, draft.number + 1
        db.session.flush()
    else:
        last += 1
    version = ChecklistVersion(
        number=last, published_at=now, note=source, asked_by=source, edition=number, items=_below(given, own)
    )
    checklist.versions.append(version)
    if draft is not None:
        _renew_draft(checklist, draft, part, source, laws)
    history.record(
        version,
        "receive",
        actor=None,
        now=now,
        note=source,
        after={"number": last, "edition": number, "own": len(own)},
    )


def _own(checklist: Checklist, version: ChecklistVersion | None, part: ListPart) -> list[Item]:
    """Copies of the items that the zone itself wrote; a code that the province now gives is changed for one of its own.

    Before the first edition a list may be as it was shipped: then none of it is the zone's.
    """
    if version is None or (version.published_at and not version.published_by_id and version.edition is None):
        return []
    inherited = checklist.is_inherited
    taken = {one.code for one in part.items}
    found = []
    for item in version.items:
        if item.source or (item.code in taken and not inherited):
            continue
        copy = copy_of(item)
        if item.code in taken:
            copy.code = next_code(checklist)
        found.append(copy)
    return found


def _below(given: list[Item], own: list[Item]) -> list[Item]:
    items = [*given, *own]
    for position, item in enumerate(items, 1):
        item.position = position
    return items


def _renew_draft(
    checklist: Checklist, draft: ChecklistVersion, part: ListPart, source: str, laws: dict[str, Law]
) -> None:
    """What a draft holds from above becomes that of the newer edition; the zone's own items stay in it."""
    with db.session.no_autoflush:
        own = _own(checklist, draft, part)
        given = [_item(at, one, source, laws) for at, one in enumerate(part.items, 1)]
    draft.items.clear()
    db.session.flush()
    draft.items.extend(_below(given, own))


def _item(position: int, part: ItemPart, source: str, laws: dict[str, Law]) -> Item:
    return Item(
        **{name: getattr(part, name) for name in ITEM_COLUMNS},
        position=position,
        source=source,
        bases=[
            Basis(law=laws[one.law], clause=one.clause, checked=one.checked, position=at)
            for at, one in enumerate(part.bases, 1)
        ],
        phrases=[Phrase(**one.model_dump(), position=at) for at, one in enumerate(part.phrases, 1)],
    )


def _said(item: Item) -> tuple[Any, ...]:
    return (
        *(getattr(item, name) for name in ITEM_COLUMNS),
        [(one.law.code, one.clause, one.checked) for one in item.bases],
        [tuple(getattr(one, name) for name in PHRASE_COLUMNS) for one in item.phrases],
    )
