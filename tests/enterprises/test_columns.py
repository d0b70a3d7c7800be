"""Lists whose heads nobody knows: a person says once which column holds what, and need not say it again."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.house import House

from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.enterprises import importing
from xuncha.enterprises.importing import Outcome
from xuncha.enterprises.models import Risk, Site
from xuncha.lists.column_mapping import ImportMapping

from .formats import FORMATS
from .sheet import NEW_CODE, workbook

TODAY = date(2026, 11, 3)
Browser = Callable[[str], House]
LIST: list[list[Any]] = [
    ["临江开发区台账"],
    ["甲", "乙", "丙", "丁"],
    ["新星化工厂", NEW_CODE, "危化", "138 0013 8000"],
    ["远方机械厂", None, "工贸", "0512001"],
]
CHOSEN = {
    "head": "2",
    "column-0": "name",
    "column-1": "uscc",
    "column-2": "sector",
    "column-3": "",
    "otherwise-risk": "yellow",
}


def upload(browser: House, data: bytes, name: str = "台账") -> str:
    answer = browser.post("/enterprises/import", data={"file": (io.BytesIO(data), name)})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


@pytest.mark.parametrize("kind", FORMATS)
def test_the_columns_of_an_unknown_list_are_chosen_and_remembered(
    as_user: Browser, app: Flask, kind: str
) -> None:
    browser = as_user("admin")
    where = upload(browser, FORMATS[kind](LIST))
    assert where.endswith("/columns")
    page = browser.text(where)
    assert "远方机械厂" in page and "0512001" in page and "丙" in page
    answer = browser.post(where, data=CHOSEN)
    assert answer.status_code == 302
    plan = answer.headers["Location"]
    assert plan == where.removesuffix("/columns")
    assert browser.post(plan).status_code == 302
    db.session.rollback()
    new = db.session.scalars(sa.select(Site).where(Site.uscc == NEW_CODE)).one()
    assert (new.name, new.risk) == ("新星化工厂", Risk.YELLOW)
    db.session.rollback()
    # The next list with these heads goes straight to its rows; those that are there already keep their risk level.
    new.risk = Risk.RED
    db.session.commit()
    more = [*LIST, ["第三家厂", None, "工贸", None]]
    again = upload(browser, FORMATS[kind](more))
    assert not again.endswith("/columns")
    verdicts = importing.plan(FORMATS[kind](more), today=TODAY).verdicts
    assert [verdict.outcome for verdict in verdicts] == [Outcome.SAME, Outcome.SAME, Outcome.NEW]


def test_guesses_are_filled_in_and_a_missing_wanted_column_is_asked_for(as_user: Browser, app: Flask) -> None:
    browser = as_user("admin")
    where = upload(browser, workbook(["新厂", "91", "总经理室"], head=["企业名称", "信用代码", "奇怪的列"]))
    assert where.endswith("/columns")
    page = browser.get(where).get_data(as_text=True)
    assert '<option value="name" selected>' in page and '<option value="uscc" selected>' in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"column-0": "", "column-3": "address"},
        {"column-0": "name", "column-3": "name"},
        {"column-0": "name", "column-3": "nonsense"},
    ],
)
def test_a_wrong_choice_is_told_and_keeps_what_was_chosen(
    as_user: Browser, app: Flask, wrong: dict[str, str]
) -> None:
    browser = as_user("admin")
    where = upload(browser, FORMATS["csv"](LIST))
    answer = browser.post(where, data=CHOSEN | wrong)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert '<option value="sector" selected>' in page and '<option value="yellow" selected>' in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ImportMapping)) == 0


def test_another_row_can_be_said_to_hold_the_heads(as_user: Browser, app: Flask) -> None:
    data = FORMATS["xlsx"]([["说明", "一", "二", "三", "四"], ["甲", "乙", "丙"], ["新厂", "工贸", "黄"]])
    browser = as_user("admin")
    where = upload(browser, data)
    page = browser.post(where, data={"head": "2", "act": "head", "column-1": "sector"})
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert '<option value="2" selected>' in text and '<option value="sector" selected>' in text
    done = browser.post(
        where, data={"head": "2", "column-0": "name", "column-1": "sector", "column-2": "risk"}
    )
    assert done.status_code == 302
    (verdict,) = importing.plan(data, today=TODAY).verdicts
    assert (verdict.row, verdict.outcome) == (3, Outcome.NEW)


def test_a_head_twice_is_asked_about(as_user: Browser, app: Flask) -> None:
    data = workbook(["x", "y"], head=["企业（场所）名称", "Name of the site"])
    with pytest.raises(Refused, match="twice"):
        importing.plan(data, today=TODAY)
    db.session.rollback()
    assert upload(as_user("admin"), data).endswith("/columns")


def test_the_columns_of_a_known_list_can_be_chosen_too_and_keep_decisions(
    as_user: Browser, app: Flask, site: Callable[[str], Site]
) -> None:
    mill = site("oldmill").name
    number = site("oldmill").id
    db.session.rollback()
    browser = as_user("admin")
    plan = upload(browser, workbook([mill, None, "工贸", "红"]))
    assert f"{plan}/columns?row-2={number}" in browser.get(f"{plan}?row-2={number}").get_data(as_text=True)
    page = browser.get(f"{plan}/columns?row-2={number}").get_data(as_text=True)
    assert f'<input type="hidden" name="row-2" value="{number}">' in page
    chosen = {"head": "1", "row-2": str(number), "column-0": "name", "column-3": "risk"}
    answer = browser.post(f"{plan}/columns", data=chosen)
    assert answer.headers["Location"] == f"{plan}?row-2={number}"
    assert browser.post(plan, data={"row-2": str(number)}).status_code == 302


def test_only_the_office_chooses(as_user: Browser, app: Flask) -> None:
    where = upload(as_user("admin"), FORMATS["csv"](LIST))
    for name in ("wang", "leader", "officer"):
        assert as_user(name).get(where).status_code == 403
