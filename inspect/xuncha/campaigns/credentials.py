"""Who sends the experts, under which contract, and by which certificate each works; who is not valid is not sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, Role, demand
from ..core.db import Base, Pk, db
from ..core.errors import ActedFirst, Refused
from ..core.i18n import write_day
from ..core.labels import N_, Labelled
from ..enterprises.assignments import before_engaging

SOON = timedelta(days=30)
"""How long before its end a contract or certificate is named."""


class OrganisationKind(Labelled):
    """What kind of body sends experts."""

    THIRD_PARTY = "third_party", N_("Third-party firm")
    ASSOCIATION = "association", N_("Association")


class ExpertOrganisation(Base):
    """A body that sends experts for the zone, with its present contract; earlier ones stand in the history."""

    __tablename__ = "expert_organisations"

    id: Mapped[Pk]
    kind: Mapped[OrganisationKind]
    name: Mapped[str] = mapped_column(unique=True)
    contract_number: Mapped[str] = mapped_column(default="")
    contract_from: Mapped[date]
    contract_until: Mapped[date]
    contact: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ExpertCredential(Base):
    """Who sends an expert, and the certificate."""

    __tablename__ = "expert_credentials"

    id: Mapped[Pk]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), unique=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("expert_organisations.id"), index=True)
    certificate_kind: Mapped[str]
    certificate_number: Mapped[str]
    certificate_until: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship()
    organisation: Mapped[ExpertOrganisation] = relationship()

    __mapper_args__ = {"version_id_col": version}


OF_ORGANISATION = ("kind", "name", "contract_number", "contract_from", "contract_until", "contact")
OF_CREDENTIAL = ("organisation_id", "certificate_kind", "certificate_number", "certificate_until")


def organisations() -> list[ExpertOrganisation]:
    """All bodies by name."""
    return list(db.session.scalars(sa.select(ExpertOrganisation).order_by(ExpertOrganisation.name)))


def credentials() -> dict[int, ExpertCredential]:
    """The credentials of experts by the number of the user."""
    query = sa.select(ExpertCredential).options(joinedload(ExpertCredential.organisation))
    return {one.user_id: one for one in db.session.scalars(query)}


def credential_of(expert: User) -> ExpertCredential | None:
    """The credential of an expert."""
    return db.session.scalar(sa.select(ExpertCredential).where(ExpertCredential.user_id == expert.id))


def save_organisation(
    organisation: ExpertOrganisation | None,
    facts: dict[str, Any],
    *,
    version: int,
    actor: User,
    now: datetime,
) -> ExpertOrganisation:
    """Enter a body or change it; both days of its contract are inclusive. Raises Refused, ActedFirst."""
    demand(actor, Permission.MANAGE_CAMPAIGNS)
    if not facts["name"].strip():
        raise Refused(N_("Fill this in."), field="name")
    if facts["contract_until"] < facts["contract_from"]:
        raise Refused(N_("The last day lies before the first."), field="contract_until")
    same = sa.select(ExpertOrganisation.id).where(ExpertOrganisation.name == facts["name"].strip())
    taken = db.session.scalar(same)
    if taken is not None and (organisation is None or taken != organisation.id):
        raise Refused(N_("This organisation is in the list already."), field="name")
    return _save(organisation or ExpertOrganisation(), OF_ORGANISATION, facts, version, actor, now)


def save_credential(
    expert: User, facts: dict[str, Any], *, version: int, actor: User, now: datetime
) -> ExpertCredential:
    """Enter who sends an expert and the certificate, or change them. Raises Refused, ActedFirst."""
    demand(actor, Permission.MANAGE_CAMPAIGNS)
    if expert.role is not Role.EXPERT:
        raise Refused(N_("%(name)s is not an active expert."), name=expert.name)
    if db.session.get(ExpertOrganisation, facts["organisation_id"]) is None:
        raise Refused(N_("Choose one of the entries offered."), field="organisation_id")
    for name in ("certificate_kind", "certificate_number"):
        if not facts[name].strip():
            raise Refused(N_("Fill this in."), field=name)
    row = credential_of(expert) or ExpertCredential(user_id=expert.id)
    return _save(row, OF_CREDENTIAL, facts, version, actor, now)


def _save(
    row: Any, names: tuple[str, ...], facts: dict[str, Any], version: int, actor: User, now: datetime
) -> Any:
    there = row.id is not None
    if there and row.version != version:
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))
    before = {name: str(getattr(row, name)) for name in names} if there else {}
    with db.session.no_autoflush:
        for name in names:
            value = facts[name]
            setattr(row, name, value.strip() if type(value) is str else value)
    after = {name: str(getattr(row, name)) for name in names}
    changed = [name for name in names if before.get(name) != after[name]]
    if changed:
        db.session.add(row)
        told = {name: after[name] for name in changed}
        was = {name: before[name] for name in changed} if there else {}
        history.record(row, "change" if there else "create", actor=actor, now=now, before=was, after=told)
    return row


@before_engaging
def demand_valid(expert: User, from_on: date, until_on: date) -> None:
    """Raise Refused unless contract and certificate cover every day for which an expert is sent.

    What was checked before stays: this is asked of new engagements only.
    """
    held = credential_of(expert)
    if held is None:
        raise Refused(
            N_("Enter the organisation and the certificate of %(name)s first (Campaigns, Experts)."),
            field="expert_id",
            name=expert.name,
        )
    sender = held.organisation
    if from_on < sender.contract_from:
        raise Refused(
            N_("The contract with %(body)s begins on %(day)s. Send %(name)s from then on."),
            field="from_on",
            body=sender.name,
            day=write_day(sender.contract_from),
            name=expert.name,
        )
    if until_on > sender.contract_until:
        raise Refused(
            N_(
                "The contract with %(body)s ends on %(day)s. Send %(name)s until then, or enter the new contract."
            ),
            field="until_on",
            body=sender.name,
            day=write_day(sender.contract_until),
            name=expert.name,
        )
    if until_on > held.certificate_until:
        raise Refused(
            N_(
                "The certificate of %(name)s is valid until %(day)s. Send %(name)s until then, or enter the new one."
            ),
            field="until_on",
            day=write_day(held.certificate_until),
            name=expert.name,
        )


@dataclass(frozen=True)
class Ending:
    """A contract or certificate that ends soon or has ended: whose it is, and its last day."""

    name: str
    certificate: bool
    last_day: date

    def is_over(self, day: date) -> bool:
        """Whether its last day has passed."""
        return self.last_day < day


def ending(day: date) -> list[Ending]:
    """The contracts and certificates of active experts that end within the time of warning or have ended, first first."""
    held = [one for one in credentials().values() if one.user.active]
    bodies = {one.organisation_id: one.organisation for one in held}
    ends = [Ending(body.name, False, body.contract_until) for body in bodies.values()]
    ends += [Ending(one.user.name, True, one.certificate_until) for one in held]
    return sorted(
        (one for one in ends if one.last_day <= day + SOON), key=lambda one: (one.last_day, one.name)
    )
