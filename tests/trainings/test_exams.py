"""Exams on the phone: a fixed draw, answers that survive, the key only with the result, attempts, time, scoring."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from tests import cast
from tests.hazards.by_link import BASE
from tests.house import House
from tests.reports.test_notice_code import codes
from tests.trainings.by_code import LI, RIGHT, bank, exam_path, phone, sheet_path, training_today

from xuncha.core.db import commit, db
from xuncha.trainings import exam_results, exams
from xuncha.trainings.exams import Attempt, Exam, mark_of, passes
from xuncha.trainings.models import Training
from xuncha.trainings.questions import Question, QuestionKind

Browser = Callable[[str], House]


@pytest.fixture(autouse=True)
def _public(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE
    bank()


def begun(app: Flask, path: str, **more: str) -> tuple[House, str]:
    """A phone in the middle of an exam, and the address of the exam."""
    browser, page = phone(app, path)
    answer = browser.post(page, data=LI | more)
    assert answer.status_code == 302, answer.get_data(as_text=True)[-800:]
    assert answer.headers["Location"] == f"{page}/questions/1"
    return browser, page


def drawn() -> list[tuple[int, QuestionKind]]:
    """The questions of the latest attempt: numbers and kinds."""
    db.session.rollback()
    attempt = db.session.scalars(sa.select(Attempt).order_by(Attempt.id.desc())).first()
    assert attempt is not None
    return [(row.question_id, row.question.kind) for row in attempt.answers]


def answer_all(browser: House, page: str, *, right: int) -> None:
    """Answer all questions of the latest attempt, so many of them right."""
    for position, (_number, kind) in enumerate(drawn(), start=1):
        given = RIGHT[kind] if position <= right else ["0"]
        db.session.rollback()
        assert browser.post(f"{page}/questions/{position}", data={"given": given}).status_code == 302


def latest() -> Attempt:
    db.session.rollback()
    return db.session.scalars(sa.select(Attempt).order_by(Attempt.id.desc()).limit(1)).one()


def test_an_exam_from_code_to_result(app: Flask) -> None:
    browser, page = begun(app, exam_path(training_today()))
    answer_all(browser, page, right=2)
    text = browser.text(f"{page}/hand-in")
    assert "3/3" in text
    assert browser.post(f"{page}/hand-in").status_code == 302
    result = browser.text(f"{page}/result")
    assert "66" in result and "机密解析" in result and "安全生产法第二十八条" in result
    assert "合格" in result and "合格人数" not in result
    attempt = latest()
    assert (attempt.right, attempt.passed, attempt.mark) == (2, True, 66)


def test_the_key_never_reaches_the_phone_before(app: Flask) -> None:
    browser, page = begun(app, exam_path(training_today()))
    answer_all(browser, page, right=3)
    pages = [f"{page}/questions/{at}" for at in (1, 2, 3)] + [f"{page}/hand-in", f"{page}/result", page]
    for address in pages:
        text = browser.get(address, follow_redirects=True).get_data(as_text=True)
        assert "机密解析" not in text and "安全生产法第二十八条" not in text and '"answer"' not in text


def test_the_draw_is_fixed_and_answers_survive_a_reload(app: Flask) -> None:
    browser, page = begun(app, exam_path(training_today()))
    before = drawn()
    assert len({number for number, _kind in before}) == 3
    browser.post(f"{page}/questions/1", data={"given": RIGHT[before[0][1]]})
    shown = browser.get(f"{page}/questions/1").get_data(as_text=True)
    assert len(re.findall(" checked", shown)) == len(RIGHT[before[0][1]])
    # Scanned anew, and from another phone under the same name: the same attempt goes on with the next question.
    assert browser.get(page).headers["Location"] == f"{page}/questions/2"
    other, other_page = phone(app, exam_address())
    assert other.post(other_page, data=LI).headers["Location"] == f"{page}/questions/2"
    assert drawn() == before
    assert db.session.query(Attempt).count() == 1


def exam_address() -> str:
    """The path of the code of the one exam."""
    db.session.rollback()
    address = exams.address_of(db.session.query(Exam).one())
    db.session.rollback()
    assert address is not None
    return urlsplit(address).path


def test_attempts_are_limited_by_name_and_enterprise(app: Flask) -> None:
    path = exam_path(training_today(), attempts=2)
    for _time in range(2):
        browser, page = begun(app, path)
        browser.post(f"{page}/hand-in")
    third, third_page = phone(app, path)
    refused = third.post(third_page, data=LI | {"name": "李  工"})
    assert refused.status_code == 422 and LI["enterprise"] in refused.get_data(as_text=True)
    assert third.post(third_page, data=LI | {"name": "王工"}).status_code == 302
    db.session.rollback()
    assert [one.number for one in db.session.query(Attempt).order_by(Attempt.id)] == [1, 2, 1]


@pytest.mark.parametrize("given_", [[], ["9"], ["x"], ["0", "1", "7"]])
def test_an_answer_that_is_none_is_refused_in_words(app: Flask, given_: list[str]) -> None:
    browser, page = begun(app, exam_path(training_today()))
    refused = browser.post(f"{page}/questions/1", data={"given": given_})
    assert refused.status_code == 422 and 'role="alert"' in refused.get_data(as_text=True)
    assert latest().answers[0].given is None
    assert browser.post(f"{page}/questions/99", data={"given": ["0"]}).status_code == 404


def test_after_the_time_is_up_only_handing_in_is_left(app: Flask) -> None:
    browser, page = begun(app, exam_path(training_today()))
    kind = drawn()[0][1]
    db.session.rollback()
    browser.post(f"{page}/questions/1", data={"given": RIGHT[kind]})
    with time_machine.travel(cast.NOW + timedelta(minutes=22), tick=True):
        late = browser.post(f"{page}/questions/2", data={"given": ["0"]})
        assert late.status_code == 302 and late.headers["Location"] == f"{page}/hand-in"
        assert browser.post(f"{page}/hand-in").status_code == 302
        again = browser.post(f"{page}/questions/2", data={"given": ["0"]})
        assert again.headers["Location"] == f"{page}/result"
    attempt = latest()
    assert (attempt.right, attempt.answers[1].given) == (1, None)
    assert attempt.finished_at == attempt.deadline


def test_a_question_is_not_shown_when_its_answer_would_not_count(app: Flask) -> None:
    browser, page = begun(app, exam_path(training_today()))
    with time_machine.travel(cast.NOW + timedelta(minutes=22), tick=True):
        late = browser.get(f"{page}/questions/2")
        assert late.status_code == 302 and late.headers["Location"] == f"{page}/hand-in"


def test_whoever_is_in_an_exam_that_ends_finds_the_way_back_by_its_code(app: Flask) -> None:
    path = exam_path(training_today())
    browser, page = begun(app, path)
    exam = db.session.query(Exam).one()
    exam.closes_at = cast.NOW
    commit()
    with time_machine.travel(cast.NOW + timedelta(minutes=5), tick=True):
        assert browser.get(path).headers["Location"] == page
        assert browser.get(page).headers["Location"] == f"{page}/questions/1"
        other = app.test_client()
        assert other.get(other.get(path).headers["Location"]).status_code == 404
    with time_machine.travel(cast.NOW + timedelta(minutes=22), tick=True):
        assert app.test_client().get(path).status_code == 404


def test_who_signed_in_to_the_training_is_not_asked_the_name_again(app: Flask) -> None:
    number = training_today()
    browser, page = phone(app, sheet_path(number))
    assert browser.post(page, data=LI).status_code == 302
    first = browser.get(exam_path(number)).headers["Location"]
    text = browser.get(first).get_data(as_text=True)
    assert (
        f'value="{LI["name"]}"' in text and f'value="{LI["enterprise"]}"' in text and LI["phone"] not in text
    )
    other, other_page = phone(app, exam_address())
    assert LI["name"] not in other.get(other_page).get_data(as_text=True)


def test_a_name_of_another_training_is_not_offered(app: Flask) -> None:
    browser, page = phone(app, sheet_path(training_today()))
    assert browser.post(page, data=LI).status_code == 302
    first = browser.get(exam_path(training_today())).headers["Location"]
    assert f'value="{LI["name"]}"' not in browser.get(first).get_data(as_text=True)


def test_the_exam_of_a_past_training_is_offered_until_today(app: Flask, as_user: Browser) -> None:
    number = training_today()
    with time_machine.travel(cast.NOW + timedelta(days=9), tick=True):
        page = as_user("wang").get(f"/trainings/{number}/exam").get_data(as_text=True)
        assert 'value="2026-11-12"' in page


def test_the_office_reads_the_day_on_which_an_exam_ends(app: Flask, as_user: Browser) -> None:
    number = training_today()
    exam_path(number)
    assert "2026年11月3日当日结束" in as_user("wang").text(f"/trainings/{number}/exam")


def test_without_its_cookies_an_attempt_is_not_there(app: Flask, client: House) -> None:
    _browser, page = begun(app, exam_path(training_today()))
    for address in (page, f"{page}/questions/1", f"{page}/hand-in", f"{page}/result"):
        assert client.get(address).status_code == 404
    assert client.post(f"{page}/questions/1", data={"given": ["0"]}).status_code == 404
    assert client.post(f"{page}/hand-in").status_code == 404
    assert client.post(page, data=LI).status_code == 404


def test_closing_marks_what_runs_and_writes_the_record(app: Flask, as_user: Browser) -> None:
    number = training_today()
    path = exam_path(number)
    for name, right in (("甲", 3), ("乙", 1)):
        browser, page = begun(app, path, name=name)
        answer_all(browser, page, right=right)
        if name == "甲":
            browser.post(f"{page}/hand-in")
    # A person counts once, with the best attempt.
    again, page = begun(app, path, name="甲")
    again.post(f"{page}/hand-in")
    for who in ("zhao", "auditor", "expert"):
        assert as_user(who).post(f"/trainings/{number}/exam/close").status_code == 403
    wang = as_user("wang")
    assert wang.post(f"/trainings/{number}/exam/close").status_code == 302
    assert wang.post(f"/trainings/{number}/exam/close").status_code == 409
    training = db.session.get_one(Training, number)
    assert (training.exam_taken, training.exam_passed, training.exam_average) == (2, 1, 66.5)
    results = exam_results.results_of(db.session.query(Exam).one())
    assert [(one.name, one.count, one.total) for one in results.enterprises] == [("华鑫化工有限公司", 1, 2)]
    # Nine answers were asked for; of them 3 + 1 were right.
    assert sum(one.asked for one in exam_results.failed_questions()) <= 9
    assert sum(one.wrong for one in results.questions) == 5
    text = wang.text(f"/trainings/{number}/exam")
    assert "50.0%" in text and "甲" in text
    closed, _page = app.test_client(), None
    assert closed.get(path).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"drawn": "7"},
        {"drawn": "0"},
        {"pass_mark": "101"},
        {"minutes": "x"},
        {"attempts": "11"},
        {"closes_on": "2026-11-02"},
        {"closes_on": ""},
        {"topic": "nothing"},
    ],
)
def test_an_exam_that_does_not_fit_is_refused_and_kept(
    app: Flask, as_user: Browser, wrong: dict[str, str]
) -> None:
    number = training_today()
    fields = {
        "drawn": "3",
        "topic": "",
        "pass_mark": "60",
        "minutes": "17",
        "attempts": "2",
        "closes_on": "2026-11-03",
    }
    answer = as_user("wang").post(f"/trainings/{number}/exam", data=fields | wrong)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'class="error"' in text
    assert "minutes" in wrong or 'value="17"' in text
    assert db.session.query(Exam).count() == 0
    assert as_user("zhao").post(f"/trainings/{number}/exam", data=fields).status_code == 403
    assert as_user("wang").post(f"/trainings/{number}/exam", data=fields).status_code == 302


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_printed_code_is_read_back_and_begins(app: Flask, as_user: Browser, lang: str) -> None:
    number = training_today()
    path = exam_path(number)
    paper = as_user("wang").get(f"/papers/exam-codes/{number}?format=pdf&lang={lang}")
    (address,) = codes(paper.data, 100 / 72)
    assert urlsplit(address).path == path
    told = PdfReader(BytesIO(paper.data)).pages[0].extract_text()
    assert {"zh": "共3题，限时20分钟，60%及格。", "en": "3 questions, 20 minutes, pass mark 60%."}[
        lang
    ] in told
    begun(app, path)


@given(total=st.integers(1, 100), right=st.integers(0, 100), wanted=st.integers(1, 100))
def test_scoring(total: int, right: int, wanted: int) -> None:
    right = min(right, total)
    mark = mark_of(right, total)
    assert 0 <= mark <= 100 and (mark == 100) == (right == total) and (mark == 0) == (right * 100 < total)
    # Whoever passes has the mark, and one right answer more never fails.
    assert passes(right, total, wanted) == (mark >= wanted)
    assert not passes(right, total, wanted) or passes(min(right + 1, total), total, wanted)
    assert passes(total, total, wanted)


@given(
    key=st.sets(st.integers(0, 5), min_size=1),
    chosen=st.one_of(st.none(), st.lists(st.integers(0, 5), max_size=6)),
)
def test_exactly_the_right_options_are_right(key: set[int], chosen: list[int] | None) -> None:
    question = Question(kind=QuestionKind.MULTIPLE, answer=sorted(key))
    assert question.is_right(chosen) == (chosen is not None and set(chosen) == key)
