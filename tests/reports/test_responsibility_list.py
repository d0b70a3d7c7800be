"""The responsibility list: every enterprise under its supervisor and team, since when, as paper and workbook."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from flask import Flask
from tests import cast
from tests.house import House
from tests.reports.test_notice_code import text_of

from xuncha.core import settings
from xuncha.core.db import db
from xuncha.enterprises.models import Assignment, Site, WorkingState

Browser = Callable[[str], House]
PAPER, SHEET = "/papers/responsibility-list?format=pdf", "/papers/responsibility-list.xlsx"


def rows(browser: House, address: str = SHEET) -> list[list[object]]:
    """The lines of the workbook below its heads."""
    answer = browser.get(address)
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]


@pytest.fixture(autouse=True)
def _phone(app: Flask) -> None:
    settings.write({"office_phone": "0512-66881234"}, actor=None, now=cast.NOW)
    db.session.commit()


def test_it_names_each_key_enterprise_once_by_team(as_user: Browser) -> None:
    found = rows(as_user("admin"))
    named = [(row[1], row[5]) for row in found]
    assert sorted(named) == sorted(
        [
            ("华鑫化工有限公司", "王监管"),
            ("利丰机械有限公司", "赵同事"),
            ("明和食品有限公司", "陈外片"),
        ]
    )
    assert [row[0] for row in found].count("北片区") == 2
    assert all(row[7] == "0512-66881234" for row in found)
    assert all(str(row[8])[:10] == "2025-01-01" for row in found)
    text = text_of(as_user("admin").get(f"{PAPER}&lang=zh").data)
    assert all(word in text for pair in named for word in pair)
    assert "2025-01-01" in text and "北片区:2" in text.replace("：", ":").replace("2家", "2")


def test_a_handover_shows_who_holds_it_now(
    as_user: Browser, user: Callable[[str], object], site: Callable[[str], Site]
) -> None:
    place, zhao = site("huaxin"), user("zhao")
    place.assignments[0].until_on = date(2026, 11, 1)
    db.session.add(Assignment(site=place, supervisor=zhao, from_on=date(2026, 11, 1), assigned_at=cast.NOW))
    place.supervisor = zhao
    db.session.commit()
    (line,) = (row for row in rows(as_user("admin")) if row[1] == "华鑫化工有限公司")
    assert (line[5], str(line[8])[:10]) == ("赵同事", "2026-11-01")


def test_what_nobody_holds_stands_last_and_what_is_closed_down_not_at_all(
    as_user: Browser, site: Callable[[str], Site]
) -> None:
    site("huaxin").supervisor, site("lifeng").working_state = None, WorkingState.CLOSED
    for row in site("huaxin").assignments:
        row.until_on = date(2026, 11, 1)
    db.session.commit()
    assert [row[1] for row in rows(as_user("admin"))] == ["明和食品有限公司", "华鑫化工有限公司"]


def test_all_enterprises_stand_there_when_asked(as_user: Browser, site: Callable[[str], Site]) -> None:
    site("minghe").key = False
    db.session.commit()
    assert len(rows(as_user("admin"))) == 2
    assert len(rows(as_user("admin"), f"{SHEET}?all=1")) == 3


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("wang", {"华鑫化工有限公司"}),
        ("lin", {"华鑫化工有限公司", "利丰机械有限公司"}),
        ("chen", {"明和食品有限公司"}),
    ],
)
def test_each_sees_the_own_lines(as_user: Browser, who: str, names: set[str]) -> None:
    assert {row[1] for row in rows(as_user(who))} == names


@pytest.mark.parametrize("who", ["officer", "expert"])
def test_enterprises_and_experts_get_none(as_user: Browser, who: str) -> None:
    assert as_user(who).get(PAPER).status_code == 403
    assert as_user(who).get(SHEET).status_code == 403
