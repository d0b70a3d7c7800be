"""Lists as offices keep them: a title above the heads, other names of columns, units below, invisible characters."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask
from tests.house import House

from xuncha.core.errors import Refused
from xuncha.enterprises import importing
from xuncha.enterprises.importing import Outcome

from .sheet import NEW_CODE, workbook

TODAY = date(2026, 11, 3)
Browser = Callable[[str], House]


def office_list(*rows: list[Any]) -> bytes:
    """A list as offices keep it: a merged title, the date of issue, other heads, a row of units."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2026年重点企业安全监管台账"])
    sheet.merge_cells("A1:F1")
    sheet.append(["填报单位：安委办", None, None, None, None, "2026年10月"])
    sheet.append(["序号", "企业名称", "信用代码", "所属行业", "风险等级", "负责人", "联系电话", "登记状态"])
    sheet.append([None, None, None, None, None, "（姓名）", "（手机）", None])
    for cells_of_row in rows:
        sheet.append(cells_of_row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_list_with_a_title_and_other_heads_is_taken(app: Flask, as_user: Browser) -> None:
    hidden = NEW_CODE[:9] + "\u200b" + NEW_CODE[9:]
    data = office_list([1, "\u3000新星化工厂\u00a0", hidden, "危化", "红", "赵一", "138 0013 8000", "存续"])
    made = importing.plan(data, today=TODAY)
    assert made.strange == ["序号", "登记状态"]
    (verdict,) = made.verdicts
    assert (verdict.row, verdict.outcome, verdict.problems) == (5, Outcome.NEW, [])
    assert (verdict.name, verdict.facts["uscc"]) == ("新星化工厂", NEW_CODE)
    assert (verdict.facts["principal"], verdict.facts["principal_phone"]) == ("赵一", "138 0013 8000")
    browser = as_user("admin")
    answer = browser.post("/enterprises/import", data={"file": (io.BytesIO(data), "台账.xlsx")})
    assert "新星化工厂" in browser.text(answer.headers["Location"])


def test_a_list_without_any_known_head_says_what_is_looked_for(app: Flask) -> None:
    with pytest.raises(Refused) as refusal:
        importing.plan(workbook(["甲", "乙"], head=["第一列", "第二列"]), today=TODAY)
    assert refusal.value.field == "file"


def test_the_first_supervisor_of_an_imported_site_may_begin_in_the_past(app: Flask) -> None:
    head = ["企业名称", "所属行业", "风险等级", "监管人员", "Supervisor from"]
    data = workbook(["远方机械厂", "工贸", "黄", "wang", "2024-03-01"], head=head)
    (verdict,) = importing.plan(data, today=TODAY).verdicts
    assert (verdict.outcome, verdict.problems) == (Outcome.NEW, [])
