"""What a filing is refused for, here as on the phone before it leaves it (tests/js/rules.test.js reads the same cases)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.checks.filings import failing, filing, visit
from xuncha.accounts.models import User
from xuncha.checklists.models import Item
from xuncha.checklists.queries import compose
from xuncha.checks import forms
from xuncha.checks.actions import file_check
from xuncha.checks.filing import MAX_PHOTOS
from xuncha.checks.models import Check, VisitKind
from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice

FAULTS = json.loads((Path(__file__).parent / "faults.json").read_text("utf-8"))


def refusal(raw: dict[str, Any], actor: User) -> str | None:
    """The field for which a filing is refused."""
    try:
        file_check(forms.read(raw), actor=actor, now=cast.NOW)
    except forms.BadFields as problem:
        return next(iter(problem.problems))
    except Refused as problem:
        return problem.field
    return None


@pytest.mark.parametrize("case", FAULTS["cases"], ids=lambda case: case["name"])
def test_the_server_refuses_what_the_phone_does(
    case: dict[str, Any], app: Flask, user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    wang = user("wang")
    changes = case["changes"]
    if "replaces" in changes:
        file_check(filing(visit(site("huaxin"), uuid=changes["replaces"])), actor=wang, now=cast.NOW)
    for recheck in changes.get("rechecks", []):
        earlier = failing(visit(site("huaxin")), uuid=recheck["hazard_uuid"], due_on="2026-12-20")
        file_check(filing(earlier), actor=wang, now=cast.NOW)
        issue_notice(db.session.scalars(sa.select(Check)).one(), actor=wang, now=cast.NOW)
    for number, asked in case.get("items", {}).items():
        item = db.session.get_one(Item, int(number))
        item.photo_required = asked.get("photo", False)
        for name, value in asked.get("limits", {}).items():
            setattr(item, name, value)
        item.unit = "MPa" if "limits" in asked else ""
    raw = FAULTS["base"] | {"uuid": str(uuid4()), "site_id": site("huaxin").id} | changes
    first = compose(site("huaxin"), VisitKind.ROUTINE)[0].items[0].id  # item 1 of the cases
    assert refusal(raw, wang) == (
        case["field"] and case["field"].replace("answers.1.result", f"answers.{first}.result")
    )


def test_the_phone_knows_how_many_photos_a_check_takes() -> None:
    assert FAULTS["max_photos"] == MAX_PHOTOS
