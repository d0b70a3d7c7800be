"""The page that engages an expert for enterprises under an expert hazard screening."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...accounts.models import User
from ...accounts.queries import experts
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.forms import attempt
from ...core.i18n import label
from ...core.web import done, needs
from ...enterprises.models import Engagement, Sector, Site, SiteKind, WorkingState
from ...enterprises.queries import visible_to as sites_visible_to
from .. import actions
from ..forms import EngageForm
from ..models import Campaign
from .base import actor, pages, the_campaign


@pages.route("/<int:number>/experts", methods=["GET", "POST"])
@needs(Permission.MANAGE_CAMPAIGNS)
def engage(number: int) -> str | Response | tuple[str, int]:
    """Engage an expert for a list of enterprises, within the campaign's period."""
    campaign = the_campaign(number, Permission.MANAGE_CAMPAIGNS)
    form = EngageForm()
    form.expert_id.choices = [("", gettext("Please choose")), *((one.id, one.name) for one in experts())]
    if request.method == "GET":
        form.from_on.data = max(campaign.starts_on, min(today(), campaign.ends_on))
        form.until_on.data = campaign.ends_on
        form.site_ids.data = []
    elif form.validate():
        made = attempt(form, lambda: _engage(campaign, form))
        if made:
            name = made[0].expert.name
            word = gettext("%(name)s is engaged for %(count)s enterprises.", name=name, count=len(made))
            return done(word, "campaigns.show", number=number)
    campaign = the_campaign(number, Permission.MANAGE_CAMPAIGNS)
    page = render_template("campaigns/engage.html", form=form, campaign=campaign, sectors=_by_sector())
    return page if request.method == "GET" else (page, 422)


def _engage(campaign: Campaign, form: EngageForm) -> list[Engagement]:
    chosen = sites_visible_to(current_user).where(Site.id.in_(form.site_ids.data or []))
    return actions.engage(
        campaign,
        db.session.get_one(User, form.expert_id.data),
        db.session.scalars(chosen.order_by(Site.name)).all(),
        form.from_on.data,
        form.until_on.data,
        form.body.data or "",
        actor=actor(),
        now=utcnow(),
    )


def _by_sector() -> dict[str, list[Any]]:
    """The enterprises that work, by sector: number, name, whether it is a key enterprise."""
    query = (
        sites_visible_to(current_user)
        .where(Site.kind == SiteKind.ENTERPRISE, Site.working_state != WorkingState.CLOSED)
        .order_by(Site.key.desc(), Site.name)
        .with_only_columns(Site.id, Site.name, Site.key, Site.sector)
    )
    rows = db.session.execute(query).all()
    grouped = {sector: [row for row in rows if row.sector is sector] for sector in Sector}
    return {label(sector): lines for sector, lines in grouped.items() if lines}
