"""A correction begins with what was filed, and changes nothing that was left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.checks.filings import failing, filing, sent_photo, visit
from tests.house import House, Page
from xuncha.accounts.models import User
from xuncha.checklists.models import Checklist, ChecklistVersion
from xuncha.checks.actions import file_check
from xuncha.checks.filing import Filing
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice
from xuncha.hazards.models import Hazard

Known = tuple[int, str]
SIGNED = {"signatures.inspector.strokes": "[[[0.1,0.1],[2.9,0.9]]]", "signatures.site.on_paper": "1"}


@pytest.fixture
def filed(app: Flask, user: Callable[[str], User], site: Callable[[str], Site]) -> Known:
    """A check to the second, with an item's hazard that was issued, an earlier one looked at again, and guests."""
    wang = user("wang")
    first = failing(visit(site("huaxin")), due_on="2026-12-20")
    file_check(filing(first), actor=wang, now=cast.NOW)
    issue_notice(db.session.scalars(sa.select(Check)).one(), actor=wang, now=cast.NOW)
    db.session.commit()
    later = cast.NOW + timedelta(seconds=7)
    raw = failing(visit(site("huaxin"), now=later), index=1, basis="第一条", hazard_class="electrical")
    raw["answers"][0]["note"] = "看了两处"
    raw |= {
        "rechecks": [
            {
                "hazard_uuid": first["findings"][0]["uuid"],
                "result": "fixed",
                "note": "已更换",
                "photos": [sent_photo(wang, 5)],
            }
        ],
        "companions": [
            {"name": "李四", "title": "专家", "phone": "13800000000"},
            {"name": "赵五"},
            {"name": "孙六", "certificate": "12"},
        ],
    }
    file_check(filing(raw), actor=wang, now=later)
    db.session.commit()
    check = db.session.scalars(sa.select(Check).where(Check.uuid == raw["uuid"])).one()
    issue_notice(check, actor=wang, now=later)
    db.session.commit()
    known = check.id, check.uuid
    db.session.rollback()
    return known


def posted(raw: dict[str, Any], fields: dict[str, str]) -> dict[str, str]:
    """The page's inputs, with the radios and texts that were filled in before."""
    chosen = {f"answers.{one['item_id']}.result": one["result"] for one in raw["answers"]}
    finding = raw["findings"][0]
    at = f"findings.{finding['uuid']}"
    return (
        fields | chosen | SIGNED | {f"{at}.description": finding["description"], "correction_reason": "笔误"}
    )


def test_an_unchanged_correction_changes_nothing(
    filed: Known, app: Flask, as_user: Callable[[str], House]
) -> None:
    number, uuid = filed
    wang = as_user("wang")
    old = dict(db.session.get_one(Check, number).payload)
    hazards = sorted((hazard.number, hazard.state) for hazard in db.session.scalars(sa.select(Hazard)))
    db.session.rollback()
    # A parsed page does not tell which radios and ticks are chosen.
    fields = {
        name: value
        for name, value in wang.page(f"/checks/new?replaces={uuid}").fields.items()
        if not name.endswith((".days", ".suspected_major", ".on_paper"))
    }
    answer = wang.post("/checks", data=posted(old, fields))
    assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]

    new = db.session.scalars(sa.select(Check).where(Check.replaces_id == number)).one()
    was, now = Filing.model_validate(old), Filing.model_validate(new.payload)
    for name in Filing.model_fields.keys() - {"uuid", "replaces", "correction_reason", "signatures"}:
        assert getattr(now, name) == getattr(was, name), name
    assert hazards == sorted((one.number, one.state) for one in db.session.scalars(sa.select(Hazard)))
    assert not any("hazard_conflict" in flag for flag in new.flags)


def test_a_refused_page_keeps_the_end_of_the_visit_as_it_was_given(
    app: Flask, as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    number = site("huaxin").id
    db.session.rollback()
    raw = {"site_id": str(number), "kind": "routine", "started_at": "2026-11-03T09:30"}
    for given in ("", "2026-11-03T10:00"):
        answer = as_user("wang").post("/checks", data=raw | {"finished_at": given})
        assert answer.status_code == 422
        assert Page(answer.get_data(as_text=True)).fields["finished_at"] == given


def test_a_correction_shows_the_lists_that_the_visit_went_through(
    filed: Known, app: Flask, as_user: Callable[[str], House]
) -> None:
    number, uuid = filed
    answered = {answer.item_id for answer in db.session.get_one(Check, number).answers}
    for checklist in db.session.scalars(sa.select(Checklist)):
        checklist.versions.append(ChecklistVersion(number=9, published_at=cast.NOW))
    db.session.commit()
    text = as_user("wang").get(f"/checks/new?replaces={uuid}").get_data(as_text=True)
    assert all(f'data-item="{item}"' in text for item in answered)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("started_at", "2026-02-30T10:00"),
        ("finished_at", "yesterday"),
        ("kind", "party"),
        ("mode", "none"),
        ("findings.0d6f1f0a-5a68-4c7e-9d3a-0f7d3a0c1b11.hazard_class", "none"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    field: str, value: str, app: Flask, as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    at = "findings.0d6f1f0a-5a68-4c7e-9d3a-0f7d3a0c1b11"
    raw = {"site_id": str(site("huaxin").id), "kind": "routine", "started_at": "2026-11-03T09:30"}
    raw |= {f"{at}.description": "路过所见", f"{at}.days": "7", f"{at}.hazard_class": "fire"}
    db.session.rollback()
    answer = as_user("wang").post("/checks", data=raw | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
