"""Pages of the bank of questions: the list, one question with how often it was failed, and the import."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import render_template, request
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core import paging
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import db
from ..core.errors import Refused
from ..core.forms import attempt
from ..core.labels import N_
from ..core.web import done, fetch, needs
from ..lists import import_pages, uploads
from ..lists.columns import written
from . import exam_results, question_import, questions
from .blueprint import pages
from .exam_forms import QuestionForm
from .questions import LETTERS, Question

QUESTION_IMPORT = import_pages.ListImport(
    question_import.QUESTIONS,
    title=N_("Import questions"),
    back=(N_("Questions"), "trainings.questions"),
    at="trainings.import_questions",
    intro=N_("Take the template, or the list of questions that your office keeps."),
)


@pages.get("/questions", endpoint="questions")
@needs(Permission.SEE_TRAININGS)
def question_list() -> str:
    """The questions that can be drawn, of one topic or all; those that were retired apart."""
    topic, retired = request.args.get("topic", ""), request.args.get("retired") == "1"
    query = sa.select(Question).where(Question.retired_at.is_not(None)) if retired else questions.pool(topic)
    return render_template(
        "trainings/questions.html",
        page=paging.page(query, [Question.id.desc()], request.args),
        topics=questions.topics_asked(),
        topic_name=questions.topic_name,
        topic=topic,
        retired=retired,
    )


@pages.route("/questions/new", methods=["GET", "POST"])
@needs(Permission.EDIT_QUESTIONS)
def new_question() -> str | Response | tuple[str, int]:
    """Enter a question."""
    form = QuestionForm()
    if form.is_submitted() and form.validate():
        made = attempt(form, lambda: questions.add_question(form.facts(), actor=current_user, now=utcnow()))
        if made is not None:
            return done(gettext("The question is in the bank."), "trainings.question", number=made.id)
    page = render_template("trainings/question_new.html", form=form)
    return page, 422 if form.is_submitted() else 200


@pages.get("/questions/<int:number>")
@needs(Permission.SEE_TRAININGS)
def question(number: int) -> str:
    """One question with its answer, and how often it was failed."""
    found = fetch(sa.select(Question).where(Question.id == number), Permission.SEE_TRAININGS)
    figure = next((one for one in exam_results.failed_questions() if one.question.id == number), None)
    return render_template(
        "trainings/question.html",
        question=found,
        figure=figure,
        letters=LETTERS,
        topic_name=questions.topic_name,
    )


@pages.post("/questions/<int:number>/retire")
@needs(Permission.EDIT_QUESTIONS)
def retire_question(number: int) -> Response:
    """Ask a question in no further exam."""
    found = fetch(sa.select(Question).where(Question.id == number), Permission.EDIT_QUESTIONS)
    questions.retire(found, actor=current_user, now=utcnow())
    return done(gettext("The question is retired."), "trainings.questions")


@pages.get("/questions/template.xlsx")
@needs(Permission.EDIT_QUESTIONS)
def import_questions_template() -> Response:
    """An empty workbook to fill."""
    return import_pages.send_workbook(question_import.template(), "questions-template.xlsx")


@pages.route("/questions/import", methods=["GET", "POST"])
@needs(Permission.EDIT_QUESTIONS)
def import_questions() -> import_pages.Page:
    """Choose a file; nothing is written before its rows were shown."""
    return import_pages.upload_page(QUESTION_IMPORT)


@pages.route("/questions/import/<digest>/columns", methods=["GET", "POST"])
@needs(Permission.EDIT_QUESTIONS)
def import_questions_columns(digest: str) -> import_pages.Page:
    """Say which column of the file holds what."""
    return import_pages.columns_page(QUESTION_IMPORT, digest)


def _cells(facts: dict[str, Any]) -> list[str]:
    return [str(written(facts.get(name)) or "") for name in ("text_zh", "kind", "topic", "answer")]


def _plan_page(digest: str, problem: Refused | None = None) -> import_pages.Page:
    heads = [gettext("Question"), gettext("Kind of question"), gettext("Topic"), gettext("Right answer")]
    return import_pages.plan_page(QUESTION_IMPORT, digest, question_import.plan, _cells, heads, problem)


@pages.get("/questions/import/<digest>")
@needs(Permission.EDIT_QUESTIONS)
def import_questions_plan(digest: str) -> import_pages.Page:
    """What each row would do."""
    return _plan_page(digest)


@pages.post("/questions/import/<digest>")
@needs(Permission.EDIT_QUESTIONS)
def import_questions_take(digest: str) -> import_pages.Page:
    """Write every new row or none."""
    try:
        count = question_import.take_in(uploads.kept(digest), actor=current_user, now=utcnow())
    except Refused as problem:
        db.session.rollback()
        return _plan_page(digest, problem)
    return done(
        ngettext("%(num)d question was added.", "%(num)d questions were added.", count), "trainings.questions"
    )
