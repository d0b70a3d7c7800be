"""Trainings of every team and year, and the illegal cases that patrols of idle sites uncover."""

from __future__ import annotations

from datetime import date
from typing import Any

from ...campaigns.models import CaseOutcome, IllegalCase
from ...trainings.models import Audience, Material, Training
from .calendar import at, day_of, number_of
from .campaigns import Drive
from .context import Province, Team

MOST_SITES = 24
IDLE_SITES_A_CASE = 5  # in a year
TAKEN_BACK = 0.02

TRAINING = (
    "id kind topic held_on place organiser lecturer hours content exam_taken exam_passed exam_average recorded_by_id"
    " recorded_at void_reason version"
)
CASE = (
    "id kind site_id check_id campaign_id place description found_on recorded_by_id recorded_at outcome outcome_on"
    " outcome_note department area_m2 version"
)


class Trainings:
    """Every team holds those of the demo zone."""

    def __init__(self, province: Province) -> None:
        self.province = province
        bulk = province.bulk
        self._ids, self._audience_ids, self._material_ids = (
            bulk.ids(kind) for kind in (Training, Audience, Material)
        )
        self._trainings = bulk.table(Training, TRAINING)
        self._audiences = bulk.table(Audience, "id training_id site_id group_name headcount position")
        self._materials = bulk.table(Material, "id training_id name count position")
        self._sites: dict[int, list[int]] = {team.id: [] for team in province.teams}
        for place in province.key:
            self._sites[place.team.id].append(place.id)

    def settle(self) -> None:
        """All that were held by now, in the order of their days."""
        province = self.province
        for year in range(province.first.year, province.today.year + 1):
            for row in province.texts["trainings"]:
                for team in province.teams:
                    self._hold(row, date.fromisoformat(f"{year}-{row['day']}"), team)

    def _hold(self, row: dict[str, Any], held_on: date, team: Team) -> None:
        province = self.province
        moment = at(number_of(held_on), 17, 40)
        if moment >= province.until:
            return
        number, people = next(self._ids), row["people"]
        taken = people if "exam" in row else None
        values = {
            "kind": row["kind"],
            "topic": row["topic"],
            "held_on": held_on.isoformat(),
            "place": row["place"],
            "organiser": province.remark("organiser"),
            "lecturer": province.remark("lecturer") if row["kind"] in {"lecture", "course"} else "",
            "hours": row["hours"],
            "content": province.remark("content"),
            "exam_taken": taken,
            "exam_passed": round(taken * row["exam"]) if taken else None,
            "exam_average": round(78 + province.dice.random() * 12, 1) if taken else None,
        }
        stored = province.calendar.moment(moment)
        self._trainings.append((number, *values.values(), team.lead.id, stored, "", 1))
        audience, materials = self._audience(number, people, team), list(row["materials"].items())
        for position, (name, count) in enumerate(materials):
            self._materials.append((next(self._material_ids), number, name, count, position))
        after = values | {"audience": audience, "materials": materials, "photos": []}
        province.record(moment, team.lead, "record", "trainings", number, after=after)

    def _audience(self, number: int, people: int, team: Team) -> list[tuple[int | None, str, int]]:
        """Some enterprises by name; the rest of the heads came from others."""
        province, pool = self.province, self._sites[team.id]
        places = province.dice.sample(pool, min(MOST_SITES, max(4, people // 20), len(pool)))
        share = people * 3 // (max(1, len(places)) * 4)
        heads: list[tuple[int | None, str, int]] = [
            (place, "", max(1, round(share * (0.6 + 0.6 * province.dice.random())))) for place in places
        ]
        rest = people - sum(count for _, _, count in heads)
        heads.append((None, province.remark("group"), max(1, rest)))
        for position, (site, name, count) in enumerate(heads):
            self._audiences.append((next(self._audience_ids), number, site, name, count, position))
        return heads


class Cases:
    """Illegal installations and acts, from found to dealt with."""

    def __init__(self, province: Province, drives: list[Drive]) -> None:
        self.province, self.drives = province, drives
        self._ids = province.bulk.ids(IllegalCase)
        self._rows = province.bulk.table(IllegalCase, CASE)

    def settle(self) -> None:
        """All that were found by now, in the order of their days."""
        province = self.province
        count = max(1, len(province.idle) // IDLE_SITES_A_CASE)
        first, last = number_of(province.first), day_of(province.until) - 1
        found = sorted(
            first + province.below(last - first) for _ in range(round(count * (last - first) / 365) or 1)
        )
        for day in found:
            self._uncover(province.one(province.texts["cases"]), day)

    def _uncover(self, row: dict[str, Any], day: int) -> None:
        province, text = self.province, self.province.calendar
        place, number, moment = province.one(province.idle), next(self._ids), at(day, 16, 50)
        finder, settled = place.holder(day), at(day + row["settled"], 17, 30)
        where = place.facts["name"]
        drives = (one.id for one in self.drives if one.key == "crackdown" and one.start <= day <= one.end)
        open_still = settled >= province.until
        outcome = CaseOutcome.PENDING.value if open_still else row["outcome"]
        ended = None if open_still else text.day(day_of(settled))
        taken_back = (
            not open_still and row["outcome"] != CaseOutcome.REFERRED.value and province.chance(TAKEN_BACK)
        )
        closing = (outcome, ended, row["note"] if ended else "", row.get("department", "") if ended else "")
        area = row.get("area") if ended else None
        if taken_back:
            closing, area = (CaseOutcome.PENDING.value, None, "", ""), None
        self._rows.append(
            (
                number, row["kind"], place.id, None, next(drives, None), where, row["description"], text.day(day),
                finder.id, text.moment(moment), *closing, area, 1 + (not open_still) + taken_back,
            )
        )  # fmt: skip
        recorded = {"kind": row["kind"], "place": where}
        province.record(moment, finder, "record", "illegal_cases", number, after=recorded)
        before: dict[str, Any] = {"outcome": CaseOutcome.PENDING.value}
        after = {"outcome": row["outcome"], "outcome_on": ended, "department": row.get("department", "")}
        province.record(settled, finder, "settle", "illegal_cases", number, row["note"], before, after)
        if taken_back:
            again, note = settled + 60, province.own["remarks"]["case_reopen"]
            before = {"outcome": row["outcome"], "outcome_on": ended, "area_m2": row.get("area")}
            province.record(again, province.admin, "reopen", "illegal_cases", number, note, before)
