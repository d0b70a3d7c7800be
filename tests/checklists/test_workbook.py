"""A list as a workbook: what is exported is imported unchanged, errors are told by row and column, nothing is lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import cast
from tests.checklists.drafts import PRESSURE, list_of, measured, wording
from tests.house import House

from xuncha.accounts.models import User
from xuncha.checklists import actions, item_importing, item_workbook
from xuncha.checklists.item_importing import wording_of
from xuncha.checklists.models import Checklist, Law
from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.core.i18n import use_language
from xuncha.lists.plan import Outcome

Get = Callable[[str], User]
Browse = Callable[[str], House]


def exported(code: str) -> bytes:
    """The version in use as a workbook."""
    current = list_of(code).current
    assert current is not None
    return item_workbook.export("list", current.items)


def edited(data: bytes, change: Callable[[Any, dict[str, int]], None]) -> bytes:
    """A workbook after somebody changed it; columns by what they hold."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    change(sheet, {column.name: at for at, column in enumerate(item_workbook.ITEMS.columns, 1)})
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_list_is_imported_as_it_was_exported(app: Flask, user: Get, lang: str) -> None:
    measured("HAZ", cast.NOW)
    with app.test_request_context(), use_language(lang):
        for checklist in db.session.scalars(sa.select(Checklist)):
            plan = item_importing.plan(checklist, exported(checklist.code))
            assert set(plan.counts) == {Outcome.SAME}, checklist.code
            assert not plan.ready
            with pytest.raises(Refused):
                item_importing.take_in(checklist, exported(checklist.code), actor=user("admin"), now=cast.NOW)
            assert checklist.draft is None


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn")), max_size=30
)
named = words.filter(lambda text: bool(text.strip()))
phrase = st.fixed_dictionaries(
    {
        "text_zh": named, "text_en": words, "measure_zh": words, "measure_en": words,
        "grade": st.sampled_from(["general", "major"]), "days": st.integers(0, 90),
    }
)  # fmt: skip
clause = st.tuples(st.sampled_from(["work-safety-law", "tsg-08-2017", "tsg-08-2026"]), words, st.booleans())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=named,
    english=words,
    phrases=st.lists(phrase, max_size=3),
    clauses=st.lists(clause, min_size=1, max_size=3),
    measures=st.booleans(),
)
def test_whatever_the_editor_takes_comes_back(
    app: Flask, user: Get, text: str, english: str, phrases: Any, clauses: Any, measures: bool
) -> None:
    laws = {law.code: law.id for law in db.session.scalars(sa.select(Law))}
    bases = [
        {"law_id": laws[code], "clause": at.strip(), "checked": checked} for code, at, checked in clauses
    ]
    made = wording(
        text_zh=text, text_en=english, bases=bases, phrases=phrases, **(PRESSURE if measures else {})
    )
    draft = actions.start_draft(list_of("GEN"), actor=user("admin"), now=cast.NOW)
    item = actions.save_item(draft, None, made, actor=user("admin"), now=cast.NOW)
    db.session.flush()
    with app.test_request_context():
        plan = item_importing.plan(draft.checklist, item_workbook.export("list", draft.items))
    assert set(plan.counts) == {Outcome.SAME}
    assert plan.blocks[-1].wording == wording_of(item)
    db.session.rollback()


def test_changes_go_into_the_draft_and_nothing_else_is_lost(app: Flask, user: Get) -> None:
    measured("HAZ", cast.NOW)
    haz = list_of("HAZ")
    before = {item.code: wording_of(item) for item in haz.current.items}  # just published

    def change(sheet: Any, at: dict[str, int]) -> None:
        rows = {str(row[0].value): row[0].row for row in sheet.iter_rows(min_row=2)}
        for row in range(2, sheet.max_row + 1):
            if sheet.cell(row, at["lower"]).value:
                sheet.cell(row, at["lower"]).value = 0.35  # a number, as a person types it
        last = sheet.max_row + 1
        values = {
            "text_zh": "新增检查项。",
            "hazard_class": "消防",
            "law": "work-safety-law",
        }
        for head, value in values.items():
            sheet.cell(last, at[head]).value = value
        sheet.delete_rows(rows["HAZ-02"] if rows["HAZ-02"] < last else 2)

    with app.test_request_context(), use_language("zh"):
        data = edited(exported("HAZ"), change)
        plan = item_importing.take_in(haz, data, actor=user("admin"), now=cast.NOW)
    assert plan.counts[Outcome.NEW] == 1
    draft = haz.draft
    assert draft is not None
    now = {item.code: wording_of(item) for item in draft.items}
    changed = {code for code in now if code in before and now[code] != before[code]}
    assert len(changed - {"HAZ-02"}) == 1
    assert [one.lower for one in now.values() if one.unit] == ["0.35"]
    assert draft.items[-1].text_zh == "新增检查项。"


def test_what_is_wrong_is_told_by_row_and_column(app: Flask, user: Get, as_user: Browse) -> None:
    measured("HAZ", cast.NOW)

    def spoil(sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["law"]).value = "没有的法"
        sheet.cell(3, at["code"]).value = "HAZ-99"
        for row in range(2, sheet.max_row + 1):
            if sheet.cell(row, at["lower"]).value:
                sheet.cell(row, at["lower"]).value = "不低于0.3"

    with app.test_request_context(), use_language("zh"):
        data = edited(exported("HAZ"), spoil)
    db.session.rollback()
    browser = as_user("admin")
    page = browser.page("/checklists/HAZ/import")
    answer = browser.post(
        "/checklists/HAZ/import", data=page.fields | {"file": (io.BytesIO(data), "haz.xlsx")}
    )
    text = browser.text(answer.headers["Location"])
    assert "没有“没有的法”" in text
    assert "没有编号为HAZ-99的检查项" in text
    assert "请把限值填成数字" in text
    assert browser.post(answer.headers["Location"]).status_code == 422
    assert list_of("HAZ").draft is None


def test_the_office_exports_changes_and_imports_on_the_pages(app: Flask, as_user: Browse) -> None:
    browser = as_user("admin")

    def change(sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["text_zh"]).value = "改写后的检查内容。"

    data = edited(browser.get("/checklists/GEN/items.xlsx").data, change)
    page = browser.page("/checklists/GEN/import")
    answer = browser.post(
        "/checklists/GEN/import", data=page.fields | {"file": (io.BytesIO(data), "gen.xlsx")}
    )
    assert browser.post(answer.headers["Location"]).status_code == 302
    assert "改写后的检查内容" in browser.text("/checklists/GEN/draft/changes")
    assert "改写后的检查内容" not in browser.text("/checklists/GEN")
