"""What the code of a sign-in opens on a phone: a form for one's name, and nothing of anybody else."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..accounts.secret_addresses import AddressCookie
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.web import done, needs
from . import attendance, exams
from .attendance import CLOSED
from .code_pages import open_by_code, sent
from .exam_forms import SignInForm
from .participants import Participant
from .sign_in_names import keep_name

pages = Blueprint("sign_ins", __name__, url_prefix="/s")
COOKIE = AddressCookie("sign_in", "sign_in")


open_by_code(
    pages,
    COOKIE,
    attendance.open_by_token,
    lambda number: attendance.held_sheet(number, utcnow()),
    "sign_ins.sign",
    CLOSED,
)


@pages.route("/<int:number>", methods=["GET", "POST"])
@needs(Permission.USE_TRAINING_CODE)
def sign(number: int) -> str | Response | tuple[str, int]:
    """Sign in with name and enterprise; what was typed stays where something does not fit."""
    _sheet(number)
    form = SignInForm()
    answer = sent(form, lambda: _signed(number, form))
    if isinstance(answer, Response):
        return answer
    return render_template("trainings/sign_in.html", sheet=_sheet(number), form=form), answer


def _sheet(number: int) -> attendance.SignInSheet:
    """The sheet that this browser opened. Raises Missing."""
    return attendance.held_sheet(number if COOKIE.opened() == number else 0, utcnow())


def _signed(number: int, form: SignInForm) -> Response:
    person = Participant(form.name.data or "", form.enterprise.data or "", form.phone.data or "")
    address = request.remote_addr or ""
    new = attendance.sign_in(number, person, address=address, now=utcnow())
    said = gettext("You are signed in: %(name)s", name=person.name.strip())
    again = gettext("%(name)s had signed in before; once is enough.", name=person.name.strip())
    training_id = _sheet(number).training_id
    return keep_name(done(said if new else again, "sign_ins.signed", number=number), training_id, person)


@pages.get("/<int:number>/signed")
@needs(Permission.USE_TRAINING_CODE)
def signed(number: int) -> str:
    """After signing in: the exam, where one is open; never who else is here."""
    sheet = _sheet(number)
    exam = exams.exam_of(sheet.training)
    token = exams.token_of(exam) if exam and exam.is_open(utcnow()) else None
    return render_template("trainings/signed.html", sheet=sheet, token=token)
