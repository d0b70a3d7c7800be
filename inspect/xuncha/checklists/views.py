"""Pages of the checklists: the lists and their versions, the editor of drafts, the laws."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from ..core import history
from ..core.access import Permission
from ..core.clock import today, utcnow
from ..core.db import commit, db
from ..core.errors import Refused
from ..core.forms import attempt, show_problem
from ..core.parsing import read_number
from ..core.web import done, fetch, needs
from ..photos.actions import receive
from . import actions, citations, import_views, queries
from .blueprint import pages
from .forms import EXAMPLES, HOW_CHECKED, LAW_KINDS, ItemForm, LawForm, PublishForm
from .models import Checklist, ChecklistVersion, HazardClass, Item, Law, Major

# Its pages join the blueprint by being imported.
__all__ = ["import_views", "pages"]

pages.app_template_global("basis_text")(citations.basis_text)
pages.app_template_global("law_text")(citations.law_text)
pages.app_template_global("clause_text")(citations.clause_text)


def _checklist(code: str, permission: Permission = Permission.SEE_CHECKLISTS) -> Checklist:
    return fetch(queries.visible_to(current_user).where(Checklist.code == code), permission)


def _draft(code: str) -> ChecklistVersion:
    draft = _checklist(code, Permission.EDIT_CHECKLISTS).draft
    if draft is None:
        abort(404)
    return draft


def _item(code: str, number: int) -> tuple[ChecklistVersion, Item]:
    draft = _draft(code)
    item = next((item for item in draft.items if item.id == number), None)
    if item is None:
        abort(404)
    return draft, item


@pages.get("")
@needs(Permission.SEE_CHECKLISTS)
def index() -> str:
    """Every checklist with the version in use."""
    checklists = db.session.scalars(queries.visible_to(current_user)).all()
    return render_template(
        "checklists/index.html", checklists=checklists, expired=queries.expired_items(today())
    )


@pages.get("/<code>")
@needs(Permission.SEE_CHECKLISTS)
def show(code: str) -> str:
    """A version of a checklist, the newest published one unless the address names another."""
    checklist = _checklist(code)
    number = request.args.get("version", type=read_number)
    published = [version for version in checklist.versions if version.published_at]
    wanted = [version for version in published if number in (None, version.number)]
    if not wanted:
        abort(404)
    version = wanted[-1]
    return render_template(
        "checklists/show.html",
        checklist=checklist,
        version=version,
        versions=list(reversed(published)),
        today=today(),
        Major=Major,
    )


@pages.get("/<code>/versions/<int:number>/changes")
@needs(Permission.SEE_CHECKLISTS)
def changes(code: str, number: int) -> str:
    """What a published version changed."""
    checklist = _checklist(code)
    version = next((one for one in checklist.versions if one.number == number and one.published_at), None)
    if version is None:
        abort(404)
    return _changes_page(version)


def _changes_page(version: ChecklistVersion) -> str:
    before = queries.previous(version)
    return render_template(
        "checklists/changes.html",
        version=version,
        before=before,
        difference=queries.difference(version, before),
        today=today(),
    )


@pages.post("/<code>/draft")
@needs(Permission.EDIT_CHECKLISTS)
def start_draft(code: str) -> Response:
    """Begin the next version, or go on with the draft that is there."""
    actions.start_draft(_checklist(code, Permission.EDIT_CHECKLISTS), actor=current_user, now=utcnow())
    commit()
    return redirect(url_for("checklists.draft", code=code))


@pages.get("/<code>/draft")
@needs(Permission.EDIT_CHECKLISTS)
def draft(code: str) -> str:
    """The draft: its items, what it changes, and publishing."""
    return _draft_page(_draft(code), PublishForm())


def _draft_page(draft: ChecklistVersion, form: PublishForm) -> str:
    difference = queries.difference(draft, queries.previous(draft))
    return render_template(
        "checklists/draft.html",
        draft=draft,
        form=form,
        difference=difference,
        new={item.id for item in difference.added},
        changed={change.item.id for change in difference.changed},
        today=today(),
    )


@pages.get("/<code>/draft/changes")
@needs(Permission.EDIT_CHECKLISTS)
def draft_changes(code: str) -> str:
    """What the draft changes against the version in use."""
    return _changes_page(_draft(code))


@pages.post("/<code>/draft/discard")
@needs(Permission.EDIT_CHECKLISTS)
def discard_draft(code: str) -> Response:
    """Throw the draft away."""
    actions.discard_draft(_draft(code), actor=current_user, now=utcnow())
    return done(gettext("The draft is discarded."), "checklists.show", code=code)


@pages.post("/<code>/draft/publish")
@needs(Permission.EDIT_CHECKLISTS)
def publish(code: str) -> str | Response:
    """Put the draft in force."""
    version = _draft(code)
    form = PublishForm()
    if form.validate_on_submit():

        def act() -> bool:
            actions.publish(version, form.note.data, form.asked_by.data, actor=current_user, now=utcnow())
            return True

        if attempt(form, act):
            text = gettext("Version %(number)s is in use from now on.", number=version.number)
            return done(text, "checklists.show", code=code)
    return _draft_page(_draft(code), form)


@pages.route("/<code>/draft/items/new", methods=["GET", "POST"])
@needs(Permission.EDIT_CHECKLISTS)
def add_item(code: str) -> str | Response:
    """Add an item."""
    return _edit(code, None)


@pages.route("/<code>/draft/items/<int:number>", methods=["GET", "POST"])
@needs(Permission.EDIT_CHECKLISTS)
def edit_item(code: str, number: int) -> str | Response:
    """Change an item's words, bases and phrases."""
    return _edit(code, number)


def _edit(code: str, number: int | None) -> str | Response:
    pictures, refused = _received(request.files)
    draft, item = (_draft(code), None) if number is None else _item(code, number)
    form = ItemForm(obj=item)
    form.show(pictures)
    laws = db.session.scalars(queries.laws_visible_to(current_user))
    kept = {phrase.days for phrase in item.phrases} if item else set()
    form.offer([(law.id, citations.law_text(law)) for law in laws], kept)
    valid = form.validate_on_submit()
    for problem in refused:
        show_problem(form, problem)
    if (
        valid
        and not refused
        and attempt(
            form, lambda: actions.save_item(draft, item, _wording(form), actor=current_user, now=utcnow())
        )
    ):
        return done(gettext("The item is saved in the draft."), "checklists.draft", code=code)
    return render_template("checklists/item.html", form=form, draft=_draft(code), item=item)


def _received(files: Mapping[str, FileStorage]) -> tuple[dict[str, str], list[Refused]]:
    """The hashes of the example pictures that were chosen, and what is wrong with others.

    Received before anything is read, because receiving ends the transaction: a picture stays when another field is wrong.
    """
    pictures, refused = {}, []
    for name in EXAMPLES:
        file = files.get(f"{name}_file")
        if file is None or not file.filename:
            continue
        try:
            pictures[name] = receive(file.read(), actor=current_user, now=utcnow()).sha256
            commit()
        except Refused as problem:
            db.session.rollback()
            refused.append(Refused(problem.message, field=f"{name}_file", **problem.params))
    return pictures, refused


def _wording(form: ItemForm) -> actions.Wording:
    bases, phrases = form.rows()
    return actions.Wording(
        text_zh=form.text_zh.data,
        text_en=form.text_en.data or "",
        hazard_class=next(one for one in HazardClass if one == form.hazard_class.data),
        major=next(one for one in Major if one == form.major.data),
        major_note_zh=form.major_note_zh.data or "",
        major_note_en=form.major_note_en.data or "",
        **form.measured(),
        bases=bases,
        phrases=phrases,
    )


@pages.post("/<code>/draft/items/<int:number>/remove")
@needs(Permission.EDIT_CHECKLISTS)
def remove_item(code: str, number: int) -> Response:
    """Take an item out of the draft."""
    _version, item = _item(code, number)
    text = gettext("%(code)s is removed from the draft.", code=item.code)
    actions.remove_item(item, actor=current_user, now=utcnow())
    return done(text, "checklists.draft", code=code)


@pages.post("/<code>/draft/items/<int:number>/move")
@needs(Permission.EDIT_CHECKLISTS)
def move_item(code: str, number: int) -> Response:
    """Move an item one place up or down."""
    _version, item = _item(code, number)
    steps = -1 if request.form.get("to") == "up" else 1
    actions.move_item(item, steps, actor=current_user, now=utcnow())
    commit()
    return redirect(url_for("checklists.draft", code=code, _anchor=item.code))


@pages.get("/laws")
@needs(Permission.SEE_CHECKLISTS)
def laws() -> str:
    """Laws, rules and standards, and between which days each edition is in force."""
    found = db.session.scalars(queries.laws_visible_to(current_user)).all()
    return render_template(
        "checklists/laws.html", laws=found, today=today(), kinds=dict(LAW_KINDS), checked=dict(HOW_CHECKED)
    )


@pages.get("/criteria")
@needs(Permission.SEE_CHECKLISTS)
def criteria() -> str:
    """The criteria for major hazards, from which one is picked; a phone keeps the page."""
    return render_template("checklists/criteria.html", criteria=queries.criteria_in_force(today()))


@pages.route("/laws/new", methods=["GET", "POST"])
@needs(Permission.EDIT_CHECKLISTS)
def add_law() -> str | Response:
    """Add a law or an edition of one."""
    return _edit_law(None)


@pages.route("/laws/<int:number>", methods=["GET", "POST"])
@needs(Permission.EDIT_CHECKLISTS)
def law(number: int) -> str | Response:
    """Correct a law's facts."""
    return _edit_law(
        fetch(queries.laws_visible_to(current_user).where(Law.id == number), Permission.EDIT_CHECKLISTS)
    )


def _edit_law(law: Law | None) -> str | Response:
    form = LawForm(obj=law)
    fields = {name: form[name].data for name in actions.LAW_FIELDS}
    if form.validate_on_submit() and attempt(
        form, lambda: actions.save_law(law, actor=current_user, now=utcnow(), **fields)
    ):
        return done(gettext("The law is saved."), "checklists.laws")
    cited = 0 if law is None else _times_cited(law)
    return render_template(
        "checklists/law.html", form=form, law=law, cited=cited, rows=history.of(law) if law else []
    )


def _times_cited(law: Law) -> int:
    query = sa.select(Item).where(Item.bases.any(law_id=law.id))
    current = [checklist.current for checklist in db.session.scalars(queries.visible_to(current_user))]
    query = query.where(Item.version_id.in_([version.id for version in current if version]))
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
