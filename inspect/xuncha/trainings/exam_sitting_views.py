"""What the code of an exam opens on a phone: one question a page, plain forms, the result at once.

The right answers leave the server only with the result of an attempt that was handed in.
"""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from itsdangerous import BadData
from werkzeug.wrappers import Response

from ..accounts.secret_addresses import AddressCookie
from ..core import signing
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import commit, db
from ..core.errors import Missing, Refused
from ..core.parsing import read_numbers
from ..core.web import done, needs
from . import exams
from .code_pages import open_by_code, sent
from .exam_forms import ParticipantForm
from .exams import CLOSED, Attempt, Exam
from .participants import Participant
from .sign_in_names import signed_in

pages = Blueprint("exams", __name__, url_prefix="/x")
COOKIE = AddressCookie("exam", "exam")
ATTEMPT, A_DAY = "attempt", 24 * 3600
Answer = str | Response | tuple[str, int]


def _exam(number: int) -> Exam:
    """The exam that this browser opened and that can be begun. Raises Missing."""
    return exams.held_exam(number if COOKIE.opened() == number else 0, utcnow())


open_by_code(
    pages,
    COOKIE,
    exams.open_by_token,
    lambda number: exams.demand_in_use(number, utcnow()),
    "exams.begin",
    CLOSED,
)


def _own_attempt(number: int) -> Attempt | None:
    """The attempt that this browser began last in an exam."""
    try:
        own = signing.serializer(ATTEMPT).loads(request.cookies.get(ATTEMPT, ""))
    except BadData:
        return None
    attempt = db.session.get(Attempt, own) if isinstance(own, int) else None
    return attempt if attempt is not None and attempt.exam_id == number else None


def _attempt(number: int) -> Attempt:
    attempt = _own_attempt(number)
    if attempt is None:
        raise Missing(CLOSED)
    return attempt


@pages.route("/<int:number>", methods=["GET", "POST"])
@needs(Permission.USE_TRAINING_CODE)
def begin(number: int) -> Answer:
    """Say who takes the exam; a phone in the middle of one goes on there."""
    own = _own_attempt(number)
    if own is not None and own.finished_at is None:
        return redirect(_next_page(own))
    if own is not None and request.method == "GET" and request.args.get("again") != "1":
        return redirect(url_for("exams.result", number=number))
    _exam(number)
    form = ParticipantForm()
    known = own or signed_in(_exam(number).training_id)
    if known is not None and not form.is_submitted():
        form.name.data, form.enterprise.data = known.name, known.enterprise
    answer = sent(form, lambda: _begun(number, form))
    if isinstance(answer, Response):
        return answer
    return render_template("trainings/exam_begin.html", exam=_exam(number), form=form), answer


def _begun(number: int, form: ParticipantForm) -> Response:
    person = Participant(form.name.data or "", form.enterprise.data or "")
    attempt = exams.start(number, person, address=request.remote_addr or "", now=utcnow())
    own, page = attempt.id, _next_page(attempt)
    commit()
    response = redirect(page)
    response.set_cookie(
        ATTEMPT,
        str(signing.serializer(ATTEMPT).dumps(own)),
        max_age=A_DAY,
        path=url_for("exams.begin", number=number),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _next_page(attempt: Attempt) -> str:
    """The first question that was not answered, else the page that hands in."""
    left = [row.position for row in attempt.answers if row.given is None]
    if not left or attempt.is_late(utcnow()):
        return url_for("exams.hand_in", number=attempt.exam_id)
    return url_for("exams.question", number=attempt.exam_id, position=left[0])


@pages.route("/<int:number>/questions/<int:position>", methods=["GET", "POST"])
@needs(Permission.USE_TRAINING_CODE)
def question(number: int, position: int) -> Answer:
    """One question; its answer is kept at once, and can be changed until the exam is handed in."""
    attempt, problem, status = _attempt(number), "", 200
    if attempt.finished_at is not None:
        return redirect(url_for("exams.result", number=number))
    if request.method == "POST":
        try:
            exams.answer(attempt, position, read_numbers(request.form.getlist("given")), now=utcnow())
            following = _following(attempt, position)
            commit()
            return redirect(following)
        except Missing:
            raise
        except Refused as refused:
            db.session.rollback()
            problem, status = gettext(refused.message), refused.status
            attempt = _attempt(number)
            if attempt.finished_at is not None or attempt.is_late(utcnow()):
                return redirect(url_for("exams.hand_in", number=number))
    elif attempt.is_late(utcnow()):
        return redirect(url_for("exams.hand_in", number=number))
    row = next((one for one in attempt.answers if one.position == position), None)
    if row is None:
        raise Missing(CLOSED)
    page = render_template(
        "trainings/exam_question.html", attempt=attempt, row=row, problem=problem, last=len(attempt.answers)
    )
    return page, status


def _following(attempt: Attempt, position: int) -> str:
    """The next question in order; after the last one the page that hands in."""
    if position >= len(attempt.answers):
        return url_for("exams.hand_in", number=attempt.exam_id)
    return url_for("exams.question", number=attempt.exam_id, position=position + 1)


@pages.route("/<int:number>/hand-in", methods=["GET", "POST"])
@needs(Permission.USE_TRAINING_CODE)
def hand_in(number: int) -> Answer:
    """What is answered and what is not; handing in marks it."""
    attempt = _attempt(number)
    if request.method == "POST":
        exams.hand_in(attempt, now=utcnow())
        return done(gettext("Your exam is handed in."), "exams.result", number=number)
    if attempt.finished_at is not None:
        return redirect(url_for("exams.result", number=number))
    return render_template("trainings/exam_hand_in.html", attempt=attempt, late=attempt.is_late(utcnow()))


@pages.get("/<int:number>/result")
@needs(Permission.USE_TRAINING_CODE)
def result(number: int) -> Answer:
    """The result, and of what was wrong the right answer with its reason."""
    attempt = _attempt(number)
    if attempt.finished_at is None:
        return redirect(_next_page(attempt))
    left = attempt.exam.attempts - attempt.number if attempt.exam.is_open(utcnow()) else 0
    return make_response(render_template("trainings/exam_result.html", attempt=attempt, left=left))
