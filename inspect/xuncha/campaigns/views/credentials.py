"""Experts: who sends them, their contracts and certificates, and what ends soon."""

from __future__ import annotations

from datetime import date

from flask import abort, render_template
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...accounts.models import User
from ...accounts.queries import experts
from ...core.access import Permission, Role, allowed
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.forms import attempt
from ...core.i18n import write_day
from ...core.panels import Panel, Summary
from ...core.parsing import read_number
from ...core.web import done, needs
from ...schedule.queries import today_sections
from .. import credentials
from ..credentials import Ending, ExpertOrganisation
from ..expert_forms import CredentialForm, OrganisationForm
from .base import actor, pages


@pages.get("/experts")
@needs(Permission.SEE_CAMPAIGNS)
def list_experts() -> str:
    """The experts with their bodies and certificates, and the bodies with their contracts."""
    return render_template(
        "campaigns/experts.html",
        organisations=credentials.organisations(),
        experts=experts(),
        held=credentials.credentials(),
        today=today(),
        soon=credentials.SOON,
    )


@pages.route("/organisations/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_CAMPAIGNS)
def new_organisation() -> str | Response | tuple[str, int]:
    """Enter a body that sends experts."""
    return _organisation_page(OrganisationForm(), None)


@pages.route("/organisations/<int:number>", methods=["GET", "POST"])
@needs(Permission.MANAGE_CAMPAIGNS)
def edit_organisation(number: int) -> str | Response | tuple[str, int]:
    """Change a body, or enter its new contract."""
    row = db.session.get(ExpertOrganisation, number) or abort(404)
    return _organisation_page(OrganisationForm(obj=row), row)


def _organisation_page(
    form: OrganisationForm, row: ExpertOrganisation | None
) -> str | Response | tuple[str, int]:
    if form.validate_on_submit():
        version = read_number(form.version.data) or 0
        saved = attempt(
            form,
            lambda: credentials.save_organisation(
                row, form.facts(), version=version, actor=actor(), now=utcnow()
            ),
        )
        if saved:
            return done(gettext("The organisation is saved."), "campaigns.list_experts")
    page = render_template("campaigns/organisation.html", form=form, organisation=row)
    return (page, 422) if form.is_submitted() else page


@pages.route("/experts/<int:number>", methods=["GET", "POST"])
@needs(Permission.MANAGE_CAMPAIGNS)
def edit_expert(number: int) -> str | Response | tuple[str, int]:
    """Enter who sends an expert and the certificate."""
    expert = db.session.get_one(User, number) if db.session.get(User, number) else abort(404)
    if expert.role is not Role.EXPERT:
        abort(404)
    form = CredentialForm(obj=credentials.credential_of(expert))
    form.organisation_id.choices = [
        ("", gettext("Please choose")),
        *((one.id, one.name) for one in credentials.organisations()),
    ]
    if form.validate_on_submit():
        version = read_number(form.version.data) or 0
        saved = attempt(
            form,
            lambda: credentials.save_credential(
                expert, form.facts(), version=version, actor=actor(), now=utcnow()
            ),
        )
        if saved:
            return done(gettext("The certificate is saved."), "campaigns.list_experts")
    page = render_template("campaigns/expert.html", form=form, expert=expert)
    return (page, 422) if form.is_submitted() else page


@today_sections.add
def _of_today(day: date, reader: User) -> Panel | None:
    """What the office renews: contracts and certificates that end soon or have ended."""
    ends = credentials.ending(day) if allowed(reader, Permission.MANAGE_CAMPAIGNS) else []
    if not ends:
        return None
    lines = tuple(f"{one.name} · {words_of(one, day)}" for one in ends)
    told = (Summary(gettext("Experts: contracts and certificates that end"), len(ends), lines),)
    data = {"ends": [(one, words_of(one, day)) for one in ends], "day": day}
    return Panel("campaigns/ending_panel.html", data, position=45, summaries=told)


def words_of(one: Ending, day: date) -> str:
    """When it ends or ended."""
    said = {
        (False, False): gettext("contract until %(day)s", day=write_day(one.last_day)),
        (False, True): gettext("contract ended on %(day)s", day=write_day(one.last_day)),
        (True, False): gettext("certificate until %(day)s", day=write_day(one.last_day)),
        (True, True): gettext("certificate ended on %(day)s", day=write_day(one.last_day)),
    }
    return said[one.certificate, one.is_over(day)]


@pages.context_processor
def _who() -> dict[str, bool]:
    return {"manages": allowed(current_user, Permission.MANAGE_CAMPAIGNS)}
