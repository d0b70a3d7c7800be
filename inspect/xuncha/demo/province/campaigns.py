"""Campaigns of every year with their patrols, and the experts' visits with their engagements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ...campaigns.models import Campaign, CampaignKind
from ...checks.models import VisitKind
from ...enterprises.models import Engagement, Sector
from ..people_and_sites import engaged_until
from ..plan import EXPERT_OF
from .calendar import Day, at, number_of
from .context import Place, Province
from .plan import Plan

# The counts of visits in texts.toml are those of the demo zone's 66 enterprises and 14 idle sites.
OF_ENTERPRISES, OF_IDLE_SITES = 66, 14
SEEN_BY_EXPERTS = 0.77
EXPERT_MONTHS = ((3, 16), (6, 15))
LAST_DAYS = 2  # experts do not come then: their notices are issued on the next working day of the half-month

CAMPAIGN = "id name name_en kind starts_on ends_on basis goal created_at created_by_id version"
ENGAGEMENT = "id expert_id site_id from_on until_on body"


@dataclass(slots=True)
class Drive:
    """A campaign of one year."""

    id: int
    key: str
    visit: VisitKind
    start: Day
    end: Day
    halves: tuple[int, int]


class Campaigns:
    """Sets up the campaigns and plans their visits."""

    def __init__(self, province: Province, plan: Plan) -> None:
        self.province, self.plan = province, plan
        self._ids, self._engagement_ids = province.bulk.ids(Campaign), province.bulk.ids(Engagement)
        self._rows = province.bulk.table(Campaign, CAMPAIGN)
        self._engagements = province.bulk.table(Engagement, ENGAGEMENT)
        self.drives: list[Drive] = []
        self._experts: dict[int, list[tuple[Place, Any, int]]] = {}

    def settle(self) -> None:
        """The campaigns of every year that have been set up by now."""
        for year in range(self.province.first.year, self.province.today.year + 1):
            for row in self.province.texts["campaigns"]:
                start, end = (date.fromisoformat(f"{year}-{row[name]}") for name in ("from", "to"))
                number = self._create(row, CampaignKind(row["kind"]), start, end)
                if number:
                    visit, halves = VisitKind(row["visit"]), (row["visits"][0], row["visits"][1])
                    self.drives.append(
                        Drive(number, row["key"], visit, number_of(start), number_of(end), halves)
                    )
            self._send_experts(year)

    def _create(self, row: dict[str, Any], kind: CampaignKind, start: date, end: date) -> int | None:
        province, text = self.province, self.province.calendar
        moment = at(number_of(start) - 8, 9)
        if moment >= province.until:
            return None
        number = next(self._ids)
        name = province.texts["remarks"]["campaign_name"].format(year=start.year, name=row["zh"])
        values = {"name": name, "name_en": f"{row['en']} {start.year}", "kind": kind.value}
        values |= {"starts_on": start.isoformat(), "ends_on": end.isoformat()}
        values |= {"basis": row["basis"], "goal": row["goal"]}
        self._rows.append((number, *values.values(), text.moment(moment), province.admin.id, 1))
        province.record(moment, province.admin, "create", "campaigns", number, after=values)
        return number

    def _send_experts(self, year: int) -> None:
        province = self.province
        this_year = year == province.today.year
        last = engaged_until(province.today) if this_year else date(year, 6, 30)
        number = self._create(province.texts["expert_campaign"], CampaignKind.EXPERT, date(year, 3, 2), last)
        start = date(year, *EXPERT_MONTHS[0])
        if number is None or at(number_of(start), 9) >= province.until:
            return
        windows = [self.plan.window_at(number_of(date(year, *day))) for day in EXPERT_MONTHS]
        sent: dict[int, list[str]] = {}
        for place in province.key:
            if place.key_from <= number_of(start) < place.closed_on and province.chance(SEEN_BY_EXPERTS):
                kind = EXPERT_OF.get(Sector(place.sector), 1)
                of_kind = province.experts[kind::4]
                expert = of_kind[place.id % len(of_kind)]
                sent.setdefault(expert.id, []).append(place.facts["name"])
                index = windows[0] + province.below(windows[-1] - windows[0] + 1)
                self._experts.setdefault(index, []).append((place, expert, number))
                self._engage(place, expert, start, last)
        for expert in province.experts:
            if expert.id in sent:
                after = {
                    "expert": expert.name,
                    "from_on": str(start),
                    "until_on": str(last),
                    "sites": sent[expert.id],
                }
                moment = at(number_of(date(year, 3, 5)), 9)
                province.record(moment, province.admin, "engage", "campaigns", number, after=after)

    def _engage(self, place: Place, expert: Any, start: date, last: date) -> None:
        province, body = self.province, self.province.names["organisations"][0]["name"]
        days = (start.isoformat(), last.isoformat())
        self._engagements.append((next(self._engagement_ids), expert.id, place.id, *days, body))
        after = {"expert": expert.name, "from_on": days[0], "until_on": days[1], "body": body}
        moment = at(number_of(date(start.year, 3, 5)), 9)
        province.record(moment, province.admin, "engage", "sites", place.id, after=after)

    def plan_visits(self, index: int) -> None:
        """The patrols and experts' visits of a half-month."""
        window = self.plan.windows[index]
        for drive in self.drives:
            first, last = max(drive.start, window.start), min(drive.end, window.end)
            if first <= last:
                self._patrol(drive, first, last)
        days = window.works[:-LAST_DAYS] or window.works
        for place, expert, campaign in self._experts.pop(index, ()) if days else ():
            visit = self.plan.add(place, VisitKind.EXPERT, self.province.one(days))
            if visit is not None:
                visit.inspector, visit.campaign = expert, campaign

    def _patrol(self, drive: Drive, first: Day, last: Day) -> None:
        province = self.province
        pool = province.idle if drive.key == "idle" else self._pool(drive.key)
        of = OF_IDLE_SITES if drive.key == "idle" else OF_ENTERPRISES
        count = self._visits_of(drive, first, last) * len(pool) / of
        days = province.calendar.between(first, last)
        whole = list(range(first, last + 1))
        for _ in range(int(count) + province.chance(count % 1)):
            place = province.one(pool)
            spot = drive.visit is VisitKind.HOLIDAY and province.chance(0.15)  # in the holiday itself
            day = province.one(whole if spot or not days else days)
            if day < place.closed_on:
                visit = self.plan.add(place, drive.visit, day)
                if visit is not None:
                    visit.campaign = drive.id

    def _visits_of(self, drive: Drive, first: Day, last: Day) -> float:
        """How many of a campaign's visits in the demo zone fall in these days of one half-year."""
        year, text = self.province.calendar.year(first), self.province.calendar
        july = number_of(date(year, 7, 1))
        second = text.day(first) >= f"{year}-07-01"
        start, end = (
            (max(drive.start, july), drive.end) if second else (drive.start, min(drive.end, july - 1))
        )
        return drive.halves[second] * (last - first + 1) / (end - start + 1)

    def _pool(self, key: str) -> list[Place]:
        province = self.province
        return province.key + province.ordinary if key in {"tenants", "crackdown"} else province.key
