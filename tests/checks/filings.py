"""Filings for tests: a whole visit of a site, changed where a test needs it."""

from __future__ import annotations

import io
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from PIL import Image

from tests import cast
from xuncha.accounts.models import User
from xuncha.checklists.models import Item
from xuncha.checklists.queries import compose
from xuncha.checks.filing import Filing
from xuncha.checks.models import VisitKind
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.photos.actions import receive

STROKES = [[[0.2, 0.5], [1.0, 0.2], [2.5, 0.8]]]


def picture(seed: int = 0, size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG that differs with its seed."""
    noise = random.Random(seed)
    image = Image.new("RGB", (16, 12))
    image.putdata([(noise.randrange(256), noise.randrange(256), noise.randrange(256)) for _ in range(192)])
    file = io.BytesIO()
    image.resize(size, Image.Resampling.BICUBIC).save(file, "JPEG", quality=80)
    return file.getvalue()


def sent_photo(actor: User, seed: int = 0) -> dict[str, Any]:
    """A photo that the server has, as a filing names it."""
    photo = receive(picture(seed), actor=actor, now=cast.NOW)
    reference = {"sha256": photo.sha256}
    db.session.commit()
    return reference


def visit(
    site: Site, *, kind: VisitKind = VisitKind.ROUTINE, now: datetime = cast.NOW, **changes: Any
) -> dict[str, Any]:
    """The JSON of a visit in which everything complies."""
    answers = [
        {"item_id": item.id, "result": "comply"} for section in compose(site, kind) for item in section.items
    ]
    raw: dict[str, Any] = {
        "uuid": str(uuid4()),
        "site_id": site.id,
        "kind": kind.value,
        "started_at": (now - timedelta(minutes=40)).isoformat(),
        "finished_at": (now - timedelta(minutes=5)).isoformat(),
        "place": "一车间、甲类仓库",
        "site_person": {"name": "周厂长", "title": "总经理"},
        "answers": answers,
        "signatures": [
            {"party": "inspector", "name": "王监管", "strokes": STROKES},
            {"party": "site", "name": "周厂长", "strokes": STROKES},
        ],
    }
    return raw | changes


def measured_visit(site: Site, photo: dict[str, Any] | None, **reading: str) -> dict[str, Any]:
    """A visit that read a pressure and photographed the cabinet."""
    raw = visit(site)
    items = {item.id: item for item in db.session.scalars(sa.select(Item))}
    for answer in raw["answers"]:
        item = items[answer["item_id"]]
        if item.unit:
            answer |= {"reading": "0.45"} | reading
        if item.photo_required:
            answer |= {"photos": [photo]} if photo else {"no_photo": "防爆区禁止拍照"}
    return raw


def failing(raw: dict[str, Any], index: int = 0, **finding: Any) -> dict[str, Any]:
    """The visit with one item that fails and its finding."""
    answers = [dict(answer) for answer in raw["answers"]]
    answers[index]["result"] = "fail"
    made = {
        "uuid": str(uuid4()),
        "item_id": answers[index]["item_id"],
        "description": "2号仓库灭火器已过期",
        "place": "2号仓库",
        "hazard_class": "fire",
        "due_on": "2026-11-18",
    } | finding
    return raw | {"answers": answers, "findings": [*raw.get("findings", []), made]}


def filing(raw: dict[str, Any]) -> Filing:
    """The checked filing."""
    return Filing.model_validate(raw)
