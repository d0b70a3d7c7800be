"""The laws and checklists that ship with the product, written into an empty or older database."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from ..core.db import db
from .models import (
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

DATA = Path(__file__).parent / "data"
LAWS = "laws"
CRITERIA = "criteria"
ITEM_FIELDS = ("code", "text_zh", "text_en", "hazard_class", "major", "major_note_zh", "major_note_en")
PHRASE_FIELDS = ("text_zh", "text_en", "measure_zh", "measure_en", "grade", "days")


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _item(position: int, row: dict[str, Any], laws: dict[str, Law]) -> Item:
    return Item(
        code=row["code"],
        position=position,
        text_zh=row["text_zh"],
        text_en=row["text_en"],
        hazard_class=HazardClass(row["hazard_class"]),
        major=Major(row["major"]),
        major_note_zh=row.get("major_note_zh", ""),
        major_note_en=row.get("major_note_en", ""),
        bases=[
            Basis(law=laws[one["law"]], clause=one["clause"], checked=one.get("checked", True), position=at)
            for at, one in enumerate(row["basis"], 1)
        ],
        phrases=[Phrase(position=at, **phrase) for at, phrase in enumerate(row["phrases"], 1)],
    )


def _load_laws() -> dict[str, Law]:
    laws = {law.code: law for law in db.session.scalars(sa.select(Law))}
    for row in _read(DATA / f"{LAWS}.toml")["laws"]:
        if row["code"] not in laws:
            laws[row["code"]] = Law(**row)
            db.session.add(laws[row["code"]])
    return laws


def _load_criteria(laws: dict[str, Law]) -> None:
    there = set(db.session.scalars(sa.select(Criterion.code)))
    for row in _read(DATA / f"{CRITERIA}.toml")["criteria"]:
        if row["code"] not in there:
            db.session.add(Criterion(**{**row, "law": laws[row["law"]]}))


def _load_checklist(content: dict[str, Any], laws: dict[str, Law], now: datetime) -> None:
    checklist = Checklist(
        code=content["code"],
        title_zh=content["title_zh"],
        title_en=content["title_en"],
        block=Block(content["block"]),
        position=content["position"],
    )
    db.session.add(checklist)
    _publish(checklist, _items(content, laws), now)


def _items(content: dict[str, Any], laws: dict[str, Law]) -> list[Item]:
    return [_item(position, row, laws) for position, row in enumerate(content["items"], 1)]


def _publish(checklist: Checklist, items: list[Item], now: datetime) -> None:
    number = len(checklist.versions) + 1
    checklist.versions.append(ChecklistVersion(number=number, published_at=now, items=items))


def _load_newer(checklist: Checklist, content: dict[str, Any], laws: dict[str, Law], now: datetime) -> None:
    """Publish the shipped list as a further version, unless it is there or the office or the province has written its own."""
    if checklist.is_inherited or any(
        version.published_by_id or not version.published_at for version in checklist.versions
    ):
        return
    current = checklist.current
    with db.session.no_autoflush:  # the items are compared before they belong to anything
        items = _items(content, laws)
        same = current is not None and [_key(item) for item in _whole(current)] == [
            _key(item) for item in items
        ]
    if not same:
        _publish(checklist, items, now)


def _whole(version: ChecklistVersion) -> list[Item]:
    """The items of a version, read at once with their bases and phrases."""
    bases = selectinload(Item.bases).joinedload(Basis.law)
    query = sa.select(Item).where(Item.version_id == version.id).order_by(Item.position)
    return list(db.session.scalars(query.options(bases, selectinload(Item.phrases))))


def _key(item: Item) -> tuple[Any, ...]:
    """What an item says, for comparison."""
    return (
        *(getattr(item, name) for name in ITEM_FIELDS),
        [(basis.law.code, basis.clause, basis.checked) for basis in item.bases],
        [tuple(getattr(phrase, name) for name in PHRASE_FIELDS) for phrase in item.phrases],
    )


def load_seed(*, now: datetime) -> None:
    """Add the missing laws, criteria and checklists, and newer shipped editions of lists that the office has left alone.

    Published versions and laws that are there stay as they are.
    """
    laws = _load_laws()
    _load_criteria(laws)
    there = {checklist.code: checklist for checklist in db.session.scalars(sa.select(Checklist))}
    for path in sorted(DATA.glob("*.toml")):
        content = _read(path) if path.stem not in {LAWS, CRITERIA} else None
        if content is None:
            continue
        if known := there.get(content["code"]):
            _load_newer(known, content, laws, now)
        else:
            _load_checklist(content, laws, now)
    db.session.flush()
