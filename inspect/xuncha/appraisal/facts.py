"""What an issued appraisal freezes: scores with components and appeals, and the lists behind each number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..accounts.models import User
from ..core import settings
from ..core.clock import local_day
from ..core.i18n import LANGUAGES, label, use_language
from ..reports.layout.document_parts import digest_of
from ..reports.models import Edition, EditionKind
from ..reports.summaries import frozen_lists
from ..reports.summaries.editions import Draft
from ..reports.summaries.summary_facts import definitions
from ..stats.figures import FIGURES, RATES, RULES, Figures, Period, Scope
from . import queries
from .models import Appeal, AppealState, Deduction
from .queries import COUNTED, Appraisal
from .score import COMPONENTS

LAYOUT = 1
"""How papers print these facts; raised when a layout says something else, so that the old one stays printable."""
LISTED = tuple(
    dict.fromkeys(
        name for one in COUNTED for name in ((RATES[one].part, RATES[one].whole) if one in RATES else (one,))
    )
)
"""The figures behind a score and what stands beside it."""


def draft(period: Period, reader: User) -> Draft:
    """The appraisal of a period as it would be issued now, for whoever sees all."""
    found = queries.appraise(queries.appraised(reader, period), period)
    last = queries.last_issued(period)
    lists = _lists(found, period)
    told = facts(found, period) | {"lists_digest": digest_of(lists)}
    if last is not None:
        told["moved"] = moved(last, told)
    return Draft(EditionKind.APPRAISAL, told, lists, last)


def facts(found: Sequence[Appraisal], period: Period) -> dict[str, Any]:
    """The appraisals of some people as plain JSON."""
    named = definitions()
    with settings.read_once():
        weights, fewest = queries.weights(), settings.number(settings.FEWEST_TASKS)
        most = settings.number(settings.DEDUCTION_MOST)
    return {
        "layout": LAYOUT,
        "rules": RULES,
        "org": settings.bilingual("org"),
        "period": period.to_args(),
        "definitions": {lang: {name: named[lang][name] for name in COUNTED} for lang in LANGUAGES},
        "components": [{"name": one.name, "of": one.of, "weight": weights[one.name]} for one in COMPONENTS],
        "states": {lang: _states(lang) for lang in LANGUAGES},
        "fewest": fewest,
        "most_deducted": most,
        "people": [_person(one) for one in found],
    }


def _states(lang: str) -> dict[str, str]:
    with use_language(lang):
        return {one.value: label(one) for one in AppealState}


def _person(found: Appraisal) -> dict[str, Any]:
    person, score = found.person, found.score
    team = person.team
    return {
        "id": person.id,
        "name": person.name,
        "team": {"zh": team.name_zh, "en": team.name_en} if team else {"zh": "", "en": ""},
        "planned": score.planned,
        "tenths": score.tenths,
        "lines": [
            {
                "name": line.component.name,
                "part": line.measured.part,
                "whole": line.measured.whole,
                "credited": line.credited,
                "points": line.points,
            }
            for line in score.lines
        ],
        "load": dict(found.load),
        "travel": {
            "metres": found.travel.metres,
            "placed": found.travel.placed,
            "held": found.travel.held,
        },
        "appeals": [_appeal(one) for _name, one in sorted(found.appeals.items())],
        "deducted": score.deducted,
        "deductions": [_deduction(one) for one in found.deductions],
    }


def _appeal(appeal: Appeal) -> dict[str, Any]:
    return {
        "component": appeal.component,
        "part": appeal.part,
        "whole": appeal.whole,
        "state": appeal.state.value,
        "credited": appeal.credited,
        "note": appeal.note,
        "by": appeal.decided_by.name if appeal.decided_by else "",
        "on": local_day(appeal.decided_at).isoformat() if appeal.decided_at else "",
    }


def _deduction(one: Deduction) -> dict[str, Any]:
    return {
        "record": one.record,
        "record_on": one.record_on.isoformat(),
        "found_on": one.found_on.isoformat(),
        "reason": one.reason,
        "evidence": one.evidence,
        "recorded_by": one.recorded_by.name,
        "statement": one.statement,
        "points": one.points,
        "note": one.note,
        "by": one.decided_by.name if one.decided_by else "",
        "on": local_day(one.decided_at).isoformat() if one.decided_at else "",
        "appeal": one.appeal_state.value if one.appeal_state else "",
        "appeal_note": one.appeal_note,
    }


def _lists(found: Sequence[Appraisal], period: Period) -> dict[str, Any]:
    """{"ids": {}, "people": {person: {figure: [number, …]}}, "rows": {table: {number: row}}}."""
    people = {str(one.person.id): {name: one.figures.ids(name) for name in LISTED} for one in found}
    wanted: dict[type[Any], set[int]] = {FIGURES[name].counts: set() for name in LISTED}
    for ids in people.values():
        for name, numbers in ids.items():
            wanted[FIGURES[name].counts].update(numbers)
    whole = Figures(period, Scope())
    rows = {
        kind.__tablename__: {
            str(number): row for number, row in sorted(frozen_lists.rows_of(kind, numbers, whole))
        }
        for kind, numbers in wanted.items()
    }
    return {"ids": {}, "people": people, "rows": rows}


def of_person(edition: Edition, number: int) -> dict[str, Any] | None:
    """What an edition says of somebody; none where he was not appraised."""
    return next((one for one in edition.facts["people"] if one["id"] == number), None)


def moved(last: Edition, told: dict[str, Any]) -> dict[str, Any]:
    """Whose score differs from the edition before."""
    before = {one["id"]: one for one in last.facts["people"]}
    now = {one["id"]: one for one in told["people"]}
    return {
        "number": last.number,
        "people": [
            {
                "name": (now.get(number) or before[number])["name"],
                "was": before[number]["tenths"] if number in before else None,
                "now": now[number]["tenths"] if number in now else None,
            }
            for number in dict.fromkeys([*before, *now])
            if before.get(number, {}).get("tenths") != now.get(number, {}).get("tenths")
        ],
    }
