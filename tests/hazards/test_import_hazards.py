"""Open hazards of the time before: a verdict for each row, all rows or none, open at once and without a check."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.enterprises.formats import FORMATS, xlsx
from tests.house import House

from xuncha.accounts.models import User
from xuncha.checklists.models import HazardClass
from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.enterprises.models import Site
from xuncha.hazards import importing, queries
from xuncha.hazards.actions import step
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Grade, Hazard, Source
from xuncha.lists.plan import Outcome

TODAY = date(2026, 11, 3)
Browser = Callable[[str], House]
HEAD = ["企业", "隐患描述", "类别", "级别", "发现日期", "整改期限", "检查人员", "重大隐患判定标准", "状态"]
HUAXIN = "华鑫化工有限公司"
FOUND, DUE = date(2026, 9, 1), date(2026, 10, 1)


def hazards() -> list[Hazard]:
    return list(db.session.scalars(sa.select(Hazard).order_by(Hazard.id)))


def plan(*rows: list[Any], head: list[str] | None = None) -> importing.Plan:
    return importing.plan(xlsx([head or HEAD, *rows]), today=TODAY)


def upload(browser: House, data: bytes) -> str:
    answer = browser.post("/hazards/import", data={"file": (io.BytesIO(data), "隐患台账")})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


@pytest.mark.parametrize("kind", FORMATS)
def test_open_hazards_are_imported(as_user: Browser, app: Flask, kind: str) -> None:
    data = FORMATS[kind](
        [
            ["事故隐患排查治理台账"],
            [
                "序号",
                "受检单位",
                "存在问题",
                "隐患类别",
                "检查日期",
                "整改时限",
                "检查人",
                "整改情况",
                "编号",
            ],
            [1, HUAXIN, "灭火器过期", "消防", FOUND, DUE, "王监管、赵同事", "未整改", "旧-17"],
            [2, "利丰机械有限公司", "配电箱无标识", "用电", "2026年10月20日", "2026.12.31", None, None, None],
            [3, HUAXIN, "通道堵塞", "消防", FOUND, DUE, "wang", "已整改", None],
        ]
    )
    browser = as_user("admin")
    where = upload(browser, data)
    assert not where.endswith("/columns") and "灭火器过期" in browser.text(where)
    assert browser.post(where).status_code == 302
    db.session.rollback()
    first, second = hazards()
    assert (first.state, first.check, first.source, first.grade) == (
        State.OPEN,
        None,
        Source.ROUTINE,
        Grade.GENERAL,
    )
    assert (first.found_on, first.due_on, first.original_due_on) == (FOUND, DUE, DUE)
    assert (first.found_by.username, second.found_by.username) == ("wang", "admin")
    assert (first.hazard_class, second.hazard_class) == (HazardClass.FIRE, HazardClass.ELECTRICAL)
    assert first.is_overdue(TODAY) and not second.is_overdue(TODAY)
    (event,) = first.events
    assert (event.act, event.from_state, event.to_state) == (Act.FIND, None, State.OPEN)
    assert event.brought == {"imported": True, "old_number": "旧-17", "finder": "王监管、赵同事"}
    assert db.session.scalar(sa.select(sa.func.count()).where(HistoryRow.action == "import_hazards")) == 1
    assert first in queries.open_at(first.site)
    number = first.id
    db.session.rollback()
    assert "旧-17" in browser.text(f"/hazards/{number}")
    # The same list again brings in nothing.
    outcomes = [one.outcome for one in importing.plan(data, today=TODAY).verdicts]
    assert outcomes == [Outcome.SAME, Outcome.SAME, Outcome.LEFT_OUT]
    db.session.rollback()
    assert browser.post(upload(browser, data)).status_code == 422


def test_an_imported_hazard_goes_its_way(
    as_user: Browser, app: Flask, user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    data = xlsx(
        [
            HEAD,
            [HUAXIN, "储罐无紧急切断阀", "危化", "重大", FOUND, DUE, "王监管", "AQ 3067 第4条"],
            [HUAXIN, "灭火器过期", "消防", "一般", FOUND, DUE, "王监管"],
        ]
    )
    browser = as_user("admin")
    assert browser.post(upload(browser, data)).status_code == 302
    db.session.rollback()
    major, plain = hazards()
    assert (major.grade, major.cited_criterion) == (Grade.MAJOR, "AQ 3067 第4条")
    assert [event.act for event in major.events] == [Act.FIND, Act.CONFIRM_MAJOR]
    brought = {"method": "on_site"}
    step(plain, Act.VERIFY, actor=user("wang"), now=cast.NOW, brought=brought)
    assert plain.state is State.CLOSED
    db.session.rollback()
    for address in ("/hazards", f"/hazards/{hazards()[0].id}", "/figures", "/hazards/export.xlsx"):
        assert browser.get(address).status_code == 200


def test_each_row_gets_its_verdict(app: Flask) -> None:
    good: list[Any] = [HUAXIN, "灭火器过期", "消防", None, FOUND, DUE]
    made = plan(
        good,
        [" 华鑫化工有限公司 ", *good[1:]],
        ["查无此厂", *good[1:]],
        [None, *good[1:]],
        [HUAXIN, None, *good[2:]],
        [HUAXIN, "无类别", None, None, FOUND, DUE],
        [HUAXIN, "无日期", "消防", None, None, None],
        [HUAXIN, "明天发现", "消防", None, date(2026, 11, 4), date(2026, 12, 1)],
        [HUAXIN, "期限在前", "消防", None, FOUND, date(2026, 8, 1)],
        [HUAXIN, "期限太远", "消防", None, FOUND, date(2036, 8, 1)],
        [HUAXIN, "重大无标准", "消防", "重大隐患", FOUND, DUE],
        [HUAXIN, "查无此人", "消防", None, FOUND, DUE, "某某某"],
        [HUAXIN, "字数太多" * 2000, "消防", None, FOUND, DUE],
        [HUAXIN, "怪状态", "消防", None, FOUND, DUE, None, None, "不知道"],
    )
    assert [one.outcome.value for one in made.verdicts] == ["new", "left_out", *["error"] * 12]
    assert [{problem.field for problem in one.problems} for one in made.verdicts[2:]] == [
        {"site"},
        {"site"},
        {"description"},
        {"hazard_class"},
        {"found_on", "due_on"},
        {"found_on"},
        {"due_on"},
        {"due_on"},
        {"criterion"},
        {"finder"},
        {"description"},
        {"state"},
    ]


def test_one_wrong_row_stops_the_whole_list(as_user: Browser, app: Flask) -> None:
    data = xlsx(
        [
            HEAD,
            [HUAXIN, "灭火器过期", "消防", None, FOUND, DUE],
            ["查无此厂", "通道堵塞", "消防", None, FOUND, DUE],
        ]
    )
    browser = as_user("admin")
    assert browser.post(upload(browser, data)).status_code == 422
    assert hazards() == []


def test_a_code_tells_sites_of_one_name_apart(app: Flask, site: Callable[[str], Site]) -> None:
    site("lifeng").name = HUAXIN
    db.session.flush()
    head = [*HEAD, "统一社会信用代码"]
    row: list[Any] = [HUAXIN, "灭火器过期", "消防", None, FOUND, DUE, None, None, None]
    unclear, clear = plan([*row, None], [*row, cast.PLACES["lifeng"].uscc], head=head).verdicts
    assert (unclear.outcome, clear.outcome) == (Outcome.ERROR, Outcome.NEW)


def test_the_template_can_be_filled_and_imported(as_user: Browser, app: Flask) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_user("admin").get("/hazards/template.xlsx").data))
    sheet = book.worksheets[0]
    heads = [str(cell.value).rstrip("*") for cell in sheet[1]]
    for head, value in zip(HEAD[:6], [HUAXIN, "灭火器过期", "消防", "一般隐患", FOUND, DUE], strict=True):
        sheet.cell(2, heads.index(head) + 1).value = value
    target = io.BytesIO()
    book.save(target)
    assert [one.outcome for one in importing.plan(target.getvalue(), today=TODAY).verdicts] == [Outcome.NEW]


@pytest.mark.parametrize("name", ["leader", "lin", "wang", "expert", "auditor", "officer"])
def test_only_an_administrator_imports_hazards(as_user: Browser, app: Flask, name: str) -> None:
    where = upload(as_user("admin"), xlsx([HEAD, [HUAXIN, "灭火器过期", "消防", None, FOUND, DUE]]))
    browser = as_user(name)
    for address in ("/hazards/import", where, f"{where}/columns", "/hazards/template.xlsx"):
        assert browser.get(address).status_code == 403
    assert browser.post(where).status_code == 403
