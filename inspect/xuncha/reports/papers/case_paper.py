"""Papers of an illegal case, from their frozen facts: its record with time line and photos, and the letter of referral."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from flask_babel import gettext

from ...campaigns.case_papers import CasePaper, CasePaperKind
from ...campaigns.models import CaseKind, CaseOutcome
from ...core.i18n import label, use_language, write_number
from ...core.labels import N_
from .. import proofs
from ..layout.document import Column, Document, Photo, PhotoPair
from ..layout.document_parts import (
    BLANK,
    day,
    in_language,
    listed,
    moment,
    open_paper,
    print_file,
    seal,
    to_sign,
)

TITLES = {
    CasePaperKind.RECORD: N_("Record of an illegal case"),
    CasePaperKind.REFERRAL: N_("Letter of referral of an illegal case"),
}
STEPS = {
    "record": N_("Recorded"),
    "settle": N_("Outcome"),
    "reopen": N_("Outcome taken back"),
    "paper": N_("Record issued"),
}


def build(issued: CasePaper, lang: str, *, draft: bool = False) -> Document:
    """A paper of a case as it was issued. Raises FontMissing."""
    with use_language(lang):
        facts = issued.facts
        paper = open_paper(
            gettext(TITLES[issued.kind]),
            lang,
            number=issued.number,
            organisation=gettext("Work safety supervision and inspection paper"),
            **proofs.marks(issued, draft=draft),
            draft=draft,
        )
        if issued.kind is CasePaperKind.REFERRAL:
            _referral(paper, facts)
        else:
            _record(paper, facts)
        paper.blank_below()
        paper.signatures(_signatures(issued.kind, facts))
        seal(paper, in_language(facts["org"]), issued.issued_at)
        _photos(paper, issued)
        return paper


def _case(facts: dict[str, Any]) -> list[tuple[str, str]]:
    site = facts["site"] or {}
    return [
        (gettext("Kind of case"), label(CaseKind(facts["kind"]))),
        (gettext("Found on"), day(facts["found_on"])),
        (gettext("Enterprise or site"), site.get("name", "")),
        (gettext("Credit code"), site.get("uscc", "")),
        (gettext("Principal"), " ".join(filter(None, (site.get("principal"), site.get("principal_phone"))))),
        (gettext("Address"), site.get("address", "")),
        (gettext("Where exactly"), facts["place"]),
        (gettext("Inspection record"), facts["check"] or ""),
        (gettext("Campaign"), in_language(facts["campaign"] or {})),
        (gettext("Recorded by"), facts["recorded_by"]),
        (gettext("Facts"), facts["description"]),
    ]


def _record(paper: Document, facts: dict[str, Any]) -> None:
    paper.fields(_case(facts))
    paper.heading(gettext("What became of it"))
    area = facts["area_m2"]
    fields = [
        (gettext("Outcome"), label(CaseOutcome(facts["outcome"]))),
        (gettext("Settled on"), day(facts["outcome_on"])),
        (gettext("Department"), facts["department"]),
        (gettext("Reply asked for by"), day(facts["reply_by"])),
        (gettext("Area removed (m²)"), write_number(area) if area is not None else ""),
        (gettext("How it was settled"), facts["outcome_note"]),
    ]
    paper.fields([one for one in fields if one[1]])
    paper.heading(gettext("Time line"))
    paper.table(
        [
            Column(gettext("When"), 40),
            Column(gettext("Step"), 44),
            Column(gettext("By"), 26, "center"),
            Column(gettext("Remark"), 60),
        ],
        [_step(one) for one in facts["course"]],
        size=8.5,
    )


def _step(one: dict[str, Any]) -> list[str]:
    words = gettext(STEPS.get(one["action"], one["action"]))
    if one["action"] == "settle" and one["outcome"]:
        words = gettext("%(step)s: %(outcome)s", step=words, outcome=label(CaseOutcome(one["outcome"])))
    return [moment(one["at"]), words, one["actor"], one["note"]]


def _referral(paper: Document, facts: dict[str, Any]) -> None:
    paper.paragraph(gettext("To: %(name)s", name=facts["department"] or BLANK * 4), indent=False)
    paper.paragraph(
        gettext("In our supervision of safety we found the matter named below. It is for you to handle.")
    )
    paper.fields(_case(facts))
    if facts["outcome_note"]:
        paper.fields([(gettext("Handled so far"), facts["outcome_note"])])
    paper.paragraph(
        gettext(
            "Please handle it under the law and tell us the result by %(day)s.", day=day(facts["reply_by"])
        )
        if facts["reply_by"]
        else gettext("Please handle it under the law and tell us the result.")
    )
    contact = facts["issued_by"]
    paper.paragraph(
        gettext(
            "Contact: %(name)s, phone %(phone)s", name=contact["name"], phone=contact["phone"] or BLANK * 4
        )
    )
    if facts["before"] or facts["check"]:
        record = gettext("inspection record %(number)s", number=facts["check"]) if facts["check"] else ""
        photos = gettext("photos of the case") if facts["before"] else ""
        paper.note(gettext("Annexes: %(names)s", names=listed([one for one in (record, photos) if one])))


def _signatures(kind: CasePaperKind, facts: dict[str, Any]) -> list[Any]:
    handler = to_sign(gettext("Handled by"), facts["issued_by"]["name"])
    leader = to_sign(gettext("Signed by (leader)"))
    if kind is CasePaperKind.REFERRAL:
        return [leader, handler, to_sign(gettext("Received for the department"))]
    return [handler, leader]


def _photos(paper: Document, issued: CasePaper) -> None:
    pairs = list(zip_longest(issued.facts["before"], issued.facts["after"]))
    if not pairs:
        return
    paper.page_break()
    paper.heading(gettext("Annex: photos"))
    if not issued.facts["after"]:  # a department is told what was found
        names = enumerate(issued.facts["before"], start=1)
        paper.photo_grid(
            [
                Photo(print_file(one, issued.issued_at), gettext("Photo %(number)s", number=at))
                for at, one in names
            ]
        )
        pairs = []
    for at, pair in enumerate(pairs, start=1):
        before, after = (print_file(one, issued.issued_at) if one else None for one in pair)
        paper.photo_pairs([PhotoPair(before, after, gettext("Photo %(number)s", number=at))])
    paper.blank_below()
