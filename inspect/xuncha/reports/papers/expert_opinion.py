"""隐患整改意见书 (family C, domain 3.1): what an expert found and the zone took over, from facts frozen at its issue."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from ...campaigns.expert_opinions import ExpertOpinion
from ...core.i18n import label, use_language
from ...core.labels import N_
from ...hazards.models import Grade
from .. import proofs
from ..layout.document import Column, Document, Photo, SignatureBlock
from ..layout.document_parts import (
    BLANK,
    certified,
    day,
    in_language,
    listed,
    of_facts,
    open_paper,
    print_file,
    seal,
    to_sign,
)

TITLE = N_("Expert's opinion on the rectification of hazards")


def build(opinion: ExpertOpinion, lang: str, *, draft: bool = False) -> Document:
    """The opinion as it was issued. Raises FontMissing."""
    with use_language(lang):
        facts = opinion.facts
        taken = [one for one in facts["findings"] if one["taken"]]
        left = [one for one in facts["findings"] if not one["taken"]]
        paper = open_paper(
            gettext(TITLE),
            lang,
            number=opinion.number,
            organisation=gettext("Expert hazard screening"),
            footer_note=gettext("Three copies: client, unit, expert body"),
            **proofs.marks(opinion, draft=draft),
            draft=draft,
        )
        paper.paragraph(gettext("To: %(name)s", name=facts["site"]["name"]), indent=False)
        paper.fields(_head(facts))
        _findings(paper, taken)
        _demands(paper, facts, taken)
        if left:
            paper.heading(gettext("Findings that the zone did not take over"))
            paper.table(
                [
                    Column(gettext("No."), 12, "center"),
                    Column(gettext("Problem"), 80),
                    Column(gettext("Reason"), 80),
                ],
                [[str(at), _problem(one), one["reason"]] for at, one in enumerate(left, start=1)],
                size=8.5,
            )
        if any(one["photos"] for one in taken):
            paper.note(gettext("Annexes: %(names)s", names=gettext("photos of the hazards")))
        paper.blank_below()
        paper.signatures(_signatures(facts), columns=3)
        paper.paragraph(
            gettext("%(organisation)s (seal)", organisation=facts["expert"]["body"] or BLANK * 6),
            align="right",
        )
        seal(paper, in_language(facts["org"]), opinion.issued_at)
        _photos(paper, taken, opinion)
        return paper


def _head(facts: dict[str, Any]) -> list[tuple[str, str]]:
    site, check, expert = facts["site"], facts["check"], facts["expert"]
    certificate = " ".join(filter(None, (expert["certificate_kind"], expert["certificate"])))
    return [
        (gettext("Address"), site["address"]),
        (gettext("Principal"), " ".join(filter(None, (site["principal"], site["principal_phone"])))),
        (gettext("Entrusting body"), in_language(facts["org"]) or BLANK * 4),
        (gettext("Expert body"), expert["body"] or BLANK * 4),
        (gettext("Contract"), expert["contract"]),
        (gettext("Expert"), " ".join(filter(None, (expert["name"], expert["title"])))),
        (gettext("Certificate"), certificate),
        (gettext("Day of the check"), day(check["visited_on"])),
        (gettext("Inspection record"), check["number"]),
        (gettext("Zone officer"), listed([certified(one) for one in check["companions"]])),
    ]


def _findings(paper: Document, taken: list[dict[str, Any]]) -> None:
    if not taken:
        paper.paragraph(gettext("No hazard was found that is to be rectified."))
        return
    paper.paragraph(
        gettext(
            "In an expert hazard screening your unit was found to have the following hazards (%(count)s). The zone has"
            " confirmed and graded them:",
            count=len(taken),
        )
    )
    paper.table(
        [
            Column(gettext("No."), 10, "center"),
            Column(gettext("Hazard number"), 24.5, "center"),
            Column(gettext("Problem and what is required"), 62),
            Column(gettext("Basis"), 45),
            Column(f"{gettext('Grade')}\n{gettext('Rectify by')}", 30, "center"),
        ],
        [_row(at, one) for at, one in enumerate(taken, start=1)],
        size=8.5,
    )


def _problem(one: dict[str, Any]) -> str:
    return " ".join(part for part in (one["place"], one["description"]) if part)


def _row(number: int, one: dict[str, Any]) -> list[str]:
    problem = [_problem(one)]
    if one["measure"]:
        problem.append(gettext("Measure: %(text)s", text=one["measure"]))
    if one["criterion"]:
        problem.append(gettext("Criterion: %(text)s", text=one["criterion"]))
    when = gettext("Rectified on the spot") if one["fixed_on_spot"] else day(one["due_on"])
    return [
        str(number),
        one["number"],
        "\n".join(problem),
        of_facts(one, "basis") or "—",
        f"{label(Grade(one['grade']))}\n{when or gettext('As the rectification plan says')}",
    ]


def _demands(paper: Document, facts: dict[str, Any], taken: list[dict[str, Any]]) -> None:
    """Immediate items, dated items, major items, day of re-inspection: in the order of the form."""
    visited = facts["check"]["visited_on"]
    numbered = [(str(at), one) for at, one in enumerate(taken, start=1)]
    at_once = [at for at, one in numbered if one["fixed_on_spot"] or (one["due_on"] or "9") <= visited]
    dated = [at for at, one in numbered if at not in at_once]
    grave = [at for at, one in numbered if one["grade"] != Grade.GENERAL.value]
    none = gettext("none")
    paper.paragraph(gettext("1. To be rectified at once: %(items)s.", items=listed(at_once) or none))
    paper.paragraph(gettext("2. To be rectified by the date above: %(items)s.", items=listed(dated) or none))
    paper.paragraph(gettext("3. Major or suspected major: %(items)s.", items=listed(grave) or none))
    if dated:
        when = day(facts["reinspect_on"]) or BLANK * 4
        paper.paragraph(gettext("4. Re-inspection is announced for %(day)s.", day=when))
    if facts["notice"]:
        paper.paragraph(
            gettext(
                "The zone demands the rectification by its notice %(number)s. Until it is done, keep people safe.",
                number=facts["notice"],
            )
        )


def _signatures(facts: dict[str, Any]) -> list[SignatureBlock]:
    return [
        to_sign(gettext("Expert"), facts["expert"]["name"]),
        to_sign(gettext("Confirmed for the zone by"), facts["issued_by"]["name"]),
        to_sign(gettext("Received for the unit")),
    ]


def _photos(paper: Document, taken: list[dict[str, Any]], opinion: ExpertOpinion) -> None:
    photos = [
        Photo(
            print_file(sha256, opinion.issued_at),
            gettext("Item %(number)s: %(place)s", number=at, place=one["place"] or one["description"][:40]),
        )
        for at, one in enumerate(taken, start=1)
        for sha256 in one["photos"]
    ]
    if photos:
        paper.page_break()
        paper.heading(gettext("Annex: photos"))
        paper.photo_grid(photos)
        paper.blank_below()
