"""整改复查意见书: item by item what a re-inspection found, printed from the facts frozen when it was issued."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext

from ...checks.models import Party
from ...core.db import db
from ...core.i18n import label, use_language
from ...hazards.models import Hazard, HazardPhotoRole, Opinion, Outcome, VerifyMethod
from .. import proofs
from ..layout.document import Column, Document, PhotoPair, SignatureBlock
from ..layout.document_parts import certified, day, in_language, listed, open_paper, print_file, seal


def build(opinion: Opinion, lang: str, *, draft: bool = False) -> Document:
    """The opinion as it was issued. Raises FontMissing."""
    with use_language(lang):
        facts = opinion.facts
        results = facts["results"]
        paper = open_paper(
            gettext("Re-inspection opinion"),
            lang,
            number=opinion.number,
            organisation=gettext("Work safety supervision and inspection paper"),
            footer_note=gettext("Two copies: ours and the unit's"),
            **proofs.marks(opinion, draft=draft),
            draft=draft,
        )
        paper.paragraph(gettext("To: %(name)s", name=facts["site"]["name"]), indent=False)
        paper.fields(_head(facts))
        paper.paragraph(_opening(facts))
        paper.table(_columns(), [_row(at, one) for at, one in enumerate(results, start=1)], size=8.5)
        for text in _closing(results):
            paper.paragraph(text)
        if any(one["photos"] for one in results):
            paper.note(gettext("Annexes: %(names)s", names=gettext("photos before and after")))
        paper.blank_below()
        paper.signatures(_signatures(facts))
        seal(paper, in_language(facts["org"]), opinion.issued_at)
        _photos(paper, results, opinion.issued_at)
        return paper


def _head(facts: dict[str, Any]) -> list[tuple[str, str]]:
    notice = facts["notice"] or {}
    return [
        (gettext("Address"), facts["site"]["address"]),
        (gettext("Principal"), facts["site"]["principal"]),
        (gettext("Earlier notice"), notice.get("number") or listed(_notices(facts))),
        (gettext("Issued on"), day(notice.get("issued_on"))),
        (gettext("Re-inspected on"), listed(sorted({day(one["checked_on"]) for one in facts["results"]}))),
        (gettext("Re-inspected by"), listed(sorted({one["checked_by"] for one in facts["results"]}))),
    ]


def _notices(facts: dict[str, Any]) -> list[str]:
    return sorted({one["notice"] for one in facts["results"] if one["notice"]})


def _opening(facts: dict[str, Any]) -> str:
    count, fixed = len(facts["results"]), sum(one["fixed"] for one in facts["results"])
    return ngettext(
        "The rectification of %(num)s hazard was looked at again: %(fixed)s rectified, %(open)s not or not fully"
        " rectified. Item by item:",
        "The rectification of %(num)s hazards was looked at again: %(fixed)s rectified, %(open)s not or not fully"
        " rectified. Item by item:",
        count,
        fixed=fixed,
        open=count - fixed,
    )


def _columns() -> list[Column]:
    return [
        Column(gettext("No."), 11, "center"),
        Column(gettext("Hazard number"), 26, "center"),
        Column(gettext("Problem"), 46),
        Column(gettext("Result of re-inspection"), 28, "center"),
        Column(gettext("How"), 18, "center"),
        Column(gettext("What was seen"), 33),
        Column(gettext("Next step"), 28),
    ]


def _row(number: int, one: dict[str, Any]) -> list[str]:
    problem = " ".join(part for part in (one["place"], one["description"]) if part)
    outcome, method = label(Outcome(one["result"])), label(VerifyMethod(one["method"]))
    return [str(number), one["number"], problem, outcome, method, one["note"], _next(one)]


def _next(one: dict[str, Any]) -> str:
    if one["waits_for_approval"]:
        return gettext("Closure waits for approval")
    if one["fixed"]:
        return gettext("Closed")
    return gettext("Go on rectifying, by %(day)s (that day included)", day=day(one["next_due_on"]))


def _closing(results: list[dict[str, Any]]) -> list[str]:
    late = [str(at) for at, one in enumerate(results, start=1) if not one["fixed"]]
    if not late:
        return [gettext("All items were rectified. Keep them so, and keep checking for hazards yourselves.")]
    return [
        gettext(
            "Item %(numbers)s: go on rectifying within the new date above, keep people safe until then, and report when"
            " it is done. What is still not rectified then is reported to the competent department and handled under"
            " the law.",
            numbers=listed(late),
        )
    ]


def _signatures(facts: dict[str, Any]) -> list[SignatureBlock]:
    return [
        SignatureBlock(label(Party.INSPECTOR), certified(facts["issued_by"])),
        SignatureBlock(label(Party.COMPANION)),
        SignatureBlock(gettext("Received for the unit (principal or person in charge on site)")),
    ]


def _photos(paper: Document, results: list[dict[str, Any]], issued_at: datetime) -> None:
    with_photos = [one for one in results if one["photos"]]
    if not with_photos:
        return
    before = _before([one["uuid"] for one in with_photos], issued_at)
    paper.page_break()
    paper.heading(gettext("Annex: photos"))
    for one in with_photos:
        name = gettext(
            "%(number)s: %(text)s", number=one["number"], text=one["place"] or one["description"][:40]
        )
        was = before.get(one["uuid"], [])
        for at in range(max(len(was), len(one["photos"]))):
            pair = [
                print_file(side[at], issued_at) if at < len(side) else None for side in (was, one["photos"])
            ]
            paper.photo_pairs([PhotoPair(pair[0], pair[1], name)])
    paper.blank_below()


def _before(uuids: list[str], issued_at: datetime) -> dict[str, list[str]]:
    """How each hazard was found. What was added after the issue, when it was found again, is no part of the paper."""
    found = db.session.scalars(sa.select(Hazard).where(Hazard.uuid.in_(uuids)))
    return {
        hazard.uuid: [
            use.photo.sha256
            for use in hazard.photos
            if use.role is HazardPhotoRole.BEFORE and use.event.at <= issued_at
        ]
        for hazard in found
    }
