"""Lists of people in: a verdict for each row, all rows or none, a first password for each, shown once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from tests.enterprises.formats import FORMATS, xlsx
from tests.house import House

from xuncha.accounts import importing
from xuncha.accounts.models import Team, User
from xuncha.accounts.passwords import matches
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.lists.plan import Outcome

Browser = Callable[[str], House]
HEAD = ["姓名", "登录名", "角色", "联系电话", "片区（组）", "企业"]


def judged(*rows: list[Any], head: list[str] | None = None) -> list[tuple[Outcome, set[str | None]]]:
    made = importing.plan(xlsx([head or HEAD, *rows]))
    return [(one.outcome, {problem.field for problem in one.problems}) for one in made.verdicts]


def upload(browser: House, data: bytes) -> str:
    answer = browser.post("/users/import", data={"file": (io.BytesIO(data), "人员")})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


@pytest.mark.parametrize("kind", FORMATS)
def test_people_are_imported_with_first_passwords(as_user: Browser, app: Flask, kind: str) -> None:
    data = FORMATS[kind](
        [
            ["安委办人员名单"],
            ["姓名", "账号", "岗位", "手机号", "片区", "所属企业", "序号"],
            ["郑新人", "zheng", "网格员", "13900001111", "西片区", None, 1],
            ["冯组长", None, "组长", "139 0000 2222", "北片区", None, 2],
            ["卫安全", "wei", "安全员", None, None, "华鑫化工有限公司", 3],
        ]
    )
    browser = as_user("admin")
    where = upload(browser, data)
    assert not where.endswith("/columns") and "郑新人" in browser.text(where)
    answer = browser.post(where)
    assert answer.status_code == 200
    passwords = re.findall(r'<code class="secret">([^<]+)</code>', answer.get_data(as_text=True))
    db.session.rollback()
    people = {one.username: one for one in db.session.scalars(sa.select(User).order_by(User.id))}
    added = [people["zheng"], people["13900002222"], people["wei"]]
    assert [one.role for one in added] == [Role.SUPERVISOR, Role.TEAM_LEAD, Role.ENT_OFFICER]
    assert all(one.must_change_password for one in added) and added[2].enterprise_id is not None
    assert [matches(one.password_hash, password) for one, password in zip(added, passwords, strict=True)] == [
        True
    ] * 3
    assert added[0].team and added[0].team.name_zh == "西片区"
    assert added[1].team and added[1].team.name_en == "North area"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Team)) == 3
    assert db.session.scalar(sa.select(sa.func.count()).where(HistoryRow.action == "import_users")) == 1
    db.session.rollback()
    # The same list again changes nothing.
    assert {one.outcome for one in importing.plan(data).verdicts} == {Outcome.SAME}
    db.session.rollback()
    assert browser.post(upload(browser, data)).status_code == 422


def test_each_row_gets_its_verdict(app: Flask) -> None:
    found = judged(
        ["郑新人", "zheng", "安全监管员", None, None, None],
        ["王监管", "WANG", "安全监管员", None, None, None],
        ["另一人", "wang", "安全监管员", None, None, None],
        ["无账号", None, "安全监管员", None, None, None],
        ["坏账号", "坏", "安全监管员", None, None, None],
        ["无角色", "wujue", None, None, None, None],
        ["怪角色", "guai", "总统", None, None, None],
        ["企业员", "qiye", "企业安全员", None, None, "查无此厂"],
        ["企业员", "qiye2", "企业安全员", None, None, None],
        [None, "wuming", "专家", None, None, None],
        ["郑重名", "zheng", "专家", None, None, None],
    )
    assert [outcome.value for outcome, _fields in found] == ["new", "same", *["error"] * 9]
    assert [fields for _outcome, fields in found[2:]] == [
        {"username"},
        {"username"},
        {"username"},
        {"role"},
        {"role"},
        {"enterprise"},
        {"enterprise"},
        {"name"},
        {"username"},
    ]


def test_one_wrong_row_stops_the_whole_list(as_user: Browser, app: Flask) -> None:
    data = xlsx([HEAD, ["郑新人", "zheng", "专家"], ["坏账号", "坏", "专家"]])
    browser = as_user("admin")
    where = upload(browser, data)
    assert browser.post(where).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).where(User.username == "zheng")) == 0


def test_a_list_without_roles_gets_one_for_all(as_user: Browser, app: Flask) -> None:
    browser = as_user("admin")
    where = upload(browser, xlsx([["姓名", "手机"], ["郑新人", "13900001111"]]))
    assert where.endswith("/columns")
    chosen = {"head": "1", "column-0": "name", "column-1": "phone", "otherwise-role": "supervisor"}
    answer = browser.post(where, data=chosen)
    assert browser.post(answer.headers["Location"]).status_code == 200
    new = db.session.scalars(sa.select(User).where(User.username == "13900001111")).one()
    assert new.role is Role.SUPERVISOR


def test_too_many_people_at_once_are_refused(as_user: Browser, app: Flask) -> None:
    data = xlsx([HEAD, *(["郑新人", f"z{number}", "专家"] for number in range(501))])
    answer = as_user("admin").get(upload(as_user("admin"), data))
    assert answer.status_code == 422 and "500" in answer.get_data(as_text=True)


def test_the_template_can_be_filled_and_imported(as_user: Browser, app: Flask) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_user("admin").get("/users/template.xlsx").data))
    sheet = book.worksheets[0]
    sheet["A2"], sheet["B2"], sheet["C2"] = "郑新人", "zheng", "安全监管员"
    target = io.BytesIO()
    book.save(target)
    assert [one.outcome for one in importing.plan(target.getvalue()).verdicts] == [Outcome.NEW]


@pytest.mark.parametrize("name", ["leader", "lin", "wang", "expert", "auditor", "officer"])
def test_only_an_administrator_imports_people(as_user: Browser, app: Flask, name: str) -> None:
    where = upload(as_user("admin"), xlsx([HEAD, ["郑新人", "zheng", "专家"]]))
    browser = as_user(name)
    for address in ("/users/import", where, f"{where}/columns", "/users/template.xlsx"):
        assert browser.get(address).status_code == 403
    assert browser.post(where).status_code == 403
