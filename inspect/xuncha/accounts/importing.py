"""The import of people: what each row would do, then all rows or none, each new account with a first password."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from ..core import history
from ..core.access import ENTERPRISE, Permission, Role, demand
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import alike, visible_text
from ..lists.columns import Column, Columns, choice, read_row, words_of
from ..lists.plan import Outcome, Plan, Verdict, demand_most, demand_ready
from . import actions, passwords, queries
from .models import Team, User

HEADS = Path(__file__).parent / "data" / "heads.toml"
MOST = 500  # hashing a password is slow on purpose
LENGTHS = {"name": 60, "title": 60, "certificate": 60, "phone": 40, "team": 60}
USERS = Columns(
    "users",
    (
        Column("name", N_("Name"), required=True),
        Column("username", N_("Sign-in name")),
        choice("role", N_("Role"), Role, wanted=True, more=words_of(HEADS, "role")),
        Column("phone", N_("Phone"), width=16),
        Column("team", N_("Team")),
        Column("title", N_("Title")),
        Column("certificate", N_("Certificate number"), width=18),
        Column("enterprise", N_("Enterprise"), width=32),
    ),
    HEADS,
)


@dataclass(frozen=True)
class Secret:
    """A first password and its stored form, made before the rows are written."""

    password: str
    stored: str


def template() -> bytes:
    """An empty workbook with the heads, the choices and how to fill it."""
    notes = [
        gettext("One row is one person. Name and role are required."),
        gettext("Without a sign-in name the person signs in with the phone number."),
        gettext(
            "A team that is not there yet is added. An enterprise is written as on the list of enterprises."
        ),
        gettext("Accounts that are there already are not changed."),
        gettext(
            "Nothing is written before you have seen what each row would do. One wrong row stops the whole file."
        ),
    ]
    return USERS.template(gettext("Users"), notes)


class _People:
    """Who and what is there now."""

    def __init__(self) -> None:
        people = list(db.session.scalars(sa.select(User)))
        self.by_username = {person.username: person for person in people}
        self.by_name_and_phone = {(alike(one.name), _digits(one.phone)): one for one in people if one.phone}
        self.teams = {
            alike(name): team for team in queries.teams() for name in (team.name_en, team.name_zh) if name
        }
        self.enterprises: dict[str, list[int]] = {}
        for number, name in queries.enterprise_choices():
            self.enterprises.setdefault(alike(name), []).append(number)


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)


def plan(data: bytes) -> Plan:
    """What a list of people would do. Raises Refused (field "file") when it cannot be taken as a whole."""
    opened = USERS.open(data)
    demand_most(opened.rows, MOST)
    people, verdicts = _People(), []
    for number, cells in opened.rows:
        facts, problems = read_row(cells, opened.columns, opened.epoch)
        verdict = Verdict(number, Outcome.ERROR, {**opened.otherwise, **facts}, problems)
        verdicts.append(_judge(verdict, people))
    _mark_doubles(verdicts)
    return Plan(verdicts, opened.strange)


def _judge(verdict: Verdict, people: _People) -> Verdict:
    facts = verdict.facts
    for name, most in LENGTHS.items():
        facts[name] = visible_text(str(facts.get(name, "")))
        if len(facts[name]) > most:
            message = N_("At most %(most)s characters; these are %(count)s.")
            verdict.problems.append(Refused(message, field=name, most=most, count=len(facts[name])))
    given = visible_text(facts.get("username", "")).lower()
    facts["username"] = given or _digits(facts["phone"])
    there = people.by_username.get(facts["username"])
    if there is None and not given:
        there = people.by_name_and_phone.get((alike(facts["name"]), _digits(facts["phone"])))
    if there is not None and alike(there.name) == alike(facts["name"]) and not verdict.problems:
        verdict.outcome = Outcome.SAME
        remark = N_("%(name)s has an account already; it is not changed.")
        verdict.remarks.append(Refused(remark, name=there.name))
        return verdict
    verdict.problems += _problems(facts, there)
    verdict.problems += _find_enterprise(facts, people)
    _find_team(verdict, people)
    verdict.outcome = Outcome.ERROR if verdict.problems else Outcome.NEW
    return verdict


def _problems(facts: Mapping[str, Any], there: User | None) -> list[Refused]:
    found = []
    if not facts["name"]:
        found.append(Refused(N_("Enter the person's name."), field="name"))
    if not facts["username"]:
        found.append(
            Refused(N_("Write a sign-in name, or a phone number to sign in with."), field="username")
        )
    elif not actions.USERNAME.fullmatch(facts["username"]):
        found.append(Refused(actions.BAD_USERNAME, field="username"))
    elif there is not None:
        message = N_("This sign-in name belongs to %(name)s.")
        found.append(Refused(message, field="username", name=there.name))
    if not facts.get("role"):
        found.append(Refused(N_("Say which role the person has."), field="role"))
    return found


def _find_enterprise(facts: dict[str, Any], people: _People) -> list[Refused]:
    """The number of the enterprise of an enterprise's account; other people's are not read."""
    facts["enterprise_id"] = None
    if facts.get("role") not in ENTERPRISE:
        return []
    name = visible_text(facts.get("enterprise", ""))
    numbers = people.enterprises.get(alike(name), [])
    if len(numbers) == 1:
        facts["enterprise_id"] = numbers[0]
        return []
    if not name:
        message = N_("An enterprise account needs its enterprise.")
    elif numbers:
        message = N_("Two enterprises are called %(name)s. Add this account by hand.")
    else:
        message = N_("There is no enterprise %(name)s on the list. Import the enterprises first.")
    return [Refused(message, field="enterprise", name=name[:60])]


def _find_team(verdict: Verdict, people: _People) -> None:
    name = verdict.facts["team"]
    if name and alike(name) not in people.teams:
        verdict.remarks.append(Refused(N_("The team %(name)s will be added."), name=name))


def _mark_doubles(verdicts: list[Verdict]) -> None:
    first: dict[str, int] = {}
    for verdict in verdicts:
        username = verdict.facts["username"]
        if username and username in first:
            verdict.outcome = Outcome.ERROR
            message = N_("Row %(row)s has the same sign-in name.")
            verdict.problems.append(Refused(message, field="username", row=first[username]))
        first.setdefault(username, verdict.row)


def first_passwords(made: Plan) -> dict[int, Secret]:
    """A first password for each new row; slow, so that it is called outside a transaction."""
    secrets = {}
    for verdict in made.new:
        password = passwords.random_password()
        secrets[verdict.row] = Secret(password, passwords.hash_password(password))
    return secrets


def take_in(
    data: bytes, secrets: Mapping[int, Secret], *, actor: User, now: datetime
) -> list[tuple[User, str]]:
    """Write every row of a list, or none: it is judged again. Each new person with the first password."""
    demand(actor, Permission.MANAGE_USERS)
    made = plan(data)
    demand_ready(made)
    if any(verdict.row not in secrets for verdict in made.new):
        raise Refused(N_("Nothing was written: look at the rows that are marked."), field="file")
    teams = _People().teams
    added = []
    for verdict in made.new:
        facts, secret = verdict.facts, secrets[verdict.row]
        fields = {name: facts[name] for name in ("name", "phone", "title", "certificate", "role")}
        user = actions.add_user(
            facts["username"],
            secret.password,
            stored=secret.stored,
            actor=actor,
            now=now,
            enterprise_id=facts["enterprise_id"],
            team_id=_team(facts["team"], teams),
            **fields,
        )
        added.append((user, secret.password))
    history.record(actor, "import_users", actor=actor, now=now, after={"new": len(added)})
    return added


def _team(name: str, teams: dict[str, Team]) -> int | None:
    if not name:
        return None
    if alike(name) not in teams:
        teams[alike(name)] = Team(name_zh=name)
        db.session.add(teams[alike(name)])
        db.session.flush()
    return teams[alike(name)].id
