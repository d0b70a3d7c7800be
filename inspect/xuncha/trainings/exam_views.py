"""The office's pages of an exam: set it, show its code, close it, see the results."""

from __future__ import annotations

from flask import Response as Page
from flask import abort, render_template
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission, demand
from ..core.clock import today, utcnow
from ..core.forms import attempt
from ..core.web import done, needs
from . import exam_results, exams
from .attendance_views import code_of, training_of
from .blueprint import pages
from .exam_forms import ExamForm


@pages.route("/<int:number>/exam", methods=["GET", "POST"])
@needs(Permission.SEE_TRAININGS)
def exam(number: int) -> str | Response | tuple[str, int]:
    """The exam of a training with its results, or the form that sets one."""
    training = training_of(number, Permission.SEE_TRAININGS)
    closes_on = max(training.held_on, today())
    form = ExamForm(data={"pass_mark": 80, "minutes": 30, "attempts": 2, "drawn": 10, "closes_on": closes_on})
    if form.is_submitted():
        demand(current_user, Permission.CHANGE_TRAINING, training)
        if form.validate():
            made = attempt(
                form,
                lambda: exams.set_exam(
                    training,
                    drawn=form.drawn.data or 0,
                    topic=form.topic.data or "",
                    pass_mark=form.pass_mark.data or 0,
                    minutes=form.minutes.data or 0,
                    attempts=form.attempts.data or 0,
                    closes_on=form.closes_on.data,
                    actor=current_user,
                    now=utcnow(),
                ),
            )
            if made is not None:
                return done(
                    gettext("The exam is open. Show or print its code."), "trainings.exam", number=number
                )
    page = _page(number, form)
    return page, 422 if form.is_submitted() else 200


def _page(number: int, form: ExamForm) -> str:
    training = training_of(number, Permission.SEE_TRAININGS)
    found = exams.exam_of(training)
    return render_template(
        "trainings/exam.html",
        training=training,
        exam=found,
        is_open=found.is_open(utcnow()) if found else False,
        address=exams.address_of(found) if found else None,
        results=exam_results.results_of(found) if found else None,
        form=form,
    )


@pages.get("/<int:number>/exam/code.svg")
@needs(Permission.SEE_TRAININGS)
def exam_code(number: int) -> Page:
    """The code of the exam, for a screen in the hall."""
    found = exams.exam_of(training_of(number, Permission.SEE_TRAININGS))
    return code_of(exams.address_of(found) if found else None)


@pages.post("/<int:number>/exam/close")
@needs(Permission.CHANGE_TRAINING)
def close_exam(number: int) -> Response:
    """Close the exam; who took and passed it goes into the record."""
    found = exams.exam_of(training_of(number, Permission.CHANGE_TRAINING))
    if found is None:
        abort(404)
    exams.close(found, actor=current_user, now=utcnow())
    return done(
        gettext("The exam is closed. Its figures stand in the record."), "trainings.exam", number=number
    )
