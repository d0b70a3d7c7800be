"""The bank of questions: entered, retired, imported from a list; and lessons by what fails most."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
import sqlalchemy as sa
import xlsxwriter
from tests import cast
from tests.checks.filings import failing, filing, visit
from tests.house import House

from xuncha.accounts.models import User
from xuncha.checklists.models import Item
from xuncha.checks.actions import file_check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.trainings import lessons, questions
from xuncha.trainings.questions import Question, QuestionKind

Browser = Callable[[str], House]
GOOD = {
    "kind": "multiple",
    "topic": "GEN-05",
    "text_zh": "哪些人要持证上岗？",
    "options_zh": "电工\n焊工\n保洁",
    "answer": "AB",
    "explanation_zh": "特种作业人员",
    "law_zh": "安全生产法第三十条",
}


def test_a_question_is_entered_shown_and_retired(as_user: Browser) -> None:
    office = as_user("admin")
    answer = office.post("/trainings/questions/new", data=GOOD)
    assert answer.status_code == 302
    address = answer.headers["Location"]
    assert "安全生产法第三十条" in as_user("auditor").text(address)
    made = db.session.query(Question).one()
    assert (made.answer, made.options_zh, made.topic) == ([0, 1], ["电工", "焊工", "保洁"], "GEN-05")
    db.session.rollback()
    assert office.post(f"{address}/retire").status_code == 302
    assert office.post(f"{address}/retire").status_code == 409
    assert "哪些人" not in office.text("/trainings/questions")
    assert "哪些人" in office.text("/trainings/questions?retired=1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"text_zh": " "},
        {"topic": "NOPE-1"},
        {"answer": "A"},
        {"answer": "AD"},
        {"answer": "?"},
        {"kind": "single"},
        {"kind": "true_false"},
        {"options_zh": "电工"},
        {"options_zh": "电工\n电 工"},
        {"options_en": "Electrician"},
        {"options_zh": "\n".join("甲乙丙丁戊己庚")},
        {"text_zh": "长" * 1001},
    ],
)
def test_what_does_not_fit_is_said_and_kept(as_user: Browser, wrong: dict[str, str]) -> None:
    answer = as_user("admin").post("/trainings/questions/new", data=GOOD | wrong)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'class="error"' in text and "特种作业人员" in text
    assert db.session.query(Question).count() == 0


@pytest.mark.parametrize("who", ["wang", "leader", "auditor", "expert", "officer"])
def test_only_the_office_keeps_the_bank(as_user: Browser, who: str) -> None:
    browser = as_user(who)
    assert browser.post("/trainings/questions/new", data=GOOD).status_code == 403
    assert browser.post("/trainings/questions/1/retire").status_code == 403
    assert browser.get("/trainings/questions/import").status_code == 403
    assert db.session.query(Question).count() == 0


def sheet(rows: list[list[str]]) -> bytes:
    """A workbook of rows."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    book.close()
    return out.getvalue()


HEADS = ["题目", "题型", "知识点", "A", "B", "C", "答案", "解析"]
ROWS = [
    ["灭火器每单元至少几具？", "单选题", "FIRE-07", "1具", "2具", "3具", "B", "每单元不少于2具"],
    ["哪些人要持证上岗？", "多选题", "GEN-05", "电工", "焊工", "保洁", "A、B", ""],
    ["安全出口可以上锁。", "判断题", "FIRE-04", "", "", "", "错误", "应当畅通"],
]


def uploaded(browser: House, rows: list[list[str]]) -> str:
    """The page that says what the import of a list would do."""
    answer = browser.post(
        "/trainings/questions/import", data={"file": (io.BytesIO(sheet(rows)), "questions.xlsx")}
    )
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_list_as_offices_keep_it_is_imported_once(as_user: Browser) -> None:
    office = as_user("admin")
    address = uploaded(office, [HEADS, *ROWS])
    assert "灭火器每单元" in office.text(address)
    assert office.post(address).status_code == 302
    db.session.rollback()
    made = {one.kind: one for one in db.session.query(Question)}
    assert made[QuestionKind.SINGLE].answer == [1] and made[QuestionKind.MULTIPLE].answer == [0, 1]
    assert made[QuestionKind.TRUE_FALSE].answer == [1] and made[QuestionKind.TRUE_FALSE].options_zh == []
    again = uploaded(office, [HEADS, *ROWS])
    assert office.post(again).status_code == 422
    assert db.session.query(Question).count() == 3


@pytest.mark.parametrize(
    "row",
    [
        ["无答案", "单选题", "FIRE-07", "1具", "2具", "", "", ""],
        ["无题型", "", "FIRE-07", "1具", "2具", "", "A", ""],
        ["无主题", "单选题", "", "1具", "2具", "", "A", ""],
        ["错题型", "填空题", "FIRE-07", "1具", "2具", "", "A", ""],
        ["答案越界", "单选题", "FIRE-07", "1具", "2具", "", "D", ""],
        ["灭火器每单元至少几具？", "单选题", "FIRE-07", "1具", "2具", "", "A", ""],
    ],
)
def test_one_wrong_row_stops_the_list(as_user: Browser, row: list[str]) -> None:
    office = as_user("admin")
    address = uploaded(office, [HEADS, *ROWS, row])
    assert office.post(address).status_code == 422
    assert db.session.query(Question).count() == 0


def test_the_template_is_taken_as_it_is_filled(as_user: Browser) -> None:
    data = as_user("admin").get("/trainings/questions/template.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(data))
    heads = [str(cell.value) for cell in next(book.worksheets[0].iter_rows())]
    row = dict.fromkeys(heads, "")
    assert len(row) == 21
    assert questions.read_letters("a，C") == (0, 2) and questions.read_letters("Z") == (6,)


def test_items_that_fail_often_propose_a_lesson(
    as_user: Browser,
    user: Callable[[str], User],
    site: Callable[[str], Site],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lessons, "LEAST", 1)
    raw = failing(visit(site("huaxin")), description="无证上岗")
    file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    db.session.commit()
    code = db.session.scalars(sa.select(Item.code).where(Item.id == raw["findings"][0]["item_id"])).one()
    admin = user("admin")
    (lesson,) = [one for one in lessons.failing_items(admin, cast.NOW.date()) if one.item.code == code]
    assert (lesson.failed, lesson.answered, lesson.rate) == (1, 1, 1.0)
    db.session.rollback()
    office = as_user("admin")
    assert "华鑫化工" in office.text(f"/trainings/lessons/{code}")
    assert "华鑫化工" not in as_user("chen").text(f"/trainings/lessons/{code}")
    link = next(
        one
        for one in office.page("/trainings/lessons").links
        if f"source=item:{code}" in one or f"item%3A{code}" in one
    )
    page = office.page(link)
    assert page.fields["source"] == f"item:{code}" and "1/1" not in page.fields["topic"]
    fields = page.fields | {"month": "12", "kind": lesson.kind.value, "audience": "全体", "expected": "50"}
    fields["responsible_id"] = str(user("wang").id)
    db.session.rollback()
    assert office.post("/trainings/plan/new", data=fields).status_code == 302
    assert lessons.planned_sources(2026) == {f"item:{code}"}
    db.session.rollback()
    assert not [one for one in office.page("/trainings/lessons").links if code in one and "plan/new" in one]
