"""Pages of the hazards domain: the list, one hazard and its steps, notices, opinions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts import secret_addresses
from ..checklists.models import HazardClass
from ..checks.filing import PhotoRef
from ..core import settings
from ..core.access import Permission, allowed
from ..core.clock import today, utcnow
from ..core.db import db
from ..core.errors import ActedFirst, Refused
from ..core.i18n import label, sentence, write_moment
from ..core.parsing import read_number
from ..core.web import done, fetch, needs
from ..enterprises.models import Site
from ..enterprises.queries import visible_to as sites_visible_to
from ..photos import marks
from ..photos.likeness import compare_soon
from ..photos.queries import by_hashes
from . import actions, badges, import_views, inbox_views, panels, queries, rules, visit_matters
from .contact_log import Channel, Reply
from .event_names import happened
from .focus import focus_views
from .follow_up import escalation_queries, news_views, progress, recurrence_views
from .forms import HazardForm, StepForm, draft_key, draft_keys
from .lifecycle import Act
from .lists import batch_views, list_views
from .models import Hazard, HazardPhoto, HazardPhotoRole, Source
from .papers import deliveries
from .papers.document_views import pages
from .photo_fields import received
from .public import plaque_views, worker_report_views, worker_reports
from .sign_off import needs_sign_off
from .verification import verification_views

__all__ = [
    "batch_views",
    "focus_views",
    "import_views",
    "inbox_views",
    "list_views",
    "news_views",
    "pages",
    "panels",
    "plaque_views",
    "recurrence_views",
    "verification_views",
    "visit_matters",
    "worker_report_views",
]
LOOKS_AT_PHOTOS = {Act.VERIFY, Act.SEND_BACK, Act.APPROVE_CLOSURE}

for badge in (badges.state_badge, badges.late_badge, badges.step_badge, badges.marks):
    pages.add_app_template_filter(badge)
pages.add_app_template_filter(happened)
pages.add_app_template_global(rules.proposes_higher_grade)
pages.add_app_template_global(draft_key)
pages.add_app_template_global(draft_keys)


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.SEE_HAZARD)
def new() -> str | Response | tuple[str, int]:
    """Enter a hazard that no check found."""
    if not (allowed(current_user, Permission.FILE_CHECK) or allowed(current_user, Permission.RECTIFY_HAZARD)):
        abort(403)
    photos, problems = received("photos", current_user)
    form = HazardForm()
    _fill(form)
    status, same = 200, []
    if form.is_submitted():
        status = 422
        if problems:
            form.photos.errors = problems
        elif form.validate():
            try:
                if not (same := _open_already(form)):
                    hazard = _add(form, photos)
                    said = gettext("%(number)s is entered.", number=hazard.number)
                    return done(said, "hazards.show", number=hazard.id, entered="yes")
                form.as_new.data = "yes"
            except Refused as problem:
                if problem.status in {403, 404}:
                    raise
                _show_problem(form, problem)
    kept = [photo.sha256 for photo in photos]
    return render_template("hazards/new.html", form=form, kept=kept, same=same), status


def _site_of(form: HazardForm) -> Site:
    return fetch(sites_visible_to(current_user).where(Site.id == form.site_id.data), Permission.SEE_SITE)


def _open_already(form: HazardForm) -> list[Hazard]:
    """The open hazards of the same place, until a person has seen them and enters this one as new."""
    if form.as_new.data:
        return []
    return queries.open_at_place(_site_of(form), (form.place.data or "").strip(), current_user)


def _add(form: HazardForm, photos: list[PhotoRef]) -> Hazard:
    site = _site_of(form)
    skipped = {"site_id", "photos", "csrf_token", "once", "as_new"}
    fields = {
        field.name: field.data for field in form if field.name not in skipped and field.data is not None
    }
    fields["hazard_class"] = HazardClass(fields["hazard_class"])
    if "source" in fields:
        fields["source"] = Source(fields["source"])
    drawn = marks.read_by_photo(request.form.get("marks", ""))
    now = utcnow()
    hazard = actions.add_hazard(site, actor=current_user, now=now, photos=photos, **fields)
    marks.mark_all(by_hashes([ref.sha256 for ref in photos]), drawn, actor=current_user, now=now)
    return hazard


def _fill(form: HazardForm) -> None:
    sites = db.session.execute(
        sites_visible_to(current_user).with_only_columns(Site.id, Site.name).order_by(Site.kind, Site.name)
    )
    form.site_id.choices = [(number, name) for number, name in sites]
    if current_user.is_enterprise:
        form.for_enterprise()
    else:
        form.offer_sources()
    if not form.is_submitted():
        form.site_id.data = request.args.get("site", type=read_number)
        form.due_on.data = today() + timedelta(days=settings.number("term"))


@pages.get("/<int:number>")
@needs(Permission.SEE_HAZARD)
def show(number: int) -> str:
    """One hazard: its facts, what can be done now, how it came here."""
    hazard = fetch(queries.visible_to(current_user).where(Hazard.id == number), Permission.SEE_HAZARD)
    day = today()
    by_role = {role: [use for use in hazard.photos if use.role is role] for role in HazardPhotoRole}
    return render_template(
        "hazards/show.html",
        hazard=hazard,
        day=day,
        steps=[step.act for step in rules.possible(current_user, hazard, day)],
        photos=by_role,
        roles=HazardPhotoRole,
        drafts=len(queries.drafts_of(hazard.check_id)) if hazard.check_id else 1,
        opinions=queries.opinions_about(hazard),
        openings=secret_addresses.openings(hazard.notice) if hazard.notice else None,
        letters=queries.letters_about(hazard, current_user),
        deliveries=deliveries.of(hazard.notice) if hazard.notice else [],
        progress=progress.of(hazard),
        lacks_plan=rules.lacks_plan(hazard),
        signs_first=needs_sign_off(hazard, current_user),
        escalated=escalation_queries.standing([hazard]).get(hazard.id),
        urged=escalation_queries.urged([hazard.id]).get(hazard.id),
        channels=Channel,
        replies=Reply,
        once=str(uuid4()),
        seen_before=queries.photos_seen_before([hazard], current_user)[hazard.id],
        kept=queries.merged_into(hazard),
        worker_report=worker_reports.report_behind(hazard, current_user) if hazard.is_own_finding else None,
    )


@pages.route("/<int:number>/<act>", methods=["GET", "POST"])
@needs(Permission.SEE_HAZARD)
def step(number: int, act: str) -> str | Response | tuple[str, int]:
    """One step of a hazard: what it must bring, then taken."""
    if act not in set(Act) or act in {Act.FIND, Act.ISSUE, Act.ESCALATE}:
        abort(404)
    query = queries.visible_to(current_user).where(Hazard.id == number)
    wanted = Act(act)
    rules.demand_permission(wanted, fetch(query, Permission.SEE_HAZARD), current_user)
    photos, problems = received("photos", current_user)
    hazard = fetch(query.with_for_update(), Permission.SEE_HAZARD)
    form = StepForm.of(wanted, hazard, [photo.sha256 for photo in photos])
    refusal: Refused | None = None
    if form.is_submitted():
        if problems and "photos" in form:
            form.photos.errors = problems
        elif form.validate():
            try:
                return _taken(hazard, wanted, form, photos)
            except Refused as problem:
                if problem.status in {403, 404}:
                    raise
                refusal = problem
                _show_problem(form, problem)
                form.version.data = str(hazard.version)
    return _step_page(hazard, wanted, form, refusal)


def _taken(hazard: Hazard, act: Act, form: StepForm, photos: list[PhotoRef]) -> Response:
    version = form.version.data
    if act in {found.act for found in rules.possible(current_user, hazard, today())}:
        rules.demand_seen(hazard, read_number(version))
    drawn = marks.read_by_photo(request.form.get("marks", ""))
    now = utcnow()
    actions.step(hazard, act, actor=current_user, now=now, brought=form.brought(), photos=photos)
    brought = by_hashes([ref.sha256 for ref in photos])
    marks.mark_all(brought, drawn, actor=current_user, now=now)
    compare_soon([photo.id for photo in brought.values()], now=now)
    return _next_page(hazard, act)


def _next_page(hazard: Hazard, act: Act) -> Response:
    if act is Act.RELAPSE and hazard.look_back and hazard.look_back.relapse:
        found = hazard.look_back.relapse
        words = gettext("It is entered again as %(number)s; its notice waits.", number=found.number)
        return done(words, "hazards.show", number=found.id)
    if act is Act.LOOK_BACK:
        return done(gettext("%(number)s: still rectified.", number=hazard.number), "hazards.look_backs")
    return done(gettext("Done: %(act)s.", act=label(act)), "hazards.show", number=hazard.id)


def _step_page(hazard: Hazard, act: Act, form: StepForm, refusal: Refused | None) -> tuple[str, int]:
    closed: Refused | None = None
    try:
        rules.demand_state(act, hazard, sent=False)
        closed = rules.obstacle(act, hazard, current_user, today())
    except ActedFirst as problem:
        closed = problem
    status = 200
    looks = act in LOOKS_AT_PHOTOS and allowed(current_user, Permission.SEE_LIKENESS, hazard)
    if form.is_submitted():
        status = refusal.status if refusal else 422
    elif closed is not None:
        status = closed.status
        flash(sentence(closed), "error")
    page = render_template(
        "hazards/step.html",
        hazard=hazard,
        act=act,
        form=form,
        closed=closed is not None,
        day=today(),
        before=[use for use in hazard.photos if use.role is HazardPhotoRole.BEFORE][:1],
        after=[use for use in hazard.photos if use.role is HazardPhotoRole.AFTER][-1:],
        seen_before=queries.photos_seen_before([hazard], current_user)[hazard.id] if looks else {},
    )
    return page, status


@pages.app_template_global("photo_of")
def _photo_of(use: HazardPhoto, words: str, small: bool = False) -> dict[str, Any]:
    """A photo of a hazard as the macros of photos take it; the small one with its caption, the large one with its moment."""
    sha256 = use.photo.sha256
    return {
        "photo": use.photo,
        "url": url_for("photos.show", sha256=sha256, kind="stamped", of=f"hazard-{use.hazard_id}"),
        "thumb": url_for("photos.show", sha256=sha256, kind="thumb" if small else "clean"),
        "alt": words,
        "caption": use.caption if small else write_moment(use.event.at),
    }


def _show_problem(form: StepForm | HazardForm, problem: Refused) -> None:
    """Show a refusal beside its field, or on top; what was typed stays."""
    db.session.rollback()
    if problem.field and problem.field in form:
        form[problem.field].errors = [*form[problem.field].errors, sentence(problem)]
    else:
        flash(sentence(problem), "error")
