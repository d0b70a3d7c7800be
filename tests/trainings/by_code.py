"""What the tests of sign-ins and exams begin with: a training of today, its code, questions, a phone that opened it."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from flask import Flask
from tests import cast
from tests.hazards.builders import person
from tests.hazards.by_link import opened
from tests.house import House

from xuncha.core.db import commit, db
from xuncha.trainings import attendance, exams, questions
from xuncha.trainings.actions import Facts, Heads, record_training
from xuncha.trainings.models import Training, TrainingKind
from xuncha.trainings.questions import QuestionFacts, QuestionKind

TODAY = date(2026, 11, 3)
LI = {"name": "李工", "enterprise": "华鑫化工有限公司", "phone": "13900000001"}


def training_today(by: str = "wang", hours: float = 2) -> int:
    """The number of a training that is held now."""
    facts = Facts(
        kind=TrainingKind.COURSE,
        topic="用电安全培训",
        held_on=TODAY,
        place="一号厅",
        organiser="安委办",
        hours=hours,
        audience=(Heads(0, group_name="待签到"),),
    )
    training = record_training(facts, actor=person(by), now=cast.NOW)
    commit()
    return training.id


def sheet_path(number: int) -> str:
    """The path of the code of a sign-in that was opened at the present moment."""
    training = db.session.get_one(Training, number)
    sheet = attendance.open_sheet(training, cast.NOW, actor=person("wang"), now=cast.NOW)
    commit()
    address = attendance.address_of(sheet)
    db.session.rollback()
    assert address is not None
    return urlsplit(address).path


def bank(count: int = 6) -> None:
    """Questions: the right option is always the second; of every third kind one."""
    for at in range(count):
        kind = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE)[at % 3]
        answer = {QuestionKind.SINGLE: (1,), QuestionKind.MULTIPLE: (1, 2), QuestionKind.TRUE_FALSE: (1,)}[
            kind
        ]
        facts = QuestionFacts(
            kind=kind,
            topic="course",
            text_zh=f"第{at}题的题干",
            options_zh=() if kind is QuestionKind.TRUE_FALSE else ("甲项", "乙项", "丙项"),
            answer=answer,
            explanation_zh=f"机密解析{at}",
            law_zh="安全生产法第二十八条",
        )
        questions.add_question(facts, actor=person("admin"), now=cast.NOW)
    commit()


RIGHT = {QuestionKind.SINGLE: ["1"], QuestionKind.MULTIPLE: ["1", "2"], QuestionKind.TRUE_FALSE: ["1"]}


def exam_path(number: int, drawn: int = 3, attempts: int = 2, pass_mark: int = 60) -> str:
    """The path of the code of an exam of a training."""
    exam = exams.set_exam(
        db.session.get_one(Training, number),
        drawn=drawn,
        topic="",
        pass_mark=pass_mark,
        minutes=20,
        attempts=attempts,
        closes_on=TODAY,
        actor=person("wang"),
        now=cast.NOW,
    )
    commit()
    address = exams.address_of(exam)
    db.session.rollback()
    assert address is not None
    return urlsplit(address).path


def phone(app: Flask, path: str) -> tuple[House, str]:
    """A phone without an account that scanned a code, and the page to which it led."""
    return opened(app, path)
