"""Trainings and drills of the demo zone, and the illegal cases that its patrols uncover."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from ..campaigns.actions import issue_record, record_case, settle_case
from ..campaigns.models import CaseKind, CaseOutcome, IllegalCase
from ..core.clock import at, local_day
from ..trainings.actions import Facts, Handout, Heads, record_training
from ..trainings.models import TrainingKind, TrainingPhotoRole
from .context import Context
from .people_and_sites import Place
from .photos import Pair
from .plan import campaign_key

MOST_SITES = 24
REPLY = timedelta(days=15)


def plan_trainings(context: Context, year: int) -> None:
    """Every training of a year, recorded on the evening of its day."""
    for row in context.texts["trainings"]:
        held_on = date.fromisoformat(f"{year}-{row['day']}")
        facts = _facts(context, row, held_on)
        photos = [(context.album.one("hall", context.dice), TrainingPhotoRole.SCENE)]

        def record(moment: datetime, facts: Facts = facts, photos: Any = photos) -> None:
            record_training(facts, actor=context.zone.admin, now=moment, photos=photos)

        context.clock.at(at(held_on, 17, 40), record)


def _facts(context: Context, row: dict[str, Any], held_on: date) -> Facts:
    taken = row["people"] if "exam" in row else None
    return Facts(
        kind=TrainingKind(row["kind"]),
        topic=row["topic"],
        held_on=held_on,
        place=row["place"],
        organiser=context.remark("organiser"),
        hours=row["hours"],
        audience=_audience(context, row["people"]),
        lecturer=context.remark("lecturer") if row["kind"] in {"lecture", "course"} else "",
        content=context.remark("content"),
        exam_taken=taken,
        exam_passed=round(taken * row["exam"]) if taken else None,
        exam_average=round(78 + context.dice.random() * 12, 1) if taken else None,
        materials=tuple(Handout(name, count) for name, count in row["materials"].items()),
    )


def _audience(context: Context, people: int) -> tuple[Heads, ...]:
    """Some enterprises by name; the rest of the heads came from others."""
    places = context.dice.sample(context.zone.key, min(MOST_SITES, max(4, people // 20)))
    share = people * 3 // (len(places) * 4)
    heads = [
        Heads(max(1, round(share * context.dice.uniform(0.6, 1.2))), site_id=place.site.id)
        for place in places
    ]
    rest = people - sum(one.headcount for one in heads)
    return (*heads, Heads(rest, group_name=context.remark("group")))


def plan_cases(context: Context, year: int) -> None:
    """Illegal installations and acts, from found to dealt with."""
    for row in context.texts["cases"]:
        place = next(place for place in context.zone.idle if row["place"].startswith(place.site.name))
        found_on = date.fromisoformat(f"{year}-{row['day']}")
        context.clock.at(at(found_on, 16, 50), _recording(context, row, place))


def _recording(context: Context, row: dict[str, Any], place: Place) -> Any:
    def record(moment: datetime) -> None:
        supervisor, found_on = place.site.supervisor, local_day(moment)
        if supervisor is None:
            return
        campaign = context.campaigns.get(campaign_key("crackdown", found_on.year))
        pair = context.dice.choice(context.album.pairs["drums"])
        case = record_case(
            kind=CaseKind(row["kind"]),
            place=row["place"],
            description=row["description"],
            found_on=found_on,
            site_id=place.site.id,
            campaign_id=campaign.id if campaign and campaign.covers(found_on) else None,
            photos=[pair.before],
            actor=context.zone.admin,
            now=moment,
        )
        context.clock.at(moment + timedelta(days=row["settled"]), _settling(context, row, case, pair))

    return record


def _settling(context: Context, row: dict[str, Any], case: IllegalCase, pair: Pair) -> Any:
    def settle(moment: datetime) -> None:
        settle_case(
            case,
            CaseOutcome(row["outcome"]),
            local_day(moment),
            version=case.version,
            note=row["note"],
            department=row.get("department", ""),
            reply_by=local_day(moment) + REPLY if row["outcome"] == "referred" else None,
            area_m2=row.get("area"),
            photos=[pair.after],
            actor=context.zone.admin,
            now=moment,
        )
        issue_record(case, actor=context.zone.admin, now=moment)

    return settle
