"""The experts of the demo zone: the bodies that send them, their contracts and certificates, their engagements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from ..accounts.models import User
from ..campaigns.actions import engage
from ..campaigns.credentials import OrganisationKind, credential_of, save_credential, save_organisation
from ..core.clock import at
from .context import Context
from .people_and_sites import engaged_until
from .plan import Visit

CERTIFIED_FOR = timedelta(days=500)


def engage_experts(context: Context, year: int, visits: Sequence[Visit]) -> None:
    """Enter the bodies and certificates, then engage each expert for the sites of his visits.

    Engagements last beyond today where the contract does: whether an expert may look at a site is asked of the present day.
    """

    def engage_all(moment: datetime) -> None:
        _enter(context, year, moment)
        for expert in context.zone.experts:
            sites = [visit.place.site for visit in visits if visit.inspector == expert]
            held = credential_of(expert)
            if sites and held is not None:
                until = min(engaged_until(context.today), held.organisation.contract_until)
                days = date(year, 3, 16), until
                body = held.organisation.name
                campaign, admin = context.campaigns["expert"], context.zone.admin
                engage(campaign, expert, sites, *days, body, actor=admin, now=moment)

    context.clock.at(at(date(year, 3, 5), 9), engage_all)


def _enter(context: Context, year: int, now: datetime) -> None:
    admin, names = context.zone.admin, context.zone.names
    for row in names["organisations"]:
        facts = {
            "kind": OrganisationKind(row["kind"]),
            "name": row["name"],
            "contract_number": row["contract"].format(year=year),
            "contract_from": date(year, 1, 1),
            "contract_until": context.today + timedelta(days=row["ends"]),
            "contact": row["contact"],
        }
        sender = save_organisation(None, facts, version=0, actor=admin, now=now)
        for number, username in enumerate(row["experts"], start=1):
            expert: User = context.zone.people[username]
            certificate = {
                "organisation_id": sender.id,
                "certificate_kind": names["certificates"][username],
                "certificate_number": f"DEMO-{sender.id}-{number:03d}",
                "certificate_until": context.today + CERTIFIED_FOR,
            }
            save_credential(expert, certificate, version=0, actor=admin, now=now)
