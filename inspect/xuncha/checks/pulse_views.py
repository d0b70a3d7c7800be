"""Taking a pulse of an idle site, the list of idle sites by their last look, and what Today and a site's page show of both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import flash, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from pydantic import ValidationError
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField, validators

from ..accounts.asker import Asker, first_of, given
from ..accounts.models import User
from ..core import paging, settings
from ..core.access import FIELD, Permission, allowed
from ..core.asked import Asked
from ..core.clock import today, utcnow
from ..core.db import db
from ..core.errors import Refused
from ..core.forms import OnceField, PageForm, choices, show_problem
from ..core.i18n import write_day
from ..core.panels import Panel, Summary
from ..core.parsing import read_number
from ..core.web import done, fetch, needs
from ..enterprises.models import Site
from ..enterprises.queries import site_panels
from ..photos import forms as photo_forms
from ..schedule.queries import today_sections
from . import pulse_queries
from .blueprint import pages
from .pulses import MOST_PHOTOS, PulsePart, Seen, take_pulse

SHOWN = 5
OVERDUE, SIGNS = "overdue", "signs"
PHOTO = "photo"


def _answer(words: Any) -> RadioField:
    return RadioField(
        words, [validators.InputRequired(_l("Choose one of the answers."))], choices=lambda: choices(Seen)
    )


class PulseForm(PageForm):
    """Three answers and a photo."""

    once = OnceField()
    locked = _answer(_l("Is it locked?"))
    power = _answer(_l("Is the power on?"))
    people = _answer(_l("Were people seen?"))
    summary = TextAreaField(_l("Remark"), [validators.Length(max=2000)])

    def told(self, site: Site, hashes: list[str]) -> PulsePart:
        """The pulse as a phone would hand it over. Raises ValidationError."""
        return PulsePart.model_validate(
            {
                "uuid": UUID(self.once.data),
                "site_id": site.id,
                "locked": self.locked.data,
                "power": self.power.data,
                "people": self.people.data,
                "summary": self.summary.data or "",
                "photos": [{"sha256": sha256} for sha256 in hashes],
                "taken_at": utcnow(),
            }
        )


@pages.route("/pulses/new", methods=["GET", "POST"])
@needs(Permission.FILE_PULSE)
def pulse() -> str | Response | tuple[str, int]:
    """The page of a pulse; without page code its form posts here."""
    number = request.args.get("site", type=read_number)
    site = fetch(pulse_queries.idle_sites(current_user).where(Site.id == number), Permission.FILE_PULSE)
    form = PulseForm()
    if request.method == "GET":
        return _page(site, form, photo_forms.Slot(PHOTO))
    site_id = site.id
    slot = photo_forms.posted([PHOTO], actor=current_user, now=utcnow())[PHOTO]
    site = db.session.get_one(Site, site_id)
    if len(slot.hashes) > MOST_PHOTOS:
        slot.problem = gettext("At most %(most)s photos. Remove the others.", most=MOST_PHOTOS)
    if not form.validate() or slot.problem:
        return _page(site, form, slot), 422
    try:
        told = form.told(site, slot.hashes)
        take_pulse(told, actor=db.session.get_one(User, current_user.id), now=utcnow())
    except (ValidationError, ValueError):
        flash(gettext("This could not be read. Enter it again."), "error")
        return _page(site, form, slot), 422
    except Refused as problem:
        if problem.status in {403, 404}:
            raise
        show_problem(form, problem)
        slot.problem = slot.problem or _words_of(problem)
        return _page(db.session.get_one(Site, site_id), form, slot), problem.status
    return _taken(site, told)


def _words_of(problem: Refused) -> str:
    return gettext("Take one photo, or write why there is none.") if problem.field == PHOTO else ""


def _taken(site: Site, told: PulsePart) -> Response:
    if Seen.YES in (told.power, told.people):
        message = gettext("The pulse is taken. There are signs of use: file a check of this site now.")
        return done(message, "checks.new", site=site.id)
    return done(gettext("The pulse of %(name)s is taken.", name=site.name), "checks.pulses")


def _page(site: Site, form: PulseForm, slot: photo_forms.Slot) -> str:
    return render_template(
        "checks/pulse.html",
        site=site,
        form=form,
        slot=slot,
        most=MOST_PHOTOS,
        looked_on=pulse_queries.last_look(site),
        newest=pulse_queries.newest_of([site.id]).get(site.id),
    )


@pages.get("/pulses")
@needs(Permission.SEE_PULSE)
def pulses() -> str:
    """The idle sites, those that wait longest for a look first."""
    day = today()
    query, conditions = pulse_queries.idle_sites(current_user), _conditions(day)
    show = request.args.get("show", "")
    wanted = query.where(conditions[show]) if show in conditions else query
    order = (pulse_queries.LAST_PULSE, Site.name, Site.id)
    page = paging.page(wanted.order_by(*order), order, request.args)
    return render_template(
        "checks/pulses.html",
        page=page,
        lines=list(pulse_queries.lines(page.rows, day)),
        show=show if show in conditions else "",
        counts={name: paging.count(query.where(one)) for name, one in conditions.items()},
        total=paging.count(query),
        days=settings.number(settings.PULSE_DAYS),
        idle=True,
    )


def _conditions(day: date) -> dict[str, sa.ColumnElement[bool]]:
    return {OVERDUE: pulse_queries.is_overdue(day), SIGNS: pulse_queries.SIGN_OPEN}


@site_panels.add
def _of_site(site: Site, reader: User) -> Panel | None:
    if not site.is_idle or not allowed(reader, Permission.SEE_PULSE, site):
        return None
    data = {
        "site": site,
        "pulses": pulse_queries.of_site(site, SHOWN),
        "sign": pulse_queries.has_open_sign(site),
        "may_take": allowed(reader, Permission.FILE_PULSE, site),
        "may_check": allowed(reader, Permission.FILE_CHECK, site),
    }
    return Panel("checks/pulse_site_panel.html", data, position=15)


def _show_signs(day: date, reader: User) -> Iterator[Asked[Site]]:
    if allowed(reader, Permission.SEE_PULSE):
        yield _waiting(reader, day, SIGNS)


@today_sections.where(_show_signs)
def _signs_of_today(day: date, reader: User) -> Panel:
    """Idle sites with signs of use that nobody has checked since: for the supervisor and for everybody above."""
    return _panel(reader, day, SIGNS, gettext("Idle sites with signs of use"), 15)


def _are_overdue(day: date, reader: User) -> Iterator[Asked[Site]]:
    if reader.role in FIELD:
        yield _waiting(reader, day, OVERDUE)


@today_sections.where(_are_overdue)
def _overdue_of_today(day: date, reader: User) -> Panel:
    """The idle sites of one's own that wait for a look."""
    return _panel(reader, day, OVERDUE, gettext("Idle sites due for a pulse"), 22)


def _waiting(reader: User, day: date, show: str) -> Asked[Site]:
    before = pulse_queries.overdue_before(day)
    return Asked(_waiting_since(Asker.like(reader), show, before), given(reader))


@lru_cache(32)
def _waiting_since(asker: Any, show: str, before: date) -> sa.Select[Site]:
    """The idle sites that show signs of use, or those of one's own that were last looked at before a day; made once a day."""
    sites = pulse_queries.idle_sites(asker).order_by(pulse_queries.LAST_LOOK, Site.name)
    if show == SIGNS:
        return sites.where(pulse_queries.SIGN_OPEN)
    return sites.where(before > pulse_queries.LAST_LOOK, Site.supervisor_id == asker.id)


def _panel(reader: User, day: date, show: str, title: str, position: int) -> Panel:
    sites, total = first_of(_waiting(reader, day, show), SHOWN)
    lines = list(pulse_queries.lines(sites, day))
    told = tuple(_line(one.site, one.looked_on) for one in lines)
    data = {"title": title, "lines": lines, "total": total, "show": show}
    return Panel(
        "checks/pulse_today_panel.html", data, position=position, summaries=(Summary(title, total, told),)
    )


def _line(site: Site, looked_on: date | None) -> str:
    words = (
        gettext("last look %(day)s", day=write_day(looked_on)) if looked_on else gettext("never looked at")
    )
    return f"{site.name} · {words}"
