"""The check page, the list of checks, and a filed check."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import uuid4

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..checklists.models import HazardClass
from ..checklists.queries import compose
from ..core import search
from ..core.access import Permission, Role
from ..core.clock import ZONE, today, utcnow
from ..core.db import commit, db
from ..core.errors import Refused
from ..core.i18n import sentence
from ..core.labels import N_
from ..core.parsing import read_number, read_numbers
from ..core.web import done, fetch, needs
from ..enterprises.models import Site
from ..enterprises.queries import visible_to as sites_visible_to
from ..photos.actions import receive
from ..schedule.models import Task
from . import (
    actions,
    forms,
    frequency_views,
    list_views,
    preview_views,
    pulse_views,
    queries,
    readings,
    visit_cautions,
    visit_frequency,
)
from .blueprint import pages
from .clock_correction import as_recorded
from .conflicts import choose
from .finding_details import failing_items, on_page, open_hazards
from .legal_mode import mode_proposed, modes_offered
from .models import Check, LegalMode, Party, Result, VisitKind
from .page_values import Values

# Their pages join the blueprint by being imported.
__all__ = ["frequency_views", "list_views", "pages", "preview_views", "pulse_views", "visit_cautions"]

MOST_SITES = 100
pages.app_template_global("reading_text")(readings.reading_text)
PERSON_FIELDS = {
    "name": N_("Another companion"),
    "title": N_("Title"),
    "certificate": N_("Their certificate number"),
    "phone": N_("Phone"),
}


@pages.get("/start")
@needs(Permission.FILE_CHECK)
def start() -> str:
    """Choose a site for a visit that no task asks for."""
    text = request.args.get("text", "")
    query = sites_visible_to(current_user).order_by(Site.kind, Site.name).limit(MOST_SITES)
    if text:
        query = query.where(Site.id.in_(search.mention(Site, text, Site.name).numbers))
    return render_template(
        "checks/start.html", sites=db.session.scalars(query).all(), text=text, limit=MOST_SITES
    )


def _kind_for(site: Site, task: Task | None) -> VisitKind:
    if site.is_idle:
        return VisitKind.IDLE_PATROL
    if task is None and current_user.role is Role.EXPERT:
        return VisitKind.EXPERT
    wanted = request.values.get("kind", "")
    return VisitKind(wanted) if wanted in set(VisitKind) else VisitKind.ROUTINE


def _mode_for(kind: VisitKind) -> LegalMode:
    return LegalMode.EXPERT if kind is VisitKind.EXPERT else mode_proposed()


@pages.get("/new")
@needs(Permission.FILE_CHECK)
def new() -> str:
    """The check page of a task, of a site, or to correct a filed check."""
    if "replaces" in request.args:
        return _correction(request.args["replaces"])
    task = _task(request.args.get("task", type=read_number))
    number = task.site_id if task else request.args.get("site", type=read_number)
    site = fetch(sites_visible_to(current_user).where(Site.id == number), Permission.FILE_CHECK)
    return _page(site, task, _kind_for(site, task))


def _task(number: int | None) -> Task | None:
    if number is None:
        return None
    task = db.session.get(Task, number)
    if task is None:
        abort(404)
    return task


def _correction(uuid: str) -> str:
    old = fetch(queries.visible_to(current_user).where(Check.uuid == uuid), Permission.CORRECT_CHECK)
    filing = as_recorded(old)
    values = forms.values_of(filing) | {"uuid": str(uuid4()), "replaces": uuid, "correction_reason": ""}
    return _page(old.site, old.task, old.kind, values, forms.photos_of(filing))


def _page(
    site: Site,
    task: Task | None,
    kind: VisitKind,
    values: dict[str, str] | None = None,
    photos: dict[str, list[Any]] | None = None,
    problems: dict[str, str] | None = None,
) -> str:
    values = values or {}
    findings = _finding_keys(values)
    day = today()
    sections = compose(site, kind, _answered(values))
    background = queries.background(site, day)
    return render_template(
        "checks/new.html",
        site=site,
        task=task,
        kind=kind,
        mode=_mode_for(kind),
        kinds=[kind] if site.is_idle else [one for one in VisitKind if one is not VisitKind.IDLE_PATROL],
        modes=modes_offered(),
        parties=Party,
        sections=sections,
        **on_page(sections, day),
        failing=failing_items(values),
        background=background,
        open_hazards_json=open_hazards(background),
        values=Values(values),
        photos=photos or {},
        problems=problems or {},
        finding_of=findings,
        **_extras(values, findings),
        uuid=values.get("uuid") or str(uuid4()),
        new_uuid=lambda: str(uuid4()),
        now=utcnow().astimezone(ZONE),
        replaced=bool(values.get("replaces")),
        persons=PERSON_FIELDS,
        hazard_classes=HazardClass,
        campaigns=queries.offered_campaigns(day),
        frequency=[] if values.get("replaces") else visit_frequency.near_or_over(site, kind, day),
    )


def _answered(values: dict[str, str]) -> set[int]:
    return set(read_numbers(name.split(".")[1] for name in values if name.startswith("answers.")))


def _finding_keys(values: dict[str, str]) -> dict[str, str]:
    """Which finding of a page shown again belongs to which item."""
    named = ((name.split("."), value) for name, value in values.items() if name.startswith("findings."))
    return {value: path[1] for path, value in named if len(path) == 3 and path[2] == "item_id"}


def _extras(values: dict[str, str], of_items: dict[str, str]) -> dict[str, Any]:
    """The keys of findings that belong to no item: those that were filled in, then empty ones."""
    entered = {name.split(".")[1] for name in values if name.startswith("findings.")}
    used = sorted(entered - set(of_items.values()))
    empty = [str(uuid4()) for _ in range(max(1, 3 - len(used)))]
    return {"entered": entered, "entered_extras": len(used), "extra_keys": used + empty}


@pages.post("")
@needs(Permission.FILE_CHECK)
def create() -> str | Response | tuple[str, int]:
    """File the page as a browser without our scripts posts it."""
    problems: dict[str, str] = {}
    photos = _received_photos(problems)
    fields = readings.answered(_fields_of(request.form))
    if "describe" in request.form:
        return _shown_again(fields, photos, {name: gettext(words) for name, words in problems.items()})
    now, told = utcnow(), readings.answered(fields, Result.COMPLY)
    try:
        if problems:
            raise forms.BadFields(problems)
        filing = forms.read(forms.payload(_with_moments(told).items(), photos))
        forms.demand_possible_day(filing, now)
        receipt = actions.file_check(filing, actor=db.session.get_one(User, current_user.id), now=now)
        commit()
    except Refused as problem:
        db.session.rollback()
        message = sentence(problem)
        flash(message, "error")
        if isinstance(problem, forms.BadFields):
            shown = {name: gettext(words) for name, words in problem.problems.items()}
        else:
            shown = {problem.field or "form": message}
        return _shown_again(fields, photos, shown), problem.status
    flash(
        gettext("Filed as %(number)s with %(photos)s photos.", number=receipt.number, photos=receipt.photos),
        "success",
    )
    return redirect(receipt.url)


def _shown_again(fields: dict[str, str], photos: dict[str, list[Any]], problems: dict[str, str]) -> str:
    """The page with what was posted.

    What was filled in while still in charge is filed all the same; the page itself opens only to who is in charge.
    """
    number = request.form.get("site_id", type=read_number)
    site = db.session.scalar(sites_visible_to(current_user).where(Site.id == number))
    if site is None:
        abort(404)
    task = db.session.get(Task, request.form.get("task_id", type=read_number) or 0)
    return _page(site, task, _kind_for(site, task), fields, photos, problems)


def _fields_of(posted: MultiDict[str, str]) -> dict[str, str]:
    return {name: value for name, value in posted.items() if ":" not in name and name != "csrf_token"}


def _with_moments(fields: dict[str, str]) -> dict[str, str]:
    """The fields with the moments that a script would have set."""
    now = utcnow().replace(microsecond=0).isoformat()
    made = fields | {"finished_at": fields.get("finished_at") or now}
    for party in Party:
        strokes = fields.get(f"signatures.{party.value}.strokes", "")
        if strokes not in ("", "[]"):
            made.setdefault(f"signatures.{party.value}.signed_at", now)
    return made


def _received_photos(problems: dict[str, str]) -> dict[str, list[Any]]:
    """Photos posted now, and those of an earlier try, by slot."""
    slots: dict[str, list[Any]] = defaultdict(list)
    for name, values in request.form.lists():
        if not name.startswith("ref:"):
            continue
        for ref in map(forms.photo_ref, filter(None, values)):
            if ref is None:
                problems[name[4:]] = N_("A photo has not arrived. Choose it again.")
            else:
                slots[name[4:]].append(ref)
    for slot in request.files:
        for file in request.files.getlist(slot):
            if not file.filename:
                continue
            try:
                photo = receive(file.read(), actor=current_user, now=utcnow())
                slots[slot].append({"sha256": photo.sha256})
                commit()
            except Refused as problem:
                db.session.rollback()
                problems[slot] = problem.message
    return slots


@pages.get("/<int:number>")
@needs(Permission.SEE_CHECK)
def show(number: int) -> str:
    """A filed check as it was filed."""
    check = fetch(queries.visible_to(current_user).where(Check.id == number), Permission.SEE_CHECK)
    blocks: dict[str, list[Any]] = defaultdict(list)
    for answer in check.answers:
        blocks[check.facts["items"][answer.code]["list"]].append(answer)
    return render_template(
        "checks/show.html",
        check=check,
        blocks=blocks,
        counts={result: sum(answer.result is result for answer in check.answers) for result in Result},
        panels=queries.check_panels.of(check, current_user),
        rivals=queries.of_one_task(check),
    )


@pages.post("/<int:number>/counting")
@needs(Permission.DECIDE_CHECK)
def decide(number: int) -> Response:
    """Say which checks of one task count; the others are set aside."""
    check = fetch(queries.visible_to(current_user).where(Check.id == number), Permission.DECIDE_CHECK)
    counting = set(read_numbers(request.form.getlist("counting")))
    actor = db.session.get_one(User, current_user.id)
    try:
        choose(check, counting, request.form.get("reason", ""), actor=actor, now=utcnow())
    except Refused as problem:
        db.session.rollback()
        flash(sentence(problem), "error")
        return redirect(url_for("checks.show", number=number))
    return done(gettext("It is noted which check counts."), "checks.show", number=number)
