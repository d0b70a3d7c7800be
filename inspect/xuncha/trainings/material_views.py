"""Pages of the stock of materials: what is left of each, and what moved of one."""

from __future__ import annotations

import sqlalchemy as sa
from flask import render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core import paging
from ..core.access import Permission, demand
from ..core.clock import today, utcnow
from ..core.forms import attempt
from ..core.web import done, fetch, needs
from . import materials
from .blueprint import pages
from .materials import MaterialForm, MaterialKind, Movement, MovementReason
from .plan_forms import MaterialKindForm, MovementForm

ACTS = {
    MovementReason.RECEIPT: materials.receive,
    MovementReason.HANDOUT: materials.hand_out,
    MovementReason.COUNT: materials.count_stock,
}


@pages.route("/materials", methods=["GET", "POST"])
@needs(Permission.SEE_TRAININGS)
def stock() -> str | Response | tuple[str, int]:
    """What is left of each material; the office adds a further one."""
    form = MaterialKindForm()
    if form.is_submitted():
        demand(current_user, Permission.PLAN_TRAININGS)
        if form.validate():
            kind = attempt(
                form,
                lambda: materials.add_kind(
                    form.name.data or "",
                    MaterialForm(form.form.data),
                    form.low_at.data or 0,
                    actor=current_user,
                    now=utcnow(),
                ),
            )
            if kind is not None:
                return done(gettext("Stock of it is kept now."), "trainings.material", number=kind.id)
    page = render_template(
        "trainings/materials.html", form=form, kinds=materials.kinds(), stocks=materials.stocks()
    )
    return page, 422 if form.is_submitted() else 200


@pages.route("/materials/<int:number>", methods=["GET", "POST"])
@needs(Permission.SEE_TRAININGS)
def material(number: int) -> str | Response | tuple[str, int]:
    """What moved of a material, newest first, and a further movement."""
    kind = fetch(sa.select(MaterialKind).where(MaterialKind.id == number), Permission.SEE_TRAININGS)
    form = MovementForm(data={"day": today()})
    if form.is_submitted():
        demand(current_user, Permission.RECORD_TRAINING)
        if form.validate():
            move, count, note = (
                ACTS[MovementReason(form.reason.data)],
                form.count.data or 0,
                form.note.data or "",
            )

            def act() -> bool:
                move(kind, count, form.day.data, actor=current_user, now=utcnow(), note=note)
                return True

            if attempt(form, act):
                return done(gettext("The movement is noted."), "trainings.material", number=number)
    page = paging.page(materials.movements_of(kind), [Movement.id.desc()], request.args)
    shown = render_template(
        "trainings/material.html", kind=kind, form=form, page=page, left=materials.stock_of(kind)
    )
    return shown, 422 if form.is_submitted() else 200
