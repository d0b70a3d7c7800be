"""Members of the committee: the list, entering and changing one."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.forms import attempt
from ...core.parsing import read_number
from ...core.web import done, fetch, needs
from .. import actions, queries
from ..forms import MemberForm
from ..models import CommitteeDuty, CommitteeMember
from .base import actor, pages


@pages.get("/members")
@needs(Permission.SEE_COMMITTEE)
def members() -> str:
    """Who is a member today, who will be and who was."""
    day = today()
    found = list(db.session.scalars(queries.members_visible_to(current_user).order_by(CommitteeMember.id)))
    duties = list(CommitteeDuty)
    found.sort(key=lambda one: (duties.index(one.duty), one.from_on))
    return render_template(
        "committee/members.html",
        serving=[one for one in found if one.serves(day)],
        others=[one for one in found if not one.serves(day)],
        today=day,
    )


@pages.route("/members/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_COMMITTEE)
def new_member() -> str | Response | tuple[str, int]:
    """Enter a member."""
    return _edit(None)


@pages.route("/members/<int:number>/edit", methods=["GET", "POST"])
@needs(Permission.MANAGE_COMMITTEE)
def edit_member(number: int) -> str | Response | tuple[str, int]:
    """Change a member, or enter until when the person was one."""
    query = queries.members_visible_to(current_user).where(CommitteeMember.id == number)
    return _edit(fetch(query, Permission.MANAGE_COMMITTEE))


def _edit(member: CommitteeMember | None) -> str | Response | tuple[str, int]:
    form = MemberForm(obj=member)
    form.offer(member)
    if request.method == "GET":
        form.duty.data = member.duty.value if member else ""
        form.from_on.data = form.from_on.data or today()
        form.name.data = "" if member and member.user_id else form.name.data
    elif form.validate():
        seen = read_number(form.version.data or "") or 0
        saved = attempt(
            form,
            lambda: actions.save_member(member, form.facts(), version=seen, actor=actor(), now=utcnow()),
        )
        if saved:
            return done(gettext("The member is saved."), "committee.members")
    page = render_template("committee/edit_member.html", form=form, member=member)
    return page if request.method == "GET" else (page, 422)
