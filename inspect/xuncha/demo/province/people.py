"""The people of the province: the office, teams of supervisors with their leads, experts, accounts of enterprises."""

from __future__ import annotations

from typing import Any

from ...accounts.models import Team as TeamRow
from ...accounts.models import User
from ...accounts.passwords import hash_password
from ...core.access import Role
from ..people_and_sites import PASSWORD, certificate, phone
from .calendar import Moment
from .context import Person, Place, Province, Team

SITES_EACH = 40
TEAM_OF = 10
KEY_SITES_OF_AN_EXPERT = 150
LEAST_EXPERTS = 4
WITH_PRINCIPAL = 6


class People:
    """Makes people; every one with the same password, hashed once: nobody waits for ten thousand hashes."""

    def __init__(self, province: Province, now: Moment) -> None:
        self.province, self.now = province, now
        self._hash = hash_password(PASSWORD)
        self._ids = province.bulk.ids(User)
        self._team_ids = province.bulk.ids(TeamRow)
        self._teams = province.bulk.table(TeamRow, "id name_zh name_en")
        self._users = province.bulk.table(
            User,
            "id username name phone role certificate title team_id enterprise_id password_hash"
            " must_change_password active session_version created_at",
        )

    def add(
        self,
        username: str,
        name: str,
        role: Role,
        team: int | None = None,
        site: int | None = None,
        **more: str,
    ) -> Person:
        """Somebody who signs in."""
        province = self.province
        person = Person(next(self._ids), name, phone=phone(province.dice), **more)
        self._users.append(
            (
                person.id, username, name, person.phone, role.value, person.certificate, person.title, team, site,
                self._hash, False, True, 1, province.calendar.moment(self.now),
            )
        )  # fmt: skip
        by = province.admin if province.admin.id else None
        after = {"username": username, "role": role.value}
        province.record(self.now, by, "add", "users", person.id, after=after)
        return person

    def settle(self, sites: int, key: int) -> None:
        """The office, the teams for so many sites, the experts for so many key enterprises."""
        province, said = self.province, self.province.names["people"]
        province.admin = self.add("admin", said["admin"], Role.OFFICE_ADMIN)
        province.leader = self.add("leader", said["leader"], Role.LEADER)
        self.add("auditor", said["auditor"], Role.AUDITOR)
        count = max(2, round(sites / SITES_EACH))
        known = list(province.names["supervisors"].items())
        teams = max(1, round(count / TEAM_OF))
        for number in range(teams):
            first, last = number * count // teams, (number + 1) * count // teams
            self._team(number, [self._named(one, known, "jg") for one in range(first, last)])
        experts = [
            (username, row["name"], row["title"]) for username, row in province.names["experts"].items()
        ]
        for number in range(max(LEAST_EXPERTS, key // KEY_SITES_OF_AN_EXPERT)):
            _, name, title = experts[number % len(experts)]
            named = name if number < len(experts) else person_name(province)
            province.experts.append(self.add(f"zhuanjia{number + 1}", named, Role.EXPERT, title=title))

    def _named(self, number: int, known: list[tuple[str, str]], prefix: str) -> tuple[str, str]:
        if number < len(known):
            return known[number]
        return f"{prefix}{number + 1:03d}", person_name(self.province)

    def _team(self, number: int, members: list[tuple[str, str]]) -> None:
        province, own = self.province, self.province.own["teams"]
        area: dict[str, Any] = own["areas"][number % len(own["areas"])]
        row = next(self._team_ids)
        self._teams.append(
            (row, *(own[lang].format(number=number + 1, area=area[lang]) for lang in ("zh", "en")))
        )
        name = province.names["people"].get(f"lead{number + 1}") or person_name(province)
        dice = province.dice
        lead = self.add(f"lead{number + 1}", name, Role.TEAM_LEAD, row, certificate=certificate(dice))
        supervisors = [
            self.add(username, name, Role.SUPERVISOR, row, certificate=certificate(dice))
            for username, name in members
        ]
        province.teams.append(Team(row, area["zh"], lead, supervisors))

    def accounts_of_enterprises(self) -> None:
        """Every second key enterprise works with the product; the others are told on paper."""
        for number, place in enumerate(self.province.key[::2], 1):
            place.officer = self._account("qy", number, place, Role.ENT_OFFICER, place.people[-1])
            if number <= WITH_PRINCIPAL:
                place.principal = self._account("fzr", number, place, Role.ENT_PRINCIPAL, place.people[0])

    def _account(self, prefix: str, number: int, place: Place, role: Role, name: str) -> Person:
        return self.add(f"{prefix}{number:02d}", name, role, site=place.id)


def person_name(province: Province) -> str:
    """A surname and a given name of the lists."""
    of = province.names["of_enterprises"]
    return str(province.one(of["surnames"]) + province.one(of["given"]))
