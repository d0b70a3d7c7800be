"""Pages of focus lists: the lists with what stands open at their enterprises, one with its members, writing the rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask import abort, render_template, request
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from ...core import paging
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.errors import ActedFirst, Refused
from ...core.forms import show_problem
from ...core.i18n import pick
from ...core.parsing import read_number
from ...core.web import done, needs
from ...enterprises.models import Site
from ...enterprises.queries import visible_to as sites_visible_to
from ..lifecycle import UNSETTLED
from ..models import Hazard, queued
from ..papers.document_views import pages
from ..queries import visible_to
from . import focus_lists
from .focus_forms import FocusListForm, in_words
from .focus_lists import FocusList


@dataclass(frozen=True)
class Standing:
    """What stands at the enterprises of a list on a day."""

    focus: FocusList
    rule: list[str]
    sites: int
    unsettled: int
    overdue: int


def _standing(focus: FocusList, day: date) -> Standing:
    members = focus_lists.members(focus.rule, day)
    sites = sites_visible_to(current_user).where(Site.id.in_(members)).subquery()
    hazards = visible_to(current_user).where(Hazard.site_id.in_(members), Hazard.state.in_(UNSETTLED))
    late = sa.func.count().filter(queued < day)
    unsettled, overdue = db.session.execute(hazards.with_only_columns(sa.func.count(), late)).one()
    count = db.session.scalar(sa.select(sa.func.count()).select_from(sites)) or 0
    return Standing(focus, in_words(focus.rule), count, unsettled, overdue)


@pages.get("/focus-lists")
@needs(Permission.SEE_FIGURES)
def list_focus_lists() -> str:
    """The focus lists in use."""
    day = today()
    return render_template(
        "hazards/focus_lists.html", standings=[_standing(one, day) for one in focus_lists.lists()]
    )


def _focus(number: int) -> FocusList:
    found = db.session.get(FocusList, number)
    if found is None:
        abort(404)
    return found


@pages.get("/focus-lists/<int:number>")
@needs(Permission.SEE_FIGURES)
def focus_list(number: int) -> str:
    """The enterprises of a list as they are today, with what is open there."""
    focus, day = _focus(number), today()
    query = sites_visible_to(current_user).where(Site.id.in_(focus_lists.members(focus.rule, day)))
    standing = _standing(focus, day)
    page = paging.page(query.options(joinedload(Site.supervisor)), [Site.name, Site.id], request.args)
    return render_template(
        "hazards/focus_list.html",
        focus=focus,
        standing=standing,
        page=page,
        open_at=_open_at([site.id for site in page.rows], day),
    )


def _open_at(sites: list[int], day: date) -> dict[int, tuple[int, int]]:
    """Not closed and overdue hazards at each of the sites."""
    late = sa.func.count().filter(queued < day)
    query = (
        sa.select(Hazard.site_id, sa.func.count(), late)
        .where(Hazard.site_id.in_(sites), Hazard.state.in_(UNSETTLED))
        .group_by(Hazard.site_id)
    )
    return {number: (count, overdue) for number, count, overdue in db.session.execute(query)}


@pages.route("/focus-lists/new", methods=["GET", "POST"])
@needs(Permission.EDIT_FOCUS_LISTS)
def new_focus_list() -> str | Response | tuple[str, int]:
    """Name a further rule."""
    form = FocusListForm.showing(None)
    if form.validate_on_submit():
        names = (form.name_zh.data or "").strip(), (form.name_en.data or "").strip()
        try:
            made = focus_lists.add_list(*names, form.rule(), actor=current_user, now=utcnow())
            db.session.flush()
            return done(
                gettext("%(name)s is saved.", name=pick(made, "name")), "hazards.focus_list", number=made.id
            )
        except Refused as problem:
            show_problem(form, problem)
    page = render_template("hazards/edit_focus_list.html", form=form, focus=None)
    return page, 422 if form.is_submitted() else 200


@pages.route("/focus-lists/<int:number>/edit", methods=["GET", "POST"])
@needs(Permission.EDIT_FOCUS_LISTS)
def edit_focus_list(number: int) -> str | Response | tuple[str, int]:
    """Change a rule or its name; nothing typed is lost when somebody else did so meanwhile."""
    focus, status = _focus(number), 200
    form = FocusListForm.showing(focus)
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                return _changed(focus, form)
            except ActedFirst as problem:
                status = problem.status
                show_problem(form, problem)
                form.version.data = str(focus.version)
            except Refused as problem:
                show_problem(form, problem)
    return render_template("hazards/edit_focus_list.html", form=form, focus=focus), status


def _changed(focus: FocusList, form: FocusListForm) -> Response:
    focus_lists.change_list(
        focus,
        (form.name_zh.data or "").strip(),
        (form.name_en.data or "").strip(),
        form.rule(),
        seen=read_number(form.version.data or "") or 0,
        actor=current_user,
        now=utcnow(),
    )
    said = gettext("%(name)s is saved.", name=pick(focus, "name"))
    return done(said, "hazards.focus_list", number=focus.id)


@pages.post("/focus-lists/<int:number>/retire")
@needs(Permission.EDIT_FOCUS_LISTS)
def retire_focus_list(number: int) -> Response:
    """Put a list out of use."""
    focus = _focus(number)
    focus_lists.retire_list(focus, actor=current_user, now=utcnow())
    return done(gettext("%(name)s is retired.", name=pick(focus, "name")), "hazards.list_focus_lists")
