"""Photos posted with a page's form: received at once, so that a page that is shown again has lost none of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from flask import request

from ..accounts.models import User
from ..core.db import commit, db
from ..core.errors import Refused
from ..core.i18n import sentence
from .actions import receive

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass
class Slot:
    """One place for photos on a form: the hashes it holds, and what was wrong with the last one sent."""

    name: str
    hashes: list[str] = field(default_factory=list)
    problem: str = ""


def posted(names: Iterable[str], *, actor: User, now: datetime) -> dict[str, Slot]:
    """The slots of a posted form: what was kept from an earlier try (`<name>-kept`), then what came now.

    Each photo is committed by itself; the open transaction ends.
    """
    slots = {}
    for name in names:
        kept = [sha for sha in request.form.getlist(f"{name}-kept") if SHA256.fullmatch(sha)]
        slots[name] = slot = Slot(name, list(dict.fromkeys(kept)))
        for file in request.files.getlist(name):
            if file.filename:
                _receive_into(slot, file.read(), actor, now)
    return slots


def _receive_into(slot: Slot, data: bytes, actor: User, now: datetime) -> None:
    try:
        photo = receive(data, actor=actor, now=now)
        commit()
    except Refused as problem:
        db.session.rollback()
        slot.problem = sentence(problem)
        return
    if photo.sha256 not in slot.hashes:
        slot.hashes.append(photo.sha256)
