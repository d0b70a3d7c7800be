"""Minutes of a meeting of the committee, from their frozen facts: who was there, what was said, what was decided."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from ...committee.minutes import CommitteeMinutes
from ...committee.models import CommitteeDuty
from ...core.i18n import label, use_language
from ...core.labels import N_
from .. import proofs
from ..layout.document import Column, Document
from ..layout.document_parts import day, in_language, open_paper, seal, to_sign

TITLE = N_("Minutes of the work safety committee")


def build(issued: CommitteeMinutes, lang: str, *, draft: bool = False) -> Document:
    """The minutes as they were issued. Raises FontMissing."""
    with use_language(lang):
        facts = issued.facts
        paper = open_paper(
            gettext(TITLE),
            lang,
            number=issued.number,
            organisation=in_language(facts["org"]),
            **proofs.marks(issued, draft=draft),
            draft=draft,
        )
        paper.fields(
            [
                (gettext("Day of the meeting"), day(facts["held_on"])),
                (gettext("Venue"), facts["place"]),
                (gettext("Chaired by"), facts["chair"]["name"]),
                (gettext("Minutes taken by"), facts["recorded_by"]),
                (gettext("Attending as guests"), facts["guests"] or "\u2014"),
            ]
        )
        _members(paper, facts)
        for title, text in ((gettext("Agenda"), facts["agenda"]), (gettext("Minutes"), facts["minutes"])):
            paper.heading(title)
            _paragraphs(paper, text)
        _decisions(paper, facts)
        paper.blank_below()
        paper.signatures(
            [
                to_sign(gettext("Signed off by (chair)"), facts["signed_by"]),
                to_sign(gettext("Minutes taken by"), facts["recorded_by"]),
            ]
        )
        seal(paper, in_language(facts["org"]), issued.issued_at)
        return paper


def _paragraphs(paper: Document, text: str) -> None:
    for line in text.splitlines():
        if line.strip():
            paper.paragraph(line.strip())


def _members(paper: Document, facts: dict[str, Any]) -> None:
    paper.heading(gettext("Members"))
    rows = [(one, gettext("Present")) for one in facts["present"]]
    rows += [(one, gettext("Absent")) for one in facts["absent"]]
    paper.table(
        [
            Column(gettext("Name"), 30),
            Column(gettext("Employer"), 54),
            Column(gettext("Post"), 35),
            Column(gettext("Duty in the committee"), 27, "center"),
            Column(gettext("Attendance"), 24, "center"),
        ],
        [
            [one["name"], one["organ"], one["post"], label(CommitteeDuty(one["duty"])), came]
            for one, came in rows
        ],
        size=8.5,
    )


def _decisions(paper: Document, facts: dict[str, Any]) -> None:
    paper.heading(gettext("Decisions"))
    if facts["decisions"]:
        rows = [
            [str(place), one["what"], one["responsible"], day(one["due_on"])]
            for place, one in enumerate(facts["decisions"], start=1)
        ]
        _table(paper, gettext("No."), 12, rows)
    else:
        paper.paragraph(gettext("Nothing was decided."))
    if facts["overdue"]:
        paper.heading(gettext("Overdue decisions of earlier meetings"))
        rows = [
            [one["number"], one["what"], one["responsible"], day(one["due_on"])] for one in facts["overdue"]
        ]
        _table(paper, gettext("Decision number"), 28, rows)


def _table(paper: Document, first: str, width: float, rows: list[list[str]]) -> None:
    paper.table(
        [
            Column(first, width, "center"),
            Column(gettext("What is decided"), 110 - width),
            Column(gettext("Responsible"), 28, "center"),
            Column(gettext("Until"), 32, "center"),
        ],
        rows,
        size=8.5,
    )
