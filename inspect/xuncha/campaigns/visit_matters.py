"""What campaigns and engaged experts give a supervisor to do on a visit."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from ..checks.models import Check
from ..checks.queries import valid
from ..core.db import db
from ..core.i18n import word, write_parts
from ..core.labels import N_
from ..enterprises.models import Engagement, Site, SiteKind
from ..schedule.planner import Asked, Matter, plans
from .models import Campaign, CampaignCheck, CampaignKind
from .queries import name_of


@plans
def _open_campaigns(asked: Asked) -> Iterator[Matter]:
    """The running campaigns for which nobody has been at a key enterprise yet, or at an idle site where they screen those.

    Only a holiday patrol, which goes to every key enterprise, asks for a visit; other campaigns come along with one.
    """
    running = sa.select(Campaign).where(
        Campaign.starts_on <= asked.day,
        Campaign.ends_on >= asked.day,
        Campaign.kind != CampaignKind.EXPERT,
    )
    sites = db.session.execute(
        sa.select(Site.id, Site.kind).where(
            Site.id.in_(asked.sites), sa.or_(Site.key, Site.kind == SiteKind.IDLE)
        )
    ).all()
    for campaign in db.session.scalars(running.order_by(Campaign.ends_on, Campaign.id)):
        been = _been_for(campaign, asked)
        kind = SiteKind.IDLE if campaign.kind is CampaignKind.IDLE else SiteKind.ENTERPRISE
        ends_soon = campaign.ends_on <= asked.until
        for number, of_kind in sites:
            if of_kind is kind and number not in been:
                yield Matter(
                    number,
                    f"campaign:{campaign.id}",
                    gettext("campaign: %(name)s", name=name_of(campaign)),
                    campaign.ends_on if ends_soon else None,
                    ("campaigns.show", {"number": campaign.id}),
                    rides=not (ends_soon and campaign.kind is CampaignKind.HOLIDAY),
                )


def _been_for(campaign: Campaign, asked: Asked) -> set[int]:
    query = (
        valid(sa.select(Check))
        .join(CampaignCheck, CampaignCheck.check_id == Check.id)
        .where(CampaignCheck.campaign_id == campaign.id, Check.site_id.in_(asked.sites))
    )
    return set(db.session.scalars(query.with_only_columns(Check.site_id)))


@plans
def _booked_experts(asked: Asked) -> Iterator[Matter]:
    """The engaged experts who have not been there since their engagement began."""
    been = (
        valid(sa.select(Check))
        .where(
            Check.site_id == Engagement.site_id,
            Check.inspector_id == Engagement.expert_id,
            Check.visited_on >= Engagement.from_on,
        )
        .exists()
    )
    query = (
        sa.select(Engagement)
        .where(
            Engagement.site_id.in_(asked.sites),
            Engagement.from_on <= asked.day,
            Engagement.until_on >= asked.day,
            ~been,
        )
        .options(joinedload(Engagement.expert))
    )
    for booked in db.session.scalars(query.order_by(Engagement.until_on, Engagement.id)):
        day = write_parts(booked.until_on, word(N_("d MMM")))
        ends_soon = booked.until_on <= asked.until
        yield Matter(
            booked.site_id,
            f"expert:{booked.id}",
            gettext("expert %(name)s by %(day)s", name=booked.expert.name, day=day),
            booked.until_on if ends_soon else None,
            ("enterprises.show", {"number": booked.site_id}),
            rides=not ends_soon,
        )
