"""Items of the demo zone that are measured or photographed: the office's own versions of two lists, and what visits read.

Nothing here throws the simulation's dice: its figures stay.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from ..accounts.models import User
from ..checklists.actions import Wording, publish, save_item, start_draft
from ..checklists.models import Checklist, HazardClass, Item, Law, Major
from ..checks.filing import AnswerPart
from ..checks.models import Result
from ..core.db import db
from .context import Context
from .people_and_sites import read
from .photos import Album

WORDED = (
    "text_zh", "text_en", "quantity_zh", "quantity_en", "unit", "lower", "upper", "decimals", "guidance_zh",
    "guidance_en", "photo_required",
)  # fmt: skip
PHOTOGRAPHED = 0.1
SELDOM = 0.03  # of the readings lie outside the limits


def add_measured_items(album: Album, *, actor: User, now: datetime) -> None:
    """Publish the office's own versions, with example pictures where a photo is required."""
    laws = {law.code: law.id for law in db.session.scalars(sa.select(Law))}
    for row in read("measured_items")["versions"]:
        checklist = db.session.scalars(sa.select(Checklist).where(Checklist.code == row["list"])).one()
        draft = start_draft(checklist, actor=actor, now=now)
        for one in row["items"]:
            save_item(draft, None, _wording(one, laws, album), actor=actor, now=now)
        publish(draft, row["note"], row["asked_by"], actor=actor, now=now)


def _wording(row: dict[str, Any], laws: dict[str, int], album: Album) -> Wording:
    named = {name: row[name] for name in WORDED if name in row}
    if row.get("photo_required"):
        pair = album.pairs["machine"][0]
        named |= {"right_example": pair.after, "wrong_example": pair.before}
    return Wording(
        hazard_class=HazardClass(row["hazard_class"]),
        major=Major.NO,
        major_note_zh="",
        major_note_en="",
        bases=[{"law_id": laws[row["law"]], "clause": row["clause"], "checked": True}],
        phrases=[],
        **named,
    )


@cache
def _rows() -> dict[str, dict[str, Any]]:
    return {one["text_zh"]: one for row in read("measured_items")["versions"] for one in row["items"]}


def is_measured(item: Item) -> bool:
    """Whether a visit reads or photographs something for the item."""
    return bool(item.unit) or item.photo_required


def answer(context: Context, item: Item, place: object, ended: datetime) -> AnswerPart | None:
    """What a visit reads or photographs, the same for the same place and time; most visits leave the photo out.

    The album has few pictures: each use of one is told as a look-alike of the others.
    """
    dice, row = random.Random(f"{item.code} {place} {ended.isoformat()}"), _rows()[item.text_zh]
    if item.limits is None:
        if dice.random() > PHOTOGRAPHED:
            return None
        sha256 = context.album.one("hall", dice)
        taken = ended - timedelta(minutes=dice.randrange(5, 20))
        photos = [{"sha256": sha256, "taken_at": taken}]
        return AnswerPart.model_validate({"item_id": item.id, "result": Result.COMPLY, "photos": photos})
    if dice.random() < SELDOM:
        reading, reason = row["outside"], row["outside_reason"]
    else:
        reading, reason = f"{dice.uniform(*row['usual']):.{item.decimals}f}", ""
    return AnswerPart(item_id=item.id, result=Result.COMPLY, reading=reading, reading_reason=reason)
