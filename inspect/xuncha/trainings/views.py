"""The list of trainings with its totals and ledger, a training, and the form that records one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..core import history
from ..core.access import Permission
from ..core.clock import today, utcnow
from ..core.db import commit, db
from ..core.forms import attempt
from ..core.panels import Panel
from ..core.parsing import read_number
from ..core.web import done, fetch, needs
from ..enterprises.models import Site
from ..enterprises.queries import site_panels
from ..photos.forms import Slot, posted
from . import (
    actions,
    attendance_views,
    drill_views,
    exam_views,
    lesson_views,
    list_views,
    material_views,
    plan_views,
    plans,
    queries,
    question_views,
)
from .blueprint import pages
from .forms import SiteBook, TrainingForm, VoidForm
from .models import Training, TrainingPhotoRole

__all__ = [
    "attendance_views",
    "drill_views",
    "exam_views",
    "lesson_views",
    "list_views",
    "material_views",
    "pages",
    "plan_views",
    "question_views",
]
SLOTS = {"scene": TrainingPhotoRole.SCENE, "sign_in": TrainingPhotoRole.SIGN_IN}


def _actor() -> User:
    return db.session.get_one(User, current_user.id)


def _one(number: int, permission: Permission) -> Training:
    return fetch(queries.visible_to(current_user).where(Training.id == number), permission)


@pages.get("/<int:number>")
@needs(Permission.SEE_TRAININGS)
def show(number: int) -> str:
    """A training with everything that was recorded."""
    training = _one(number, Permission.SEE_TRAININGS)
    return _page(training, VoidForm(version=training.version))


def _page(training: Training, void_form: VoidForm) -> str:
    photos = {role: [use for use in training.photos if use.role is role] for role in TrainingPhotoRole}
    return render_template(
        "trainings/show.html",
        training=training,
        photos=photos,
        void_form=void_form,
        plan_item=db.session.get(plans.PlanItem, training.plan_item_id) if training.plan_item_id else None,
        rows=history.of(training),
    )


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.RECORD_TRAINING)
def new() -> str | Response | tuple[str, int]:
    """Record a training that was held."""
    return _record(None)


@pages.route("/<int:number>/edit", methods=["GET", "POST"])
@needs(Permission.CHANGE_TRAINING)
def edit(number: int) -> str | Response | tuple[str, int]:
    """Change what was recorded of a training."""
    return _record(_one(number, Permission.CHANGE_TRAINING))


def _record(training: Training | None) -> str | Response | tuple[str, int]:
    number = training.id if training else None
    slots = _slots(training)
    if request.method == "POST":  # receiving photos ended the transaction: load the training anew
        training = db.session.get_one(Training, number) if number else None
    form = TrainingForm()
    form.book = SiteBook(_actor(), [g.site for g in training.audience if g.site] if training else [])
    more = request.form.get("more", "")
    if request.method == "POST" and not more:
        saved = _save(form, training, slots)
        if saved:
            return saved
    elif training and request.method == "GET":
        form.show(training)
        _copy_facts(form, training)
    elif request.method == "GET":
        form.held_on.data = today()
        _begin_with_plan(form)
    form.pad(more)
    training = db.session.get_one(Training, number) if number else None
    page = render_template(
        "trainings/edit.html", form=form, training=training, slots=slots, names=form.book.names, today=today()
    )
    return (page, 422) if request.method == "POST" and not more else page


def _begin_with_plan(form: TrainingForm) -> None:
    """A record that is opened from the plan begins with what was planned."""
    item = db.session.get(plans.PlanItem, read_number(request.args.get("item")) or 0)
    if item is not None:
        form.kind.data, form.topic.data = item.kind.value, item.topic
        form.audience.append_entry({"enterprise": "", "group_name": item.audience, "headcount": None})


def _slots(training: Training | None) -> dict[str, Slot]:
    if request.method == "POST":
        return posted(SLOTS, actor=current_user, now=utcnow())
    uses = training.photos if training else []
    return {
        name: Slot(name, [use.photo.sha256 for use in uses if use.role is role])
        for name, role in SLOTS.items()
    }


def _copy_facts(form: TrainingForm, training: Training) -> None:
    for name in actions.OWN:
        value = getattr(training, name)
        form[name].data = value.value if name == "kind" else value


def _save(form: TrainingForm, training: Training | None, slots: dict[str, Slot]) -> Response | None:
    if not form.validate() or any(slot.problem for slot in slots.values()):
        return None
    facts, actor, now = form.facts(), _actor(), utcnow()
    photos = [(sha256, SLOTS[name]) for name, slot in slots.items() for sha256 in slot.hashes]
    version = form.version.data or ""

    def act() -> Training:
        if training is None:
            return actions.record_training(facts, actor=actor, now=now, photos=photos)
        seen = read_number(version) or 0
        return actions.change_training(training, facts, version=seen, actor=actor, now=now, photos=photos)

    saved = attempt(form, act)
    if saved is None:
        return None
    word = gettext("The training is recorded.") if training is None else gettext("The changes are saved.")
    db.session.flush()
    return done(word, "trainings.show", number=saved.id)


@pages.post("/<int:number>/void")
@needs(Permission.CHANGE_TRAINING)
def void(number: int) -> str | Response | tuple[str, int]:
    """Make a training void, with the reason; it stays readable."""
    training = _one(number, Permission.CHANGE_TRAINING)
    form = VoidForm()
    if form.validate():
        seen = read_number(form.version.data) or 0
        made = attempt(
            form,
            lambda: actions.void_training(
                training, form.reason.data, version=seen, actor=_actor(), now=utcnow()
            ),
        )
        if made:
            commit()
            text = gettext("The record is void and is not counted any more.")
            undo: Any = {"text": text, "url": url_for("trainings.restore", number=number)}
            flash(undo, "undo")
            return redirect(url_for("trainings.show", number=number))
    return _page(_one(number, Permission.CHANGE_TRAINING), form), 422


@pages.post("/<int:number>/restore")
@needs(Permission.CHANGE_TRAINING)
def restore(number: int) -> Response:
    """Bring a void training back."""
    training = _one(number, Permission.CHANGE_TRAINING)
    actions.restore_training(training, actor=_actor(), now=utcnow())
    return done(gettext("The record counts again."), "trainings.show", number=number)


@site_panels.add
def _site_panel(site: Site, reader: User) -> Panel | None:
    """On an enterprise's page: the latest trainings at which its people were, and how many of them."""
    query = queries.filtered(reader, queries.Criteria(site=site.id)).limit(5)
    trainings = db.session.scalars(query.options(selectinload(Training.audience))).all()
    lines = [
        (training, sum(group.headcount for group in training.audience if group.site_id == site.id))
        for training in trainings
    ]
    return Panel("trainings/site_panel.html", {"lines": lines, "site": site}, 60) if lines else None
