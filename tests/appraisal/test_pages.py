"""Who sees which score, every number opens its list, and page, workbook and JSON tell the same."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from flask import Flask
from tests.appraisal import halves
from tests.house import House
from tests.stats.builders import number

from xuncha.core.db import db
from xuncha.stats.figures import RATES

Browser = Callable[[str], House]


@pytest.fixture
def wang(app: Flask) -> int:
    halves.settle()
    found = number("wang")
    db.session.rollback()
    return found


def test_the_leader_sees_all_and_a_supervisor_only_the_own(wang: int, as_user: Browser) -> None:
    zhao = number("zhao")
    db.session.rollback()
    page = as_user("leader").text(f"/appraisal?{halves.OF}")
    assert re.search(rf"王监管 .{{0,12}}{halves.SCORE} 10 1 ", page)
    assert "赵同事" in page
    assert "检查次数、隐患数量、罚款多少一律不作为加分依据（国办发〔2024〕54号）" in page
    own = as_user("wang")
    moved = own.get(f"/appraisal?{halves.OF}")
    assert (moved.status_code, moved.location) == (302, f"/appraisal/{wang}?{halves.OF}")
    assert halves.score_on(own, wang) == halves.SCORE
    assert own.get(f"/appraisal/{zhao}?{halves.OF}").status_code == 404
    assert "赵同事" not in own.text(f"/appraisal/{wang}?{halves.OF}")
    told = own.get(f"/appraisal/scores.json?{halves.OF}").get_json()
    assert [one["name"] for one in told["people"]] == ["王监管"]


@pytest.mark.parametrize("name", ["expert", "officer", "principal"])
def test_others_see_nothing_of_it(wang: int, as_user: Browser, name: str) -> None:
    browser = as_user(name)
    for path in ("", "/scores.xlsx", "/scores.json", f"/{wang}", "/issue", "/paper"):
        assert browser.get(f"/appraisal{path}").status_code == 403
    assert "/appraisal" not in browser.get("/account", follow_redirects=True).text


def test_an_auditor_reads_and_does_nothing(wang: int, as_user: Browser) -> None:
    auditor = as_user("auditor")
    assert halves.SCORE in auditor.text(f"/appraisal?{halves.OF}")
    assert halves.appeal(auditor, wang) == 403
    assert auditor.get(f"/appraisal/issue?{halves.OF}").status_code == 403


def test_every_share_opens_the_list_that_it_counts(wang: int, as_user: Browser) -> None:
    leader = as_user("leader")
    told = leader.get(f"/appraisal/scores.json?{halves.OF}").get_json()
    of = {one["name"]: one["of"] for one in told["components"]}
    lines = next(one for one in told["people"] if one["id"] == wang)["lines"]
    assert {line["name"]: (line["part"], line["whole"]) for line in lines} == halves.COUNTED
    page = leader.page(f"/appraisal/{wang}?{halves.OF}")
    for line in lines:
        links = [link for link in page.links if f"/figures/{of[line['name']]}?" in link]
        assert links
        for link in links:
            counted = line["part"] if "part=part" in link else line["whole"]
            text = leader.text(link)
            assert f"共 {counted} 条" in text or f"共{counted}" in text or counted == 0, (link, counted)
        rate = RATES[of[line["name"]]]
        days = "from=2026-01-01&to=2026-06-30&as_of=2026-06-30"
        sheet = leader.get(f"/figures/{rate.name}.xlsx?supervisor={wang}&{days}&part=part").data
        rows = openpyxl.load_workbook(io.BytesIO(sheet)).worksheets[0].max_row - 1
        assert rows == line["part"]


def test_the_workbook_tells_the_same(wang: int, as_user: Browser) -> None:
    data = as_user("auditor").get(f"/appraisal/scores.xlsx?{halves.OF}").data
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    heads, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    mine = dict(zip(heads, next(row for row in rows if row[0] == "王监管"), strict=True))
    assert mine["考核得分"] == float(halves.SCORE)
    counted = [mine[head] for head in heads if "（认定值）" in head or "(认定值)" in head]
    assert counted == [f"{part}/{whole}" for part, whole in halves.COUNTED.values()]
    other = dict(zip(heads, next(row for row in rows if row[0] == "赵同事"), strict=True))
    assert other["考核得分"] == "数量过少，不评分"


def test_a_small_sample_has_no_score(wang: int, as_user: Browser) -> None:
    zhao = number("zhao")
    db.session.rollback()
    own = as_user("zhao")
    text = own.text(f"/appraisal/{zhao}?{halves.OF}")
    assert "计划任务只有 2 项，数量过少，不予评分（至少 6 项）" in text
    assert halves.score_on(own, zhao) == "—"
    own.post("/language", data={"lang": "en"})
    text = own.text(f"/appraisal/{zhao}?{halves.OF}")
    assert "2 planned checks are too few to say: a score needs 6." in text


@pytest.mark.parametrize("of", ["2026-H3", "2031", "x", "2027-H1"])
def test_a_period_that_is_none_is_said(wang: int, as_user: Browser, of: str) -> None:
    answer = as_user("leader").get(f"/appraisal?of={of}")
    assert answer.status_code == 422
    assert "请从列出的选项中选择" in answer.text or "尚未开始" in answer.text


def test_the_year_holds_both_halves(wang: int, as_user: Browser) -> None:
    told = as_user("leader").get("/appraisal/scores.json?of=2026").get_json()
    assert told["period"]["from"] == "2026-01-01"
    assert told["period"]["to"] == "2026-12-31"
    assert next(one for one in told["people"] if one["id"] == wang)["planned"] == 10
