"""The page of calibration: what experts found although a check had passed it, by item and team, and the lessons proposed."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from flask import render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...checklists.models import Item
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.forms import attempt
from ...core.i18n import pick
from ...core.parsing import read_day
from ...core.web import done, needs
from .. import calibration
from ..expert_forms import LessonForm
from .base import actor, pages


@pages.get("/calibration")
@needs(Permission.SEE_CAMPAIGNS)
def show_calibration() -> str:
    """The list and its figure for the days of the address; this year's without any."""
    return _page(LessonForm(formdata=None, item_code=request.args.get("item", "")))


def _page(form: LessonForm) -> str:
    first, last = _days()
    rows = calibration.passed_before(current_user, first, last)
    items = calibration.by_item(rows)
    names = _names([code for code, _ in items])
    form.item_code.choices = [
        ("", gettext("Please choose")),
        *((code, f"{code} {names.get(code, '')}") for code, _ in items),
    ]
    kept = calibration.lessons()
    return render_template(
        "campaigns/calibration.html",
        first=first,
        last=last,
        rows=rows,
        whole=calibration.found_by_experts(current_user, first, last),
        items=items,
        names=names,
        teams=calibration.by_team(rows),
        lessons=kept,
        panels=calibration.lesson_panels.of(kept, current_user),
        form=form,
        today=today(),
    )


def _days() -> tuple[date, date]:
    first = read_day(request.values.get("from", "")) or today().replace(month=1, day=1)
    last = read_day(request.values.get("to", "")) or today()
    return first, max(first, last)


def _names(codes: list[str]) -> dict[str, str]:
    """The words of items by their code; the newest wording of each."""
    query = sa.select(Item).where(Item.code.in_(codes)).order_by(Item.id)
    return {item.code: pick(item, "text") for item in db.session.scalars(query)}


@pages.post("/lessons")
@needs(Permission.MANAGE_CAMPAIGNS)
def propose_lesson() -> Response | tuple[str, int]:
    """Propose a lesson on an item."""
    form = LessonForm()
    first, last = _days()
    rows = calibration.passed_before(current_user, first, last)
    form.item_code.choices = [(code, code) for code, _ in calibration.by_item(rows)]
    if form.validate():
        made = attempt(
            form,
            lambda: calibration.propose(
                form.item_code.data, form.text.data or "", actor=actor(), now=utcnow()
            ),
        )
        if made:
            return done(gettext("The lesson is proposed."), "campaigns.show_calibration")
    return _page(form), 422
