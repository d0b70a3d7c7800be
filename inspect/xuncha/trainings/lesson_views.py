"""Pages of lessons: what fails most, the checks behind a figure, and the way into the plan."""

from __future__ import annotations

import sqlalchemy as sa
from flask import abort, render_template, request
from flask_login import current_user

from ..checklists.models import Item
from ..checks.models import Check
from ..core import paging
from ..core.access import Permission
from ..core.clock import today
from ..core.db import db
from ..core.web import needs
from . import exam_results, lessons, questions
from .blueprint import pages
from .models import TrainingKind

QUESTIONS_AT_MOST, ASKED_AT_LEAST = 10, 5


@pages.get("/lessons", endpoint="lessons")
@needs(Permission.SEE_TRAININGS)
def lesson_list() -> str:
    """The items and questions that fail most, each with its figure and what it proposes."""
    day = today()
    return render_template(
        "trainings/lessons.html",
        items=lessons.failing_items(current_user, day),
        questions=exam_results.failed_questions(least=ASKED_AT_LEAST, most=QUESTIONS_AT_MOST),
        planned=lessons.planned_sources(day.year) | lessons.planned_sources(day.year + 1),
        kinds={kind.value for kind in TrainingKind},
        topic_name=questions.topic_name,
        first=lessons.first_day(day),
        day=day,
    )


@pages.get("/lessons/<code>")
@needs(Permission.SEE_TRAININGS)
def lesson(code: str) -> str:
    """The checks that found an item failing: as many as its figure says."""
    item = db.session.scalars(
        sa.select(Item).where(Item.code == code).order_by(Item.version_id.desc())
    ).first()
    if item is None:
        abort(404)
    query = lessons.failed_checks(current_user, code, today())
    page = paging.page(query, [Check.visited_on.desc(), Check.id.desc()], request.args)
    return render_template("trainings/lesson.html", item=item, page=page)
