"""Versions of lists for tests: what the office adds to one and publishes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from xuncha.accounts.models import User
from xuncha.checklists import actions
from xuncha.checklists.models import Checklist, HazardClass, Law, Major
from xuncha.core.db import db

PRESSURE = {
    "quantity_zh": "消防泵出口压力",
    "quantity_en": "Fire pump pressure",
    "unit": "MPa",
    "lower": "0.30",
    "upper": "0.60",
    "decimals": 2,
}


def wording(**other: Any) -> actions.Wording:
    """An item that rests on one clause, changed where a test needs it."""
    law = db.session.scalars(sa.select(Law).where(Law.code == "work-safety-law")).one()
    values: dict[str, Any] = {
        "text_zh": "外来人员登记并陪同。",
        "text_en": "Visitors are registered and escorted.",
        "hazard_class": HazardClass.RELATED_PARTIES,
        "major": Major.NO,
        "major_note_zh": "",
        "major_note_en": "",
        "bases": [{"law_id": law.id, "clause": "§49", "checked": True}],
        "phrases": [],
    }
    return actions.Wording(**(values | other))


def list_of(code: str) -> Checklist:
    """A list by its code."""
    return db.session.scalars(sa.select(Checklist).where(Checklist.code == code)).one()


def measured(code: str, now: datetime) -> str:
    """Publish a list with an item that measures a pressure and one of which a photo is required; the code of the first."""
    admin = db.session.scalars(sa.select(User).where(User.username == "admin")).one()
    draft = actions.start_draft(list_of(code), actor=admin, now=now)
    pump = wording(
        text_zh="消防泵出口压力正常。", text_en="The pressure of the fire pump is right.", **PRESSURE
    )
    item = actions.save_item(draft, None, pump, actor=admin, now=now)
    cabinet = wording(text_zh="消防泵控制柜处于自动状态。", photo_required=True)
    actions.save_item(draft, None, cabinet, actor=admin, now=now)
    actions.publish(draft, "实测压力", "消防救援大队", actor=admin, now=now)
    db.session.commit()
    return item.code
