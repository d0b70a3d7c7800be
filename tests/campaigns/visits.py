"""Visits as the tests of campaigns file them: through the one action, with a hazard where one is wanted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests import cast
from xuncha.accounts.models import User
from xuncha.checklists.models import HazardClass
from xuncha.checks.actions import file_check
from xuncha.checks.filing import AnswerPart, Filing, Finding, SignaturePart
from xuncha.checks.models import Check, Party, Result, VisitKind
from xuncha.core.clock import at
from xuncha.core.db import commit, db
from xuncha.enterprises.models import Site

LINES = ((((0.1, 0.1), (0.9, 0.9))),)


def visit(site: Site, actor: User, day: date = date(2026, 11, 2), **more: Any) -> Check:
    """A filed visit of a site on a day, from ten to eleven o'clock."""
    hazards = more.pop("hazards", 0)
    found = [
        Finding(
            uuid=uuid4(),
            description=f"Blocked exit {number}",
            hazard_class=next(iter(HazardClass)),
            due_on=day + timedelta(days=7),
        )
        for number in range(hazards)
    ]
    end = at(day, 11)
    fields: dict[str, Any] = {
        "uuid": uuid4(),
        "site_id": site.id,
        "kind": VisitKind.SPECIAL,
        "started_at": at(day, 10),
        "finished_at": end,
        "answers": [AnswerPart(item_id=1, result=Result.COMPLY)],
        "findings": found,
        "signatures": [
            SignaturePart(party=party, name="x", strokes=[list(line) for line in LINES], signed_at=end)
            for party in (Party.INSPECTOR, Party.SITE)
        ],
    }
    receipt = file_check(Filing(**(fields | more)), actor=actor, now=max(end, cast.NOW))
    commit()
    return db.session.query(Check).filter_by(uuid=str(receipt.uuid)).one()


def again(check: Check, actor: User, **more: Any) -> Check:
    """A corrected version of a filed visit."""
    return visit(
        check.site,
        actor,
        check.visited_on,
        replaces=UUID(check.uuid),
        correction_reason="typing error",
        **more,
    )
