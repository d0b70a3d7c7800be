"""The office's pages of a sign-in: its code, who signed in, the heads that follow."""

from __future__ import annotations

import io

import segno
import sqlalchemy as sa
from flask import Response as Page
from flask import abort, render_template
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.clock import ZONE, utcnow
from ..core.forms import attempt
from ..core.parsing import read_number
from ..core.web import done, fetch, needs
from . import attendance, queries
from .attendance import Attendee
from .blueprint import pages
from .exam_forms import OpenSheetForm, StrikeForm, VersionForm
from .models import Training


def training_of(number: int, permission: Permission) -> Training:
    """A training that the reader sees and for which the permission is held."""
    return fetch(queries.visible_to(current_user).where(Training.id == number), permission)


def code_of(address: str | None) -> Page:
    """The code of an address as a picture for a screen; 404 without one."""
    if address is None:
        abort(404)
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", scale=8, border=4, dark="#000", light="#fff"
    )
    return Page(out.getvalue(), mimetype="image/svg+xml")


@pages.get("/<int:number>/attendance")
@needs(Permission.SEE_TRAININGS)
def attendance_list(number: int) -> str:
    """Who signed in to a training by phone."""
    form = OpenSheetForm(formdata=None, data={"starts_at": f"{utcnow().astimezone(ZONE):%H:%M}"})
    return _page(number, form, StrikeForm(formdata=None))


def _page(number: int, form: OpenSheetForm, strike: StrikeForm, struck: int | None = None) -> str:
    training = training_of(number, Permission.SEE_TRAININGS)
    sheet, people = attendance.sheet_of(training), attendance.attendees_of(training)
    return render_template(
        "trainings/attendance.html",
        training=training,
        sheet=sheet,
        is_open=sheet.is_open(utcnow()) if sheet else False,
        address=attendance.address_of(sheet) if sheet else None,
        people=people,
        came=sum(not one.struck_reason for one in people),
        persons=attendance.persons(sa.select(Training.id).where(Training.id == number)),
        form=form,
        strike=strike,
        struck=struck,
    )


@pages.get("/<int:number>/attendance/code.svg")
@needs(Permission.SEE_TRAININGS)
def sign_in_code(number: int) -> Page:
    """The code of the sign-in, for a screen in the hall."""
    sheet = attendance.sheet_of(training_of(number, Permission.SEE_TRAININGS))
    return code_of(attendance.address_of(sheet) if sheet else None)


@pages.post("/<int:number>/attendance/open")
@needs(Permission.CHANGE_TRAINING)
def open_sign_in(number: int) -> Response | tuple[str, int]:
    """Open the sign-in of a training, or set when it begins."""
    training, form = training_of(number, Permission.CHANGE_TRAINING), OpenSheetForm()
    moment = form.moment(training) if form.validate() else None
    if moment is not None:
        sheet = attempt(
            form, lambda: attendance.open_sheet(training, moment, actor=current_user, now=utcnow())
        )
        if sheet is not None:
            return done(
                gettext("The sign-in is open. Show or print its code."),
                "trainings.attendance_list",
                number=number,
            )
    return _page(number, form, StrikeForm(formdata=None)), 422


@pages.post("/<int:number>/attendance/close")
@needs(Permission.CHANGE_TRAINING)
def close_sign_in(number: int) -> Response:
    """Close a sign-in before its time."""
    sheet = attendance.sheet_of(training_of(number, Permission.CHANGE_TRAINING))
    if sheet is None:
        abort(404)
    attendance.close_sheet(sheet, actor=current_user, now=utcnow())
    return done(gettext("The sign-in is closed."), "trainings.attendance_list", number=number)


@pages.post("/<int:number>/attendance/take")
@needs(Permission.CHANGE_TRAINING)
def take_heads(number: int) -> Response:
    """Make those who signed in the audience of the training."""
    training, form = training_of(number, Permission.CHANGE_TRAINING), VersionForm()
    seen = read_number(form.version.data) or 0
    attendance.take_heads(training, version=seen, actor=current_user, now=utcnow())
    return done(gettext("The audience is taken from the sign-in."), "trainings.show", number=number)


@pages.post("/attendees/<int:number>/strike")
@needs(Permission.CHANGE_TRAINING)
def strike_attendee(number: int) -> Response | tuple[str, int]:
    """Strike an entry out, with the reason."""
    one = fetch(sa.select(Attendee).where(Attendee.id == number), Permission.CHANGE_TRAINING)
    form, of = StrikeForm(), one.training_id
    if form.validate():

        def act() -> bool:
            attendance.strike(one, form.reason.data or "", actor=current_user, now=utcnow())
            return True

        if attempt(form, act):
            return done(gettext("The entry is struck out."), "trainings.attendance_list", number=of)
    return _page(of, OpenSheetForm(formdata=None), form, number), 422
