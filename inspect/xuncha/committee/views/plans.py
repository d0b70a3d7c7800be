"""Plans by sector: the list, one with its progress, writing and changing one."""

from __future__ import annotations

import sqlalchemy as sa
from flask import render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from ...checklists.models import Checklist
from ...core import history, paging
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.forms import attempt
from ...core.parsing import read_number
from ...core.web import done, fetch, needs
from ...stats.figures import FIGURES
from .. import plans as sector_plans
from ..forms import PlanForm
from ..plans import SectorPlan, progress_of
from .base import actor, pages

SHOWN = ("visits", "hazards_found", "hazards_closed", "hazards_overdue")
LISTED = 20  # the progress of each is counted


def _plan(number: int, permission: Permission) -> SectorPlan:
    return fetch(sector_plans.visible_to(current_user).where(SectorPlan.id == number), permission)


@pages.get("/plans")
@needs(Permission.SEE_COMMITTEE)
def plans() -> str:
    """The plans with their progress, newest first."""
    query = sector_plans.visible_to(current_user).options(joinedload(SectorPlan.responsible))
    page = paging.page(query.order_by(*sector_plans.NEWEST), sector_plans.NEWEST, request.args, size=LISTED)
    return render_template(
        "committee/plans.html",
        page=page,
        progress={plan.id: progress_of(plan, current_user) for plan in page.rows},
        today=today(),
    )


@pages.get("/plans/<int:number>")
@needs(Permission.SEE_COMMITTEE)
def plan(number: int) -> str:
    """A plan: goals, reach, documents, and its progress, each number with its list."""
    found = _plan(number, Permission.SEE_COMMITTEE)
    progress = progress_of(found, current_user)
    shown = [(FIGURES[name], progress.figures.number(name), _list(progress, name)) for name in SHOWN]
    return render_template(
        "committee/plan.html",
        plan=found,
        progress=progress,
        shown=shown,
        coverage_list=_list(progress, "coverage"),
        rate_list=_list(progress, "rectification_rate"),
        rows=history.of(found),
        today=today(),
    )


def _list(progress: sector_plans.Progress, name: str) -> str:
    return url_for("stats.counted", name=name, **progress.address())


@pages.route("/plans/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_COMMITTEE)
def new_plan() -> str | Response | tuple[str, int]:
    """Write a plan."""
    return _edit(None)


@pages.route("/plans/<int:number>/edit", methods=["GET", "POST"])
@needs(Permission.MANAGE_COMMITTEE)
def edit_plan(number: int) -> str | Response | tuple[str, int]:
    """Change a plan."""
    return _edit(_plan(number, Permission.MANAGE_COMMITTEE))


def _edit(plan: SectorPlan | None) -> str | Response | tuple[str, int]:
    form = PlanForm()
    form.offer(plan, list(db.session.scalars(sa.select(Checklist).order_by(Checklist.position))))
    if request.method == "GET":
        if plan:
            form.show(plan)
    elif form.validate():
        seen = read_number(form.version.data or "") or 0
        saved = attempt(
            form,
            lambda: sector_plans.save_plan(plan, form.facts(), version=seen, actor=actor(), now=utcnow()),
        )
        if saved:
            return done(gettext("The plan is saved."), "committee.plan", number=saved.id)
    page = render_template("committee/edit_plan.html", form=form, plan=plan)
    return page if request.method == "GET" else (page, 422)
