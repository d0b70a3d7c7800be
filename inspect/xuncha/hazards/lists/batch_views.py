"""Many selected hazards: a page tells what will be done and what not, then it is done."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField, validators

from ...core.access import Permission, allowed
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.forms import OnceField, PageForm, choices
from ...core.i18n import sentence
from ...core.parsing import read_number, read_numbers
from ...core.web import done, needs
from .. import queries
from ..contact_log import Channel, Reply
from ..models import Hazard
from ..papers.document_views import pages
from . import batch
from .batch import BatchAct
from .filters import CHOSEN_AT_MOST

TOLD_AT_MOST = 5  # refusals that a cookie can carry to the next page
ELSEWHERE = {
    "print": ("reports.ledger", Permission.PRINT_REPORTS),
    "export": ("hazards.export_list", Permission.EXPORT_HAZARDS),
    "assign": ("enterprises.reassign", Permission.ASSIGN_SITE),
}


class BatchForm(PageForm):
    """What all the reminders say; a notice brings nothing."""

    once = OnceField()
    channel = RadioField(
        _l("How they were reminded"),
        [validators.InputRequired(_l("Say how they were reminded."))],
        choices=lambda: choices(Channel),
    )
    reply = RadioField(_l("What came of it"), [validators.Optional()], choices=lambda: choices(Reply))
    note = TextAreaField(_l("Remark"), [validators.Length(max=5000)])

    @classmethod
    def of(cls, wanted: BatchAct) -> BatchForm:
        """The form of an act."""
        form = cls()
        if wanted is BatchAct.ISSUE:
            for name in ("channel", "reply", "note"):
                del form[name]
        return form

    def brought(self) -> dict[str, str]:
        """What each step gets."""
        names = ("channel", "reply", "note")
        return {name: self[name].data for name in names if name in self and self[name].data}


def _selected() -> list[Hazard]:
    """The hazards that were ticked and that the reader sees."""
    numbers = read_numbers(request.values.getlist("ids"))[:CHOSEN_AT_MOST]
    query = queries.visible_to(current_user).where(Hazard.id.in_(numbers))
    loaded = (joinedload(Hazard.site), selectinload(Hazard.events))
    return list(db.session.scalars(query.options(*loaded).order_by(Hazard.site_id, Hazard.id)))


@pages.route("/batch", methods=["GET", "POST"])
@needs(Permission.SEE_HAZARD)
def batch_step() -> str | Response | tuple[str, int]:
    """What an act would do to the selected hazards; then done, part by part."""
    hazards, wanted = _selected(), request.values.get("act", "")
    if not hazards:
        flash(gettext("Select at least one line first."), "info")
        return redirect(url_for("hazards.index"))
    if wanted in ELSEWHERE:
        return _elsewhere(wanted, hazards)
    if wanted not in set(BatchAct):
        abort(404)
    act = BatchAct(wanted)
    form = BatchForm.of(act)
    if request.method == "POST" and form.validate():
        return _done(act, form)
    return _page(act, form, hazards), 422 if request.method == "POST" else 200


def _elsewhere(wanted: str, hazards: Sequence[Hazard]) -> Response:
    endpoint, permission = ELSEWHERE[wanted]
    if not allowed(current_user, permission):
        abort(403)
    if wanted == "assign":
        return redirect(url_for(endpoint, ids=sorted({hazard.site_id for hazard in hazards})))
    chosen = ",".join(str(hazard.id) for hazard in hazards)
    return redirect(
        url_for(endpoint, view="all", chosen=chosen, columns=request.values.get("columns") or None)
    )


def _page(act: BatchAct, form: BatchForm, hazards: Sequence[Hazard]) -> str:
    judged = batch.judge(act.act, hazards, current_user, today())
    fitting = [one.hazard for one in judged if one.problem is None]
    return render_template(
        "hazards/batch.html",
        act=act,
        form=form,
        parts=batch.parts(act.act, fitting),
        count=len(fitting),
        refused=[(one.hazard, sentence(one.problem)) for one in judged if one.problem is not None],
    )


def _done(act: BatchAct, form: BatchForm) -> Response:
    numbers = read_numbers(request.form.getlist("ids"))[:CHOSEN_AT_MOST]
    versions = {number: read_number(request.form.get(f"version-{number}")) for number in numbers}
    outcome = batch.do(act.act, versions, form.brought(), actor_id=current_user.id, now=utcnow())
    for names, problem in outcome.refused[:TOLD_AT_MOST]:
        flash(f"{names}: {sentence(problem)}", "error")
    if (left := len(outcome.refused) - TOLD_AT_MOST) > 0:
        flash(ngettext("%(num)s more was not done.", "%(num)s more were not done.", left), "error")
    if act is BatchAct.ISSUE:
        said = ngettext("%(num)s notice is issued.", "%(num)s notices are issued.", outcome.parts)
    else:
        said = ngettext("%(num)s reminder is noted.", "%(num)s reminders are noted.", outcome.done)
    return done(said, "hazards.index")
