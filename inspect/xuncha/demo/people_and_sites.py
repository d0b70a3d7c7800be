"""The people and places of the demo zone: teams, accounts, enterprises, idle sites, who holds which."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import pi, sin
from pathlib import Path
from typing import Any

from stdnum.cn import uscc as uscc_number

from ..accounts.actions import add_user
from ..accounts.models import Team, User
from ..core.access import Role
from ..core.clock import at
from ..core.db import db
from ..enterprises.actions import add_site, assign
from ..enterprises.models import ContactDuty, Risk, Sector, Site, SiteKind, WorkingState
from ..enterprises.validation import ContactFacts
from ..stats.zone_map.queries import keep_outline

FOLDER = Path(__file__).parent
TEAM_SIZE = 4
WITH_PRINCIPAL = 6


def read(name: str) -> dict[str, Any]:
    """One of the data files beside this module."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


PASSWORD = read("names")["everybody"]["password"]


@dataclass
class Place:
    """A site of the demo zone with what only the demo needs to know of it."""

    site: Site
    people: list[str]
    parts: list[str]
    officer: User | None = None
    principal: User | None = None


@dataclass
class Zone:
    """Everybody and everything, by name."""

    names: dict[str, Any]
    people: dict[str, User] = field(default_factory=dict)
    experts: list[User] = field(default_factory=list)
    supervisors: list[User] = field(default_factory=list)
    key: list[Place] = field(default_factory=list)
    ordinary: list[Place] = field(default_factory=list)
    idle: list[Place] = field(default_factory=list)

    @property
    def admin(self) -> User:
        """The office administrator."""
        return self.people["admin"]

    @property
    def leader(self) -> User:
        """The leader in charge."""
        return self.people["leader"]

    def lead_of(self, supervisor: User) -> User:
        """Who leads a supervisor's team."""
        return next(
            user
            for user in self.people.values()
            if user.role is Role.TEAM_LEAD and user.team_id == supervisor.team_id
        )


def found_zone(year: int, dice: random.Random) -> Zone:
    """Make the zone as it stood three weeks before the year began."""
    start = date(year - 1, 12, 8)
    now = at(start, 9)
    zone = Zone(read("names"))
    teams = _teams(zone)
    _staff(zone, teams, dice, now)
    _enterprises(zone, dice, start, now)
    _idle_sites(zone, dice, start, now)
    _accounts_of_enterprises(zone, now)
    keep_outline(outline(), "outline.geojson", actor=zone.admin, now=now)
    return zone


def _teams(zone: Zone) -> list[Team]:
    """Teams have no action: the office has none to add or change, so their rows are written here."""
    teams = [Team(name_zh=row["zh"], name_en=row["en"]) for row in zone.names["teams"]]
    db.session.add_all(teams)
    db.session.flush()
    return teams


def _staff(zone: Zone, teams: list[Team], dice: random.Random, now: datetime) -> None:
    names = zone.names

    def add(username: str, name: str, role: Role, team: Team | None = None, **more: Any) -> User:
        user = add_user(
            username,
            PASSWORD,
            actor=zone.people.get("admin"),
            now=now,
            must_change=False,
            name=name,
            role=role,
            team_id=team.id if team else None,
            phone=phone(dice),
            **more,
        )
        zone.people[username] = user
        return user

    add("admin", names["people"]["admin"], Role.OFFICE_ADMIN)
    add("leader", names["people"]["leader"], Role.LEADER)
    add("auditor", names["people"]["auditor"], Role.AUDITOR)
    for row, team in zip(names["teams"], teams, strict=True):
        add(row["lead"], names["people"][row["lead"]], Role.TEAM_LEAD, team, certificate=certificate(dice))
    for number, (username, name) in enumerate(names["supervisors"].items()):
        team = teams[number // TEAM_SIZE]
        user = add(username, name, Role.SUPERVISOR, team, certificate=certificate(dice))
        zone.supervisors.append(user)
    for username, row in names["experts"].items():
        zone.experts.append(add(username, row["name"], Role.EXPERT, title=row["title"]))


def phone(dice: random.Random) -> str:
    """Mobile numbers begin with 13 to 19: no telephone answers to these."""
    return f"100{dice.randrange(10**8):08d}"


def certificate(dice: random.Random) -> str:
    return f"DEMO{dice.randrange(10**6):06d}"


def uscc(dice: random.Random) -> str:
    """A code with a right check digit and a county number that no county has."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "91990099MA" + "".join(dice.choice(alphabet) for _ in range(7))
    return body + uscc_number.calc_check_digit(body)


def _person(zone: Zone, dice: random.Random) -> str:
    of = zone.names["of_enterprises"]
    return dice.choice(of["surnames"]) + dice.choice(of["given"])


def _enterprises(zone: Zone, dice: random.Random, start: date, now: datetime) -> None:
    rows = [
        (sector, name, sector["trades"][number % len(sector["trades"])], number)
        for sector in zone.names["sectors"]
        for number, name in enumerate(sector["names"])
    ]
    for index, (sector, name, trade, number) in enumerate(rows):
        supervisor = zone.supervisors[index * len(zone.supervisors) // len(rows)]
        facts = {
            "sector": Sector(sector["sector"]),
            "risk": Risk(sector["risks"][number % len(sector["risks"])]),
            "key": True,
            "key_since": date(start.year - 1, 1, 1),
            "crowded": sector["sector"] == "crowded" or dice.random() < 0.06,
            "no_phone": sector["sector"] == "hazchem" and number % 3 == 0,
            "staff": round(dice.lognormvariate(4.6, 0.7)),
        }
        place = _enterprise(zone, dice, name, trade, supervisor, start, now, facts)
        place.parts = sector["places"]
        zone.key.append(place)
    ordinary, parts = zone.names["ordinary"], zone.names["sectors"][-1]["places"]
    for number, name in enumerate(ordinary["names"]):
        trade = ordinary["trades"][number % len(ordinary["trades"])]
        supervisor = zone.supervisors[number * 2]
        facts = {"sector": Sector.OTHER, "risk": Risk.BLUE, "staff": dice.randrange(8, 60)}
        if number == 0:
            facts["working_state"] = WorkingState.STOPPED
        place = _enterprise(zone, dice, name, trade, supervisor, start, now, facts)
        place.parts = parts
        zone.ordinary.append(place)


def _enterprise(
    zone: Zone,
    dice: random.Random,
    name: str,
    trade: str,
    supervisor: User,
    start: date,
    now: datetime,
    facts: dict[str, Any],
) -> Place:
    of = zone.names["of_enterprises"]
    people = [_person(zone, dice), _person(zone, dice)]
    contacts = [
        ContactFacts(ContactDuty.PRINCIPAL, people[0], dice.choice(of["principal_titles"]), phone(dice)),
        ContactFacts(ContactDuty.SAFETY_OFFICER, people[1], dice.choice(of["officer_titles"]), phone(dice)),
    ]
    site = add_site(
        SiteKind.ENTERPRISE,
        actor=zone.admin,
        now=now,
        contacts=contacts,
        name=of["full_name"].format(name=name, trade=trade),
        uscc=uscc(dice),
        **facts,
        **_where(zone, supervisor, dice),
    )
    assign(site, supervisor, start, actor=zone.admin, now=now)
    return Place(site, people, [])


def _where(zone: Zone, supervisor: User, dice: random.Random) -> dict[str, Any]:
    names = zone.names
    team = next(
        number
        for number, user in enumerate(zone.people[row["lead"]] for row in names["teams"])
        if user.team_id == supervisor.team_id
    )
    road, number = dice.choice(names["zone"]["roads"]), dice.randrange(1, 260)
    return {
        "area": names["teams"][team]["area"],
        "address": names["of_enterprises"]["address"].format(road=road, number=number),
        **place_in(team, dice.random(), dice.random()),
    }


# Land made up in the sea: no enterprise stands there. Its three areas lie side by side along a bend of a shore.
WEST, SOUTH, WIDE, HIGH = 123.56, 30.05, 0.135, 0.052


def _bend(part: float) -> float:
    return 0.014 * sin(part * pi)


def place_in(area: int, along: float, up: float) -> dict[str, float]:
    """A place in one of the three areas, by shares of its width and height."""
    part = (area + 0.04 + 0.92 * along) / 3
    return {
        "latitude": round(SOUTH + _bend(part) + HIGH * (0.06 + 0.88 * up), 6),
        "longitude": round(WEST + WIDE * part, 6),
    }


def outline() -> list[list[list[float]]]:
    """The outline of the zone: the shore in the south, a road in the north."""
    parts = [step / 24 for step in range(25)]
    shore = [[round(WEST + WIDE * part, 6), round(SOUTH + _bend(part), 6)] for part in parts]
    road = [[round(longitude, 6), round(latitude + HIGH, 6)] for longitude, latitude in reversed(shore)]
    return [[*shore, *road, shore[0]]]


def _idle_sites(zone: Zone, dice: random.Random, start: date, now: datetime) -> None:
    idle = zone.names["idle"]
    for number, name in enumerate(idle["names"]):
        supervisor = zone.supervisors[number % len(zone.supervisors)]
        keeper = _person(zone, dice)
        site = add_site(
            SiteKind.IDLE,
            actor=zone.admin,
            now=now,
            contacts=[ContactFacts(ContactDuty.KEEPER, keeper, idle["keeper"], phone(dice))],
            name=name,
            working_state=WorkingState.STOPPED,
            **_where(zone, supervisor, dice),
        )
        assign(site, supervisor, start, actor=zone.admin, now=now)
        zone.idle.append(Place(site, [keeper], idle["places"]))


def _accounts_of_enterprises(zone: Zone, now: datetime) -> None:
    """Every second key enterprise works with the product; the others are told on paper."""
    for number, place in enumerate(zone.key[::2], 1):
        roles = [("qy", Role.ENT_OFFICER, place.people[1])]
        if number <= WITH_PRINCIPAL:
            roles.append(("fzr", Role.ENT_PRINCIPAL, place.people[0]))
        for prefix, role, name in roles:
            user = add_user(
                f"{prefix}{number:02d}",
                PASSWORD,
                actor=zone.admin,
                now=now,
                must_change=False,
                name=name,
                role=role,
                enterprise_id=place.site.id,
            )
            if role is Role.ENT_OFFICER:
                place.officer = user
            else:
                place.principal = user


def engaged_until(today: date) -> date:
    """The last day of the experts' engagements: access asks whether today lies in them."""
    return date(today.year, 12, 31) + timedelta(days=31)
