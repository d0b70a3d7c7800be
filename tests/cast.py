"""The people and places of the tests. Wang is responsible for Huaxin; Zhao is a colleague; Chen must see nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from xuncha.accounts.models import Team, User
from xuncha.campaigns.credentials import ExpertCredential, ExpertOrganisation, OrganisationKind
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.enterprises.models import (
    Assignment,
    Contact,
    ContactDuty,
    Engagement,
    Risk,
    Sector,
    Site,
    SiteKind,
)

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)  # a Tuesday, 10:00 in the zone
LONG_AGO = date(2025, 1, 1)

TEAMS = {"north": ("北片区", "North area"), "south": ("南片区", "South area")}

PEOPLE: dict[str, tuple[str, Role, str | None, str | None]] = {
    # username: name, role, team, enterprise
    "admin": ("安管理", Role.OFFICE_ADMIN, None, None),
    "leader": ("李分管", Role.LEADER, None, None),
    "lin": ("林组长", Role.TEAM_LEAD, "north", None),
    "wang": ("王监管", Role.SUPERVISOR, "north", None),
    "zhao": ("赵同事", Role.SUPERVISOR, "north", None),
    "chen": ("陈外片", Role.SUPERVISOR, "south", None),
    "expert": ("钱专家", Role.EXPERT, None, None),
    "auditor": ("审计员", Role.AUDITOR, None, None),
    "officer": ("孙安全", Role.ENT_OFFICER, None, "huaxin"),
    "principal": ("周厂长", Role.ENT_PRINCIPAL, None, "huaxin"),
    "stranger": ("吴别家", Role.ENT_OFFICER, None, "minghe"),
}


@dataclass(frozen=True)
class Place:
    """A site of the cast."""

    name: str
    uscc: str | None
    sector: Sector
    supervisor: str
    kind: SiteKind = SiteKind.ENTERPRISE
    key: bool = True
    crowded: bool = False


PLACES = {
    "huaxin": Place("华鑫化工有限公司", "91320500MA1MXXJX62", Sector.HAZCHEM, "wang"),
    "lifeng": Place("利丰机械有限公司", "91320500MA1P2Q3R4J", Sector.INDUSTRY, "zhao", crowded=True),
    "minghe": Place("明和食品有限公司", "91320500MA1W5X6Y7A", Sector.OTHER, "chen"),
    "oldmill": Place("老纺织厂（闲置）", None, Sector.OTHER, "wang", kind=SiteKind.IDLE, key=False),
}

PASSWORD = "correct horse battery staple"


def settle(password_hash: str) -> None:
    """Write the cast into an empty database."""
    teams = {code: Team(name_zh=zh, name_en=en) for code, (zh, en) in TEAMS.items()}
    db.session.add_all(teams.values())
    sites = {
        code: Site(
            name=place.name,
            uscc=place.uscc,
            sector=place.sector,
            risk=Risk.ORANGE,
            kind=place.kind,
            key=place.key,
            key_since=LONG_AGO if place.key else None,
            crowded=place.crowded,
            address="开发区创业路8号",
            area="北片区",
            created_at=NOW,
        )
        for code, place in PLACES.items()
    }
    db.session.add_all(sites.values())
    db.session.flush()
    users = {
        username: User(
            username=username,
            name=name,
            role=role,
            team_id=teams[team].id if team else None,
            enterprise_id=sites[site].id if site else None,
            password_hash=password_hash,
            created_at=NOW,
            lang="zh",
        )
        for username, (name, role, team, site) in PEOPLE.items()
    }
    db.session.add_all(users.values())
    db.session.flush()
    for code, place in PLACES.items():
        site, person = sites[code], users[place.supervisor]
        site.supervisor_id = person.id
        db.session.add(Assignment(site=site, supervisor=person, from_on=LONG_AGO, assigned_at=NOW))
        db.session.add(
            Contact(site=site, duty=ContactDuty.PRINCIPAL, name="周厂长", title="总经理", phone="13800000000")
        )
    db.session.add(
        Engagement(
            expert_id=users["expert"].id,
            site_id=sites["huaxin"].id,
            from_on=LONG_AGO,
            until_on=date(2030, 1, 1),
            body="某安全技术中心",
        )
    )
    sender = ExpertOrganisation(
        kind=OrganisationKind.THIRD_PARTY,
        name="某安全技术中心",
        contract_number="HT-01",
        contract_from=LONG_AGO,
        contract_until=date(2030, 1, 1),
    )
    db.session.add(
        ExpertCredential(
            user_id=users["expert"].id,
            organisation=sender,
            certificate_kind="注册安全工程师",
            certificate_number="DEMO000001",
            certificate_until=date(2030, 1, 1),
        )
    )
    db.session.commit()
