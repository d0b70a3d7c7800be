"""Papers of one training: the attendance list, and the codes of its sign-in and its exam."""

from __future__ import annotations

from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.errors import Missing
from ..core.labels import N_
from ..core.web import fetch, needs
from ..trainings.attendance import sheet_of
from ..trainings.exams import exam_of
from ..trainings.models import Training
from ..trainings.queries import visible_to
from . import printing
from .answers import answer
from .batch_views import pages

Page = str | Response | tuple[str, int]


def _training(number: int) -> Training:
    return fetch(visible_to(current_user).where(Training.id == number), Permission.SEE_TRAININGS)


@pages.get("/attendance/<int:number>")
@needs(Permission.SEE_TRAININGS)
def attendance_list(number: int) -> Page:
    """Who signed in to a training."""
    return answer(printing.attendance(_training(number)))


def _printed(order: printing.Order | None) -> Page:
    if order is None:
        raise Missing(N_("There is no code to print: nothing is open, or the site has no public address."))
    return answer(order)


@pages.get("/sign-in-codes/<int:number>")
@needs(Permission.SEE_TRAININGS)
def sign_in_code(number: int) -> Page:
    """The code of the sign-in of a training."""
    sheet = sheet_of(_training(number))
    return _printed(printing.sign_in_code(sheet) if sheet else None)


@pages.get("/exam-codes/<int:number>")
@needs(Permission.SEE_TRAININGS)
def exam_code(number: int) -> Page:
    """The code of the exam of a training."""
    exam = exam_of(_training(number))
    return _printed(printing.exam_code(exam) if exam else None)
