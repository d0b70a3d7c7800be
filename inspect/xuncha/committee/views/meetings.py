"""Meetings: the list, one with its minutes, recording it, signing the minutes off, discarding a draft."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from ...core import history, paging
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.forms import attempt
from ...core.parsing import read_number
from ...core.web import done, fetch, needs
from ...stats import period
from .. import actions, minutes, queries
from ..forms import MeetingForm
from ..models import Meeting
from .base import actor, pages


def _meeting(number: int, permission: Permission) -> Meeting:
    return fetch(queries.meetings_visible_to(current_user).where(Meeting.id == number), permission)


@pages.get("")
@needs(Permission.SEE_COMMITTEE)
def index() -> str:
    """The meetings, newest first; with days in the address those that a summary of these days counts."""
    asked = period.from_args(request.args, today())[1] if "from" in request.args else None
    query = queries.meetings_visible_to(current_user).options(
        joinedload(Meeting.chair), selectinload(Meeting.decisions), selectinload(Meeting.attendances)
    )
    query = query.where(queries.signed_in(asked)) if asked else query
    page = paging.page(query.order_by(*queries.NEWEST), queries.NEWEST, request.args)
    return render_template(
        "committee/index.html",
        page=page,
        meetings=page.rows,
        asked=asked,
        members=queries.members_on(today()),
        today=today(),
    )


@pages.get("/meetings/<int:number>")
@needs(Permission.SEE_COMMITTEE)
def meeting(number: int) -> str:
    """A meeting: who was there, the minutes, the decisions, and what is overdue from before."""
    found = _meeting(number, Permission.SEE_COMMITTEE)
    return render_template(
        "committee/meeting.html",
        meeting=found,
        paper=minutes.of_meeting(found),
        overdue=[] if found.is_signed else queries.overdue_before(found),
        rows=history.of(found),
        today=today(),
    )


@pages.route("/meetings/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_COMMITTEE)
def new_meeting() -> str | Response | tuple[str, int]:
    """Call or record a meeting."""
    return _edit(None)


@pages.route("/meetings/<int:number>/edit", methods=["GET", "POST"])
@needs(Permission.MANAGE_COMMITTEE)
def edit_meeting(number: int) -> str | Response | tuple[str, int]:
    """Change a meeting whose minutes are not signed off."""
    return _edit(_meeting(number, Permission.MANAGE_COMMITTEE))


def _edit(meeting: Meeting | None) -> str | Response | tuple[str, int]:
    form, more = MeetingForm(), request.form.get("more", "")
    if request.method == "GET" and meeting:
        form.show(meeting)
    elif request.method == "GET":
        form.held_on.data = today()
    members = form.offer(meeting)
    form.offer_people()
    if request.method == "POST" and not more and form.validate():
        seen = read_number(form.version.data or "") or 0
        saved = attempt(
            form,
            lambda: actions.save_meeting(meeting, form.facts(), version=seen, actor=actor(), now=utcnow()),
        )
        if saved:
            return done(gettext("The meeting is saved."), "committee.meeting", number=saved.id)
    form.pad(more)
    page = render_template(
        "committee/edit_meeting.html",
        form=form,
        meeting=meeting,
        members=members,
        overdue=queries.overdue_before(meeting) if meeting else [],
        today=today(),
    )
    return page if request.method == "GET" or more else (page, 422)


@pages.post("/meetings/<int:number>/sign")
@needs(Permission.SIGN_MINUTES)
def sign_minutes(number: int) -> Response:
    """Sign the minutes off: they are issued, and the decisions become tasks."""
    found = _meeting(number, Permission.SIGN_MINUTES)
    seen = read_number(request.form.get("version", "")) or 0
    actions.sign_off(found, version=seen, actor=actor(), now=utcnow())
    said = gettext("The minutes are signed off and issued. Their decisions are tasks now.")
    return done(said, "committee.meeting", number=number)


@pages.post("/meetings/<int:number>/discard")
@needs(Permission.MANAGE_COMMITTEE)
def discard_meeting(number: int) -> Response:
    """Take away a meeting that did not take place, or was entered by mistake."""
    found = _meeting(number, Permission.MANAGE_COMMITTEE)
    seen = read_number(request.form.get("version", "")) or 0
    actions.discard(found, version=seen, actor=actor(), now=utcnow())
    db.session.flush()
    return done(gettext("The meeting is taken away."), "committee.index")
