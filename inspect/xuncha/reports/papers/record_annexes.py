"""What stands behind the signatures of a record: every item with its result, and the photos."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from ...checks.clock_correction import as_recorded
from ...checks.models import Answer, Check, PhotoRole
from ...checks.readings import reading_text
from ...core.db import db
from ...core.i18n import label
from ...hazards.follow_up import same_hazard
from ...hazards.models import Hazard
from ..layout.document import Column, Document, Photo, PhotoPair
from ..layout.document_parts import listed, of_facts, picture, print_ref


def facts_of(check: Check) -> dict[str, Any]:
    """What the filing told, its moments as they stand in the record."""
    return as_recorded(check).model_dump(mode="json")


def earlier_hazards(check: Check) -> dict[str, Hazard]:
    """The hazards looked at again: once issued, their number, place and words never change."""
    wanted = [recheck["hazard_uuid"] for recheck in check.payload["rechecks"]]
    found = db.session.scalars(sa.select(Hazard).where(Hazard.uuid.in_(wanted)))
    return {hazard.uuid: hazard for hazard in found}


def hazards_found(check: Check) -> dict[str, tuple[str, str, int]]:
    """What became of each finding, by its UUID: whether it is `new` or `again`, the hazard's number, which time it is."""
    named = [finding["uuid"] for finding in check.payload["findings"]]
    if not named:
        return {}
    found = {
        uuid: ("again", event.hazard.number, int(event.brought["time"]))
        for uuid, event in same_hazard.sights_of(check).items()
    }
    query = sa.select(Hazard).where(Hazard.uuid.in_(named), Hazard.occurrence > 1)
    for hazard in db.session.scalars(query):
        number = hazard.repeat_of.number if hazard.repeat_of else ""
        found.setdefault(hazard.uuid, ("new", number, hazard.occurrence))
    return found


def _photos(check: Check) -> int:
    refs = len(check.payload["photos"])
    refs += sum(len(one.get("photos", ())) for one in check.payload["answers"])
    refs += sum(len(one["before"]) + len(one["after"]) for one in check.payload["findings"])
    return refs + sum(len(one["photos"]) for one in check.payload["rechecks"])


def annex_names(check: Check) -> list[str]:
    """What stands behind the signatures, as the record names it."""
    names = []
    if check.answers:
        names.append(gettext("items checked (%(count)s)", count=len(check.answers)))
    if photos := _photos(check):
        names.append(gettext("photos (%(count)s)", count=photos))
    return names


def add_annexes(paper: Document, check: Check) -> None:
    """The items with their results, then the photos."""
    if check.answers:
        paper.page_break()
        paper.heading(gettext("Annex: items checked"))
        paper.note(gettext("Checklists used: %(versions)s", versions=listed(check.facts["versions"])))
        paper.table(
            [
                Column(gettext("Item code"), 18, "center"),
                Column(gettext("What to check"), 82),
                Column(gettext("Result"), 18, "center"),
                Column(gettext("Remark"), 40),
            ],
            _item_rows(check),
            size=8.5,
        )
    if _photos(check):
        paper.page_break()
        paper.heading(gettext("Annex: photos"))
        _photo_pages(paper, check)
    if check.answers or _photos(check):
        paper.blank_below()


def _item_rows(check: Check) -> list[list[str] | str]:
    rows: list[list[str] | str] = []
    block = ""
    for answer in check.answers:
        item = check.facts["items"][answer.code]
        if item["list"] != block:
            block = item["list"]
            rows.append(of_facts(item, "list"))
        rows.append(_item_row(answer, item))
    return rows


def _item_row(answer: Answer, item: dict[str, Any]) -> list[str]:
    no_photo = gettext("No photo: %(reason)s", reason=answer.no_photo) if answer.no_photo else ""
    measured = reading_text(answer.reading, answer.reading_reason, item)
    remark = "\n".join(part for part in (answer.note, measured, no_photo) if part)
    return [answer.code, of_facts(item, "text"), label(answer.result), remark]


def _photo_pages(paper: Document, check: Check) -> None:
    told = facts_of(check)
    scenes = [ref for ref in told["photos"] if ref["role"] == PhotoRole.SCENE.value]
    items = [ref for ref in told["photos"] if ref["role"] != PhotoRole.SCENE.value]
    paper.photo_grid(
        [
            picture(ref, ref["caption"] or gettext("Scene %(number)s", number=at))
            for at, ref in enumerate(scenes, 1)
        ]
    )
    items += [
        {**ref, "item_code": answer.code}
        for answer, part in zip(check.answers, told["answers"], strict=True)
        for ref in part.get("photos", ())
    ]
    paper.photo_grid([picture(ref, " ".join((ref["item_code"], ref["caption"])).strip()) for ref in items])
    lone: list[Photo] = []
    for number, finding in enumerate(told["findings"], start=1):
        lone += _pairs(paper, number, finding)
    paper.photo_grid(lone)
    known = earlier_hazards(check)
    again: list[Photo] = []
    for recheck in told["rechecks"]:
        hazard = known.get(recheck["hazard_uuid"])
        name = gettext("%(number)s, at re-inspection", number=hazard.number if hazard else "")
        again += [picture(ref, name) for ref in recheck["photos"]]
    paper.photo_grid(again)


def _pairs(paper: Document, number: int, finding: dict[str, Any]) -> list[Photo]:
    """Print the pairs before and after; give the photos that have no counterpart."""
    place = finding["place"] or finding["description"][:40]
    name = gettext("Problem %(number)s: %(place)s", number=number, place=place)
    before, after = finding["before"], finding["after"]
    for was, now in zip(before, after, strict=False):
        paper.photo_pairs([PhotoPair(print_ref(was), print_ref(now), name)])
    pairs = min(len(before), len(after))
    alone = [picture(ref, name) for ref in before[pairs:]]
    return alone + [picture(ref, gettext("%(name)s (after)", name=name)) for ref in after[pairs:]]
