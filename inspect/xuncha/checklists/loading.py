"""The laws and checklists that ship with the product, written into an empty or older database."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ..core.db import db
from .models import Basis, Block, Checklist, ChecklistVersion, HazardClass, Item, Law, Major, Phrase

DATA = Path(__file__).parent / "data"
LAWS = "laws"


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


def _load_checklist(content: dict[str, Any], laws: dict[str, Law], now: datetime) -> None:
    items = [_item(position, row, laws) for position, row in enumerate(content["items"], 1)]
    checklist = Checklist(
        code=content["code"],
        title_zh=content["title_zh"],
        title_en=content["title_en"],
        block=Block(content["block"]),
        position=content["position"],
        versions=[ChecklistVersion(number=1, published_at=now, items=items)],
    )
    db.session.add(checklist)


def load_seed(*, now: datetime) -> None:
    """Add the missing laws and checklists, each list published as version 1; what is there stays as it is."""
    laws = _load_laws()
    there = set(db.session.scalars(sa.select(Checklist.code)))
    for path in sorted(DATA.glob("*.toml")):
        content = _read(path) if path.stem != LAWS else None
        if content and content["code"] not in there:
            _load_checklist(content, laws, now)
    db.session.flush()
