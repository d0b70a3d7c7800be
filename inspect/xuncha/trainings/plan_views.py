"""Pages of the plan of a year: the items against what was held, an item, and which training was held for which."""

from __future__ import annotations

import io
from typing import Any

import sqlalchemy as sa
from flask import render_template, request, send_file
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.clock import today, utcnow
from ..core.db import db
from ..core.errors import Refused
from ..core.forms import attempt
from ..core.labels import N_
from ..core.parsing import FIRST_YEAR, LAST_YEAR, read_number
from ..core.web import done, fetch, needs
from ..lists.import_pages import XLSX
from . import plans, queries, workbooks
from .blueprint import pages
from .models import Training, TrainingKind
from .plan_forms import DropForm, PlanItemForm
from .plans import PlanItem


def _year() -> int:
    asked = read_number(request.args.get("year")) or 0
    return asked if FIRST_YEAR <= asked <= LAST_YEAR else today().year


def _item(number: int, permission: Permission) -> PlanItem:
    return fetch(sa.select(PlanItem).where(PlanItem.id == number), permission)


@pages.get("/plan")
@needs(Permission.SEE_TRAININGS)
def plan() -> str:
    """The plan of a year against what was held; what was held outside of it, with the item that it probably belongs to."""
    year = _year()
    items = plans.items_of(year)
    outside = plans.outside_of_plan(year)
    return render_template(
        "trainings/plan.html",
        year=year,
        day=today(),
        items=items,
        progress=plans.progress(items),
        kinds=plans.by_kind(items),
        outside=[(training, plans.proposal_for(training, items)) for training in outside],
    )


@pages.get("/plan.xlsx")
@needs(Permission.SEE_TRAININGS)
def plan_workbook() -> Response:
    """The same as a workbook."""
    year = _year()
    return send_file(
        io.BytesIO(workbooks.plan(year, plans.items_of(year), today())),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"{gettext('Training plan %(year)s', year=year)}.xlsx",
    )


def _proposed() -> dict[str, Any]:
    """What a new item begins with: what a lesson proposed, else this month."""
    args = request.args
    day = today()
    kind = args.get("kind", "")
    month = min(day.month + 1, 12) if args.get("source") else day.month
    return {
        "year": read_number(args.get("year")) or day.year,
        "month": month,
        "kind": kind if kind in {member.value for member in TrainingKind} else None,
        "topic": args.get("topic", "")[:200],
        "source": args.get("source", "")[:64],
        "reason": args.get("reason", "")[:200],
    }


@pages.route("/plan/new", methods=["GET", "POST"])
@needs(Permission.PLAN_TRAININGS)
def new_plan_item() -> str | Response | tuple[str, int]:
    """Put an item into the plan."""
    form = PlanItemForm(data=_proposed())
    if form.is_submitted() and form.validate():
        item = attempt(form, lambda: plans.add_item(form.facts(), actor=current_user, now=utcnow()))
        if item is not None:
            return done(gettext("The item stands in the plan."), "trainings.plan", year=item.year)
    page = render_template("trainings/plan_item.html", form=form, item=None, drop=None)
    return page, 422 if form.is_submitted() else 200


@pages.route("/plan/<int:number>/edit", methods=["GET", "POST"])
@needs(Permission.PLAN_TRAININGS)
def edit_plan_item(number: int) -> str | Response | tuple[str, int]:
    """Change an item of the plan."""
    item = _item(number, Permission.PLAN_TRAININGS)
    form = PlanItemForm(obj=item)
    if form.is_submitted() and form.validate():
        seen = read_number(form.version.data) or 0

        def act() -> bool:
            plans.change_item(item, form.facts(), version=seen, actor=current_user, now=utcnow())
            return True

        if attempt(form, act):
            return done(gettext("The changes are saved."), "trainings.plan", year=item.year)
    return _item_page(number, form, DropForm(formdata=None), 422 if form.is_submitted() else 200)


def _item_page(number: int, form: PlanItemForm, drop: DropForm, status: int) -> tuple[str, int]:
    item = _item(number, Permission.PLAN_TRAININGS)
    return render_template("trainings/plan_item.html", form=form, item=item, drop=drop), status


@pages.post("/plan/<int:number>/drop")
@needs(Permission.PLAN_TRAININGS)
def drop_plan_item(number: int) -> Response | tuple[str, int]:
    """Take an item out of the plan, with the reason."""
    item = _item(number, Permission.PLAN_TRAININGS)
    form = DropForm()
    if form.validate():

        def act() -> bool:
            plans.drop_item(item, form.reason.data or "", actor=current_user, now=utcnow())
            return True

        if attempt(form, act):
            return done(gettext("The item is taken out of the plan."), "trainings.plan", year=item.year)
    shown = PlanItemForm(formdata=None, obj=_item(number, Permission.PLAN_TRAININGS))
    return _item_page(number, shown, form, 422)


@pages.post("/<int:number>/link")
@needs(Permission.PLAN_TRAININGS)
def link_training(number: int) -> Response:
    """Decide for which item of the plan a training was held; no item undoes that."""
    query = queries.visible_to(current_user).where(Training.id == number)
    training = fetch(query, Permission.SEE_TRAININGS)
    chosen = read_number(request.form.get("item"))
    item = db.session.get(PlanItem, chosen) if chosen else None
    if chosen and item is None:
        raise Refused(N_("Choose one of the entries offered."))
    plans.link(training, item, actor=current_user, now=utcnow())
    said = gettext("The training is linked to the plan.") if item else gettext("The link is undone.")
    return done(said, "trainings.plan", year=training.held_on.year)
