"""Drafting and publishing versions; what is published never changes."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.checklists.drafts import list_of, wording
from tests.house import House

from xuncha.accounts.models import User
from xuncha.checklists import actions, queries
from xuncha.checklists.models import Checklist, ChecklistVersion, Item, Law
from xuncha.core.db import db
from xuncha.core.errors import NotAllowed, Refused

Get = Callable[[str], User]
Browse = Callable[[str], House]


def general() -> Checklist:
    return list_of("GEN")


def words(version: ChecklistVersion) -> list[Any]:
    return [
        (
            item.code,
            item.text_zh,
            [basis.clause for basis in item.bases],
            [one.text_zh for one in item.phrases],
        )
        for item in version.items
    ]


@pytest.fixture
def draft(app: Flask, user: Get) -> ChecklistVersion:
    return actions.start_draft(general(), actor=user("admin"), now=cast.NOW)


def test_a_draft_begins_as_a_copy_and_there_is_one_at_a_time(draft: ChecklistVersion, user: Get) -> None:
    assert words(draft) == words(general().current)  # the shipped version is there
    assert queries.difference(draft, general().current).count == 0
    assert actions.start_draft(general(), actor=user("admin"), now=cast.NOW) is draft


def test_editing_a_draft_leaves_the_published_version_alone(draft: ChecklistVersion, user: Get) -> None:
    admin, current = user("admin"), general().current
    assert current is not None
    before = words(current)
    actions.save_item(draft, draft.items[0], wording(), actor=admin, now=cast.NOW)
    actions.remove_item(draft.items[1], actor=admin, now=cast.NOW)
    actions.move_item(draft.items[5], -3, actor=admin, now=cast.NOW)
    new = actions.save_item(draft, None, wording(text_zh="新的一项。"), actor=admin, now=cast.NOW)
    db.session.flush()
    db.session.expire_all()
    assert words(current) == before
    told = queries.difference(draft, current)
    assert [item.code for item in told.added] == [new.code] == ["GEN-15"]
    assert [item.code for item in told.removed] == ["GEN-02"]
    assert {change.item.code: set(change.parts) for change in told.changed} == {
        "GEN-01": {"text", "class", "bases", "phrases"},
        "GEN-07": {"place"},
    }


def test_a_published_version_refuses_every_change(draft: ChecklistVersion, user: Get) -> None:
    admin = user("admin")
    actions.publish(draft, "年度修订", "科长", actor=admin, now=cast.NOW)
    item = draft.items[0]
    for change in (
        lambda: actions.save_item(draft, item, wording(), actor=admin, now=cast.NOW),
        lambda: actions.save_item(draft, None, wording(), actor=admin, now=cast.NOW),
        lambda: actions.remove_item(item, actor=admin, now=cast.NOW),
        lambda: actions.move_item(item, 1, actor=admin, now=cast.NOW),
        lambda: actions.publish(draft, "再次", "科长", actor=admin, now=cast.NOW),
        lambda: actions.discard_draft(draft, actor=admin, now=cast.NOW),
    ):
        with pytest.raises(Refused):
            change()
    assert general().current is draft


def test_the_code_of_a_removed_item_is_never_given_again(draft: ChecklistVersion, user: Get) -> None:
    admin = user("admin")
    actions.remove_item(draft.items[-1], actor=admin, now=cast.NOW)
    assert actions.save_item(draft, None, wording(), actor=admin, now=cast.NOW).code == "GEN-15"


def test_a_discarded_draft_leaves_nothing(draft: ChecklistVersion, user: Get) -> None:
    number = draft.id
    actions.discard_draft(draft, actor=user("admin"), now=cast.NOW)
    assert general().draft is None
    assert db.session.scalar(sa.select(Item.id).where(Item.version_id == number)) is None


def test_a_draft_is_discarded_on_its_page(as_user: Browse) -> None:
    browser = as_user("admin")
    browser.post("/checklists/GEN/draft")
    assert browser.post("/checklists/GEN/draft/discard").status_code == 302
    assert browser.get("/checklists/GEN/draft").status_code == 404


@pytest.mark.parametrize("change", [{"text_zh": " "}, {"bases": []}])
def test_an_item_needs_words_and_a_basis(draft: ChecklistVersion, user: Get, change: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        actions.save_item(draft, None, wording(**change), actor=user("admin"), now=cast.NOW)


def test_publishing_needs_a_note_and_items(draft: ChecklistVersion, user: Get) -> None:
    admin = user("admin")
    with pytest.raises(Refused):
        actions.publish(draft, "  ", "科长", actor=admin, now=cast.NOW)
    for item in list(draft.items):
        actions.remove_item(item, actor=admin, now=cast.NOW)
    with pytest.raises(Refused):
        actions.publish(draft, "清空", "科长", actor=admin, now=cast.NOW)


@pytest.mark.parametrize("name", ["leader", "lin", "wang", "expert", "auditor", "officer"])
def test_only_the_office_edits(app: Flask, user: Get, as_user: Browse, name: str) -> None:
    with pytest.raises(NotAllowed):
        actions.start_draft(general(), actor=user(name), now=cast.NOW)
    db.session.rollback()
    browser = as_user(name)
    assert browser.post("/checklists/GEN/draft").status_code == 403
    assert browser.get("/checklists/laws/new").status_code == 403


@pytest.mark.parametrize(
    ("name", "status"), [("wang", 200), ("expert", 200), ("auditor", 200), ("officer", 403)]
)
def test_staff_and_experts_read_the_lists(as_user: Browse, name: str, status: int) -> None:
    browser = as_user(name)
    for url in ("/checklists", "/checklists/GEN", "/checklists/GEN?version=1", "/checklists/laws"):
        assert browser.get(url).status_code == status
    if status == 200:
        assert browser.get("/checklists/GEN?version=2").status_code == 404
        assert browser.get("/checklists/NONE").status_code == 404


def test_the_office_edits_and_publishes_on_the_pages(app: Flask, as_user: Browse) -> None:
    browser = as_user("admin")
    browser.post("/checklists/GEN/draft")
    first = general().draft.items[0].id  # just begun
    law = db.session.scalars(sa.select(Law.id).where(Law.code == "work-safety-law")).one()
    db.session.rollback()
    page = browser.page(f"/checklists/GEN/draft/items/{first}")
    fields = page.fields | {
        "text_zh": "改写后的检查内容。",
        "text_en": "Rewritten.",
        "hazard_class": "training",
        "major": "no",
        "bases-0-law_id": str(law),
        "bases-0-clause": "§28",
        "bases-1-law_id": "",
        "phrases-0-text_zh": "现场情况。",
        "phrases-0-days": "3",
        "phrases-0-grade": "general",
    }
    assert browser.post(f"/checklists/GEN/draft/items/{first}", data=fields).status_code == 302
    assert "改写后的检查内容" in browser.text("/checklists/GEN/draft/changes")
    assert "改写后的检查内容" not in browser.text("/checklists/GEN")
    assert browser.post("/checklists/GEN/draft/publish", data={"note": ""}).status_code == 200
    assert (
        browser.post(
            "/checklists/GEN/draft/publish", data={"note": "年度修订", "asked_by": "安委会办公室"}
        ).status_code
        == 302
    )
    assert "改写后的检查内容" in browser.text("/checklists/GEN")
    assert "改写后的检查内容" not in browser.text("/checklists/GEN?version=1")
    item = general().current.items[0]  # just published
    assert [(basis.clause, basis.law_id) for basis in item.bases] == [("§28", law)]
    assert item.phrases[0].days == 3


def test_an_item_of_another_list_or_version_is_not_found(app: Flask, as_user: Browse) -> None:
    published = general().current.items[0].id  # shipped
    db.session.rollback()
    browser = as_user("admin")
    assert browser.get(f"/checklists/GEN/draft/items/{published}").status_code == 404
    browser.post("/checklists/GEN/draft")
    assert browser.get(f"/checklists/GEN/draft/items/{published}").status_code == 404


def test_a_list_warns_of_a_law_that_ran_out(as_user: Browse) -> None:
    text = as_user("admin").text("/checklists")
    assert "IDLE-09" in text, "it cites TSG 08-2017, replaced since May 2026"


def test_a_laws_days_must_be_in_order(app: Flask, as_user: Browse) -> None:
    browser = as_user("admin")
    number = db.session.scalars(sa.select(Law.id).where(Law.code == "lightning-protection-rules")).one()
    db.session.rollback()
    fields = {
        "title_zh": "开发区安全管理办法",
        "kind": "rule",
        "checked": "full text",
        "in_force_from": "2026-01-01",
    }
    wrong = fields | {"in_force_to": "2025-01-01"}
    assert browser.post(f"/checklists/laws/{number}", data=wrong).status_code == 200
    assert browser.post(f"/checklists/laws/{number}", data=fields).status_code == 302
    assert "开发区安全管理办法" in browser.text("/checklists/laws")
