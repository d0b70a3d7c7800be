"""The enterprises and idle sites of the province, who holds which from when, and what changed of them in those years."""

from __future__ import annotations

from typing import Any

from ...enterprises.models import Assignment, Contact, ContactDuty, Risk, Sector, Site, SiteKind, WorkingState
from ..people_and_sites import phone, uscc
from .calendar import NEVER, Day, Moment, at, date_of, number_of
from .context import Person, Place, Province, Team
from .people import person_name

KEY_SHARE = 0.8
IDLE_SHARE = 0.08  # idle sites beside a hundred enterprises
BECAME_KEY, CLOSED_DOWN, STOPPED_A_WHILE = 0.06, 0.03, 0.02
HANDED_OVER_A_YEAR = 0.06
CROWDED_ELSEWHERE = 0.06

SITE = (
    "id kind name uscc sector risk key crowded no_phone working_state area address latitude longitude staff"
    " entry_notes note supervisor_id key_since created_at version"
)
ASSIGNMENT = "id site_id supervisor_id from_on until_on assigned_by_id assigned_at note"
CONTACT = "id site_id duty name title phone position"


class Places:
    """Makes sites with their contacts, assignments and changes; each row is written once, as it stands today."""

    def __init__(self, province: Province, start: Day) -> None:
        self.province, self.start, self.now = province, start, at(start, 9)
        bulk = province.bulk
        self._ids, self._contact_ids, self._assignment_ids = (
            bulk.ids(kind) for kind in (Site, Contact, Assignment)
        )
        self._sites = bulk.table(Site, SITE)
        self._contacts = bulk.table(Contact, CONTACT)
        self._assignments = bulk.table(Assignment, ASSIGNMENT)
        self._taken: set[str] = set()
        self._months = _months(number_of(province.first), number_of(province.today))
        self._given = [name for sector in province.names["sectors"] for name in sector["names"]]

    def settle(self) -> None:
        """All of them: the sites of one supervisor stand one behind the other."""
        province = self.province
        count = province.enterprises
        idle = round(count * IDLE_SHARE)
        pairs = [(team, person) for team in province.teams for person in team.supervisors]
        sectors = [sector for sector in province.names["sectors"] for _ in sector["names"]]
        for number in range(count):
            team, holder = pairs[number * len(pairs) // count]
            key = int(number * KEY_SHARE) != int((number + 1) * KEY_SHARE)
            sector = province.one(sectors) if key else province.names["sectors"][-1]
            (province.key if key else province.ordinary).append(self._enterprise(team, holder, sector, key))
        for number in range(idle):
            team, holder = pairs[number * len(pairs) // idle]
            province.idle.append(self._idle(team, holder, number))

    def _enterprise(self, team: Team, holder: Person, sector: dict[str, Any], key: bool) -> Place:
        province, dice = self.province, self.province.dice
        of = province.names["of_enterprises"]
        kind = Sector(sector["sector"]) if key else Sector.OTHER
        facts: dict[str, Any] = {
            "name": self._name(sector["trades"]),
            "uscc": uscc(dice),
            "sector": kind.value,
            "risk": province.one(sector["risks"]) if key else Risk.BLUE.value,
            "crowded": kind is Sector.CROWDED or (key and province.chance(CROWDED_ELSEWHERE)),
            "no_phone": kind is Sector.HAZCHEM and province.chance(0.33),
            "staff": round(dice.lognormvariate(4.6, 0.7)) if key else 8 + province.below(52),
            "working_state": WorkingState.PRODUCING.value,
        }
        contacts = [
            (ContactDuty.PRINCIPAL, person_name(province), province.one(of["principal_titles"])),
            (ContactDuty.SAFETY_OFFICER, person_name(province), province.one(of["officer_titles"])),
        ]
        place = self._place(SiteKind.ENTERPRISE, team, holder, facts, contacts, sector["places"])
        changes = self._changes_of(place, facts) if key else 0
        self._write(place, facts, changes)
        return place

    def _idle(self, team: Team, holder: Person, number: int) -> Place:
        province = self.province
        idle = province.names["idle"]
        road = province.one(province.names["zone"]["roads"])
        name = province.own["names"]["idle"].format(name=road, number=number + 1)
        facts = {"name": name, "uscc": None, "sector": Sector.OTHER.value, "risk": Risk.BLUE.value}
        facts |= {"crowded": False, "no_phone": False, "staff": None}
        facts["working_state"] = WorkingState.STOPPED.value
        contacts = [(ContactDuty.KEEPER, person_name(province), idle["keeper"])]
        place = self._place(SiteKind.IDLE, team, holder, facts, contacts, idle["places"])
        self._write(place, facts, 0)
        return place

    def _name(self, trades: list[str]) -> str:
        """Two characters of the demo zone's names in a new pair, and what the enterprise makes."""
        province = self.province
        while True:
            name = province.one(self._given)[0] + province.one(self._given)[1]
            full = str(
                province.names["of_enterprises"]["full_name"].format(name=name, trade=province.one(trades))
            )
            if full not in self._taken:
                self._taken.add(full)
                return full

    def _place(
        self,
        kind: SiteKind,
        team: Team,
        holder: Person,
        facts: dict[str, Any],
        contacts: list[tuple[ContactDuty, str, str]],
        parts: list[str],
    ) -> Place:
        province, number = self.province, next(self._ids)
        roads, of = province.names["zone"]["roads"], province.names["of_enterprises"]
        facts["area"] = team.area
        facts["address"] = of["address"].format(road=province.one(roads), number=1 + province.below(260))
        phones = [phone(province.dice) for _ in contacts]
        for position, (duty, name, title) in enumerate(contacts):
            row = (next(self._contact_ids), number, duty.value, name, title, phones[position], position)
            self._contacts.append(row)
        printed = {name: facts[name] or "" for name in ("name", "uscc", "sector", "risk", "address", "area")}
        printed |= {"kind": kind.value, "principal": contacts[0][1], "principal_title": contacts[0][2]}
        printed["principal_phone"] = phones[0]
        people = [name for _, name, _ in contacts]
        held = [(self.start, holder)]
        return Place(
            number, kind.value, facts["sector"], facts["crowded"], printed, people, parts, team, held,
            phase=province.dice.random(),
        )  # fmt: skip

    def _changes_of(self, place: Place, facts: dict[str, Any]) -> int:
        """A key enterprise may have become one on a later day, have stopped for a while or have closed down; how many
        changes that was."""
        province, roll = self.province, self.province.dice.random()
        place.key_from = number_of(province.first) - 365
        month = province.one(self._months)
        if roll < BECAME_KEY:
            place.key_from = month
            day = date_of(month).isoformat()
            self._change(
                at(month - 10, 10), place, {"key": False, "key_since": None}, {"key": True, "key_since": day}
            )
            return 1
        if roll < BECAME_KEY + CLOSED_DOWN:
            place.closed_on = month
            facts["working_state"] = WorkingState.CLOSED.value
            self._state(at(month, 9), place, WorkingState.PRODUCING, WorkingState.CLOSED)
            return 1
        if roll < BECAME_KEY + CLOSED_DOWN + STOPPED_A_WHILE:
            again = at(month + 20 + province.below(60), 15)
            self._state(at(month, 9), place, WorkingState.PRODUCING, WorkingState.STOPPED)
            self._state(again, place, WorkingState.STOPPED, WorkingState.PRODUCING)
            if again >= province.until:
                facts["working_state"] = WorkingState.STOPPED.value
                return 1
            return 2
        return 0

    def _state(self, moment: Moment, place: Place, before: WorkingState, after: WorkingState) -> None:
        self._change(moment, place, {"working_state": before.value}, {"working_state": after.value})

    def _change(self, moment: Moment, place: Place, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.province.record(
            moment, self.province.admin, "change", "sites", place.id, before=before, after=after
        )

    def _write(self, place: Place, facts: dict[str, Any], changes: int) -> None:
        province, text = self.province, self.province.calendar
        self._hand_over(place)
        self._assign(place)
        where = (
            round(30.05 + province.dice.random() * 0.06, 6),
            round(123.6 + province.dice.random() * 0.05, 6),
        )
        key = place.key_from < NEVER
        since = text.day(place.key_from) if key else None
        self._sites.append(
            (
                place.id, place.kind, facts["name"], facts["uscc"], facts["sector"], facts["risk"], key,
                facts["crowded"], facts["no_phone"], facts["working_state"], facts["area"], facts["address"], *where,
                facts["staff"], "", "", place.held[-1][1].id, since, text.moment(self.now), 1 + len(place.held) + changes,
            )
        )  # fmt: skip
        later = place.key_from > self.start
        first = {
            "key": key and not later,
            "key_since": None if later else since,
            "working_state": "producing",
        }
        told = facts | (first if place.kind == SiteKind.ENTERPRISE.value else {})
        told = {name: value for name, value in told.items() if value not in (None, "", False)}
        province.record(self.now, province.admin, "add", "sites", place.id, after=told)

    def _hand_over(self, place: Place) -> None:
        """Duty moves to a colleague on the first of some month, so that no half-month has two holders."""
        province = self.province
        for month in self._months[1:]:
            if province.chance(HANDED_OVER_A_YEAR / 12):
                giver = place.held[-1][1]
                others = [person for person in place.team.supervisors if person is not giver]
                place.held.append((month, province.one(others)))

    def _assign(self, place: Place) -> None:
        province, text = self.province, self.province.calendar
        ends = [since for since, _ in place.held[1:]]
        for number, (since, person) in enumerate(place.held):
            written = self.now if number == 0 else at(since - 12, 11)
            until = text.day(ends[number]) if number < len(ends) else None
            note = province.remark("handover") if number else ""
            self._assignments.append(
                (
                    next(self._assignment_ids), place.id, person.id, text.day(since), until, province.admin.id,
                    text.moment(written), note,
                )
            )  # fmt: skip
            before = {"supervisor": place.held[number - 1][1].name} if number else None
            after = {"supervisor": person.name, "from_on": text.day(since)}
            province.record(written, province.admin, "assign", "sites", place.id, note, before, after)
            if number:
                began = {"supervisor": person.name}
                province.record(at(since, 0, 30), None, "assignment_began", "sites", place.id, after=began)


def _months(first: Day, last: Day) -> list[Day]:
    """The first days of the months that begin in the time of the data, up to its last day."""
    return [day for day in range(first, last) if date_of(day).day == 1]
