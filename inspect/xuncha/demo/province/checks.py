"""Files the visits of the province: checks with a lean list of answers, what they found, and what became of that.

A check answers the items that fail and one that complies: whole lists (43 items a check) would be fifty million rows. Those
who sign do it on paper, without strokes.
"""

from __future__ import annotations

import hashlib
from typing import Any

from ...campaigns.models import CampaignCheck
from ...checks.models import Answer, Check, LegalMode, Party, Result, Signature
from ...checks.snapshot import RECORD_WORD
from ...core.numbering import document_number
from .calendar import day_of
from .context import Person, Province, to_json
from .findings import EXPERT, RECHECK, Found
from .items import Cited, Items, Prepared
from .plan import CORRECTION, LATE_ENTRY, OBJECTION, REFUSED, Plan, Visit

CHECK = (
    "id uuid digest body_sha256 number year serial edition site_id task_id kind mode inspector_id visited_on started_at"
    " finished_at received_at clock_offset_s late_reason flags place companions site_person entry_code summary objection"
    " facts payload replaces_id correction_reason corrected_by_id"
)
ANSWER = "id check_id item_id code position result note"
SIGNATURE = "id check_id party name title strokes refused_reason on_paper signed_at"
CHECK_KIND, HAZARD_KIND = 1, 2  # first digits of their UUIDs


class Checks:
    """Writes checks with all that hangs on them but their hazards."""

    def __init__(self, province: Province, plan: Plan, items: Items) -> None:
        self.province, self.plan, self.items = province, plan, items
        bulk = province.bulk
        self._ids, self._answer_ids, self._signature_ids = (
            bulk.ids(kind) for kind in (Check, Answer, Signature)
        )
        self._checks, self._answers = bulk.table(Check, CHECK), bulk.table(Answer, ANSWER)
        self._signatures = bulk.table(Signature, SIGNATURE)
        self._links = bulk.table(CampaignCheck, "campaign_id check_id")

    def file(self, visit: Visit, found: list[tuple[Found, str]]) -> dict[str, Any]:
        """Take a visit with its findings and their UUIDs. What the notice tells of the check."""
        province = self.province
        visit.check_id = visit.newest_id = next(self._ids)
        year = province.calendar.year(day_of(visit.received))
        serial = province.serial("check", year)
        number = document_number(province.prefix, RECORD_WORD, year, serial)
        answers = self._answers_of(visit, found)
        payload = self._payload(visit, found, answers)
        person = payload["site_person"]
        row = self._row(
            visit, (number, year, serial, 1), payload, self._facts(visit, person, [one for one, _ in answers])
        )
        self._checks.append((visit.check_id, *row, None, "", None))
        self._parts(visit, payload, answers, number, "file")
        if visit.task is not None:
            done = {"done_on": province.calendar.day(visit.day)}
            province.record(visit.received, visit.inspector, "done", "tasks", visit.task[0], after=done)
        if visit.manner == CORRECTION:
            visit.filed = (payload, [number, year, serial, answers])
            self.plan.again(visit)
        return {
            "number": number,
            "visited_on": province.calendar.day(visit.day),
            "kind": visit.kind,
            "mode": payload["mode"],
            "place": payload["place"],
            "inspector": visit.inspector.as_inspector(),
            "companions": payload["companions"],
            "site_person": person,
        }

    def correct(self, visit: Visit) -> None:
        """The same visit told again with a place put right; hazards stay."""
        province, (told, (number, year, serial, answers)) = self.province, visit.filed
        visit.newest_id = next(self._ids)
        reason = province.remark("correction")
        payload = told | {
            "uuid": province.uuid(CHECK_KIND, visit.newest_id),
            "place": province.remark("corrected_place"),
            "replaces": told["uuid"],
            "correction_reason": reason,
        }
        facts = self._facts(visit, payload["site_person"], [one for one, _ in answers])
        row = self._row(visit, (number, year, serial, 2), payload, facts)
        self._checks.append((visit.newest_id, *row, visit.check_id, reason, visit.inspector.id))
        self._parts(visit, payload, answers, number, "correct")
        visit.filed = ({}, [])

    def _answers_of(self, visit: Visit, found: list[tuple[Found, str]]) -> list[tuple[Prepared, str]]:
        answers = [(one.item, Result.FAIL.value) for one, _ in found]
        if visit.kind != RECHECK:
            failing = {one.item.id for one, _ in found}
            listed = self.items.of_visit(visit.place, visit.kind)
            other = next(
                (one for one in (self.province.one(listed) for _ in range(9)) if one.id not in failing), None
            )
            if other is not None:
                answers.append((other, Result.COMPLY.value))
        return answers

    def _payload(
        self, visit: Visit, found: list[tuple[Found, str]], answers: list[tuple[Prepared, str]]
    ) -> dict[str, Any]:
        """The filing, with every field of checks.filing.Filing, the keys in their order."""
        province, text, place = self.province, self.province.calendar, visit.place
        first, second = province.dice.sample(place.parts, 2)
        watch = visit.kind == "holiday"
        return {
            "answers": [{"item_id": item.id, "note": "", "result": result} for item, result in answers],
            "campaign_ids": [visit.campaign] if visit.campaign else [],
            "certificate": "",
            "companions": [self._companion(visit)],
            "correction_reason": "",
            "entry_code": "",
            "findings": [self._finding(visit, one, uuid) for one, uuid in found],
            "finished_at": text.sent(visit.ends),
            "format": 1,
            "kind": visit.kind,
            "late_reason": province.remark("late_entry") if visit.manner == LATE_ENTRY else "",
            "mode": (LegalMode.EXPERT if visit.kind == EXPERT else LegalMode.ZONE_CHECK).value,
            "objection": province.remark("objection") if visit.manner == OBJECTION else "",
            "photos": [],
            "place": f"{first}、{second}",
            "rechecks": [
                {"due_on": None, "hazard_uuid": uuid, "note": note, "photos": [], "result": "fixed"}
                for uuid, note in visit.rechecks
            ],
            "replaces": None,
            "signatures": self._signed(visit),
            "site_id": place.id,
            "site_person": {"certificate": "", "name": province.one(place.people), "phone": "", "title": ""},
            "started_at": text.sent(visit.start),
            "summary": province.remark("watch" if watch else "summary"),
            "task_id": visit.task[0] if visit.task else None,
            "uuid": province.uuid(CHECK_KIND, visit.check_id),
        }

    def _companion(self, visit: Visit) -> dict[str, str]:
        """The second inspector: the site's supervisor beside an expert, else somebody of the same team."""
        holder = visit.place.holder(visit.day)
        other = holder
        while visit.kind != EXPERT and other is holder:
            other = self.province.one(visit.place.team.supervisors)
        title = self.province.remark("companion_title")
        return {
            "certificate": other.certificate,
            "name": other.name,
            "phone": "",
            "title": title,
        }

    def _finding(self, visit: Visit, one: Found, uuid: str) -> dict[str, Any]:
        return {
            "after": [],
            "basis": "",
            "before": [],
            "description": one.description,
            "due_on": None if one.on_spot else self.province.calendar.day(visit.day + one.days),
            "fixed_on_spot": one.on_spot,
            "hazard_class": one.hazard_class,
            "item_id": one.item.id,
            "major_criterion": one.criterion,
            "measure": one.measure,
            "place": one.part,
            "suspected_major": bool(one.criterion),
            "uuid": uuid,
        }

    def _signed(self, visit: Visit) -> list[dict[str, Any]]:
        site = visit.place.people[-1]
        parts = [self._signature(visit, Party.INSPECTOR, visit.inspector.name)]
        if visit.manner != REFUSED:
            return [*parts, self._signature(visit, Party.SITE, site)]
        refused = self._signature(visit, Party.SITE, site, self.province.remark("refused"))
        witness: Person = visit.place.team.lead
        return [*parts, refused, self._signature(visit, Party.WITNESS, witness.name)]

    def _signature(self, visit: Visit, party: Party, name: str, refused: str = "") -> dict[str, Any]:
        return {
            "name": name,
            "on_paper": not refused,
            "party": party.value,
            "refused_reason": refused,
            "signed_at": self.province.calendar.sent(visit.ends),
            "strokes": [],
            "title": "",
        }

    def _facts(self, visit: Visit, person: dict[str, str], items: list[Prepared]) -> str:
        known = self.items.cited(visit.place, visit.day)
        cited: list[Cited] = [known[item.id] for item in items]
        head = to_json(
            {
                **self.province.office,
                "site": visit.place.facts,
                "inspector": visit.inspector.as_inspector(),
                "site_person": person,
                "versions": sorted({one.version for one in cited}),
            }
        )
        return f'{head[:-1]},"items":{{{",".join(one.json for one in cited)}}}}}'

    def _row(
        self, visit: Visit, numbers: tuple[str, int, int, int], payload: dict[str, Any], facts: str
    ) -> tuple[Any, ...]:
        text, filing = self.province.calendar, to_json(payload)
        flags = '["other_supervisor"]' if visit.task and visit.task[1] is not visit.inspector else "[]"
        return (
            payload["uuid"], hashlib.sha256(filing.encode()).hexdigest(), "", *numbers, visit.place.id,
            payload["task_id"], visit.kind, payload["mode"], visit.inspector.id, text.day(visit.day),
            text.moment(visit.start), text.moment(visit.ends), text.moment(visit.received), 0, payload["late_reason"],
            flags, payload["place"], to_json(payload["companions"]), payload["site_person"]["name"], "",
            payload["summary"], payload["objection"], facts, filing,
        )  # fmt: skip

    def _parts(
        self,
        visit: Visit,
        payload: dict[str, Any],
        answers: list[tuple[Prepared, str]],
        number: str,
        action: str,
    ) -> None:
        province, check = self.province, visit.newest_id
        for position, (item, result) in enumerate(answers):
            self._answers.append((next(self._answer_ids), check, item.id, item.code, position, result, ""))
        signed_at = province.calendar.moment(visit.ends)
        for part in payload["signatures"]:
            self._signatures.append(
                (
                    next(self._signature_ids), check, part["party"], part["name"], "", "[]", part["refused_reason"],
                    part["on_paper"], signed_at,
                )
            )  # fmt: skip
        if visit.campaign is not None:
            self._links.append((visit.campaign, check))
            linked = {"campaigns": [visit.campaign]}
            province.record(visit.received, visit.inspector, "link_campaigns", "checks", check, after=linked)
        province.record(visit.received, visit.inspector, action, "checks", check, after={"number": number})
