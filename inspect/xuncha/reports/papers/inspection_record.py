"""现场检查记录: what a visit found, printed from the check as it was filed (domain 3.1; form B unless it enforces)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask_babel import gettext

from ...checklists.limits import Limits
from ...checklists.models import Block
from ...checks.models import Check, LegalMode, Party, Result, VisitKind
from ...core import history
from ...core.i18n import label, use_language, write_moment
from ...core.labels import N_
from ...hazards.models import Grade, Hazard, Outcome
from .. import proofs
from ..layout.document import Column, Document, SignatureBlock
from ..layout.document_parts import BLANK, Sections, certified, day, in_language, listed, of_facts, open_paper
from .record_annexes import add_annexes, annex_names, earlier_hazards, facts_of, hazards_found

TITLES = {
    LegalMode.ENFORCEMENT: N_("On-site inspection record"),
    LegalMode.ZONE_CHECK: N_("On-site inspection record"),
    LegalMode.SERVICE: N_("Visit and guidance record"),
    LegalMode.EXPERT: N_("Expert inspection record"),
}
FAMILIES = {
    LegalMode.ENFORCEMENT: N_("Work safety administrative enforcement paper"),
    LegalMode.ZONE_CHECK: N_("Work safety supervision and inspection paper"),
}
STATEMENTS = {
    LegalMode.ENFORCEMENT: N_(
        "We are enforcement officers of %(organ)s: %(people)s. These are our certificates. We carry out an on-site"
        " inspection of your unit under the law; please cooperate. You have the right to ask for our recusal."
    ),
    LegalMode.ZONE_CHECK: N_(
        "We are inspectors of %(organ)s: %(people)s. Under Article 9 of the Work Safety Law we carry out a safety check"
        " of your unit; please cooperate."
    ),
    LegalMode.SERVICE: N_(
        "We are from %(organ)s: %(people)s. We visit your unit to give guidance on work safety; please cooperate."
    ),
    LegalMode.EXPERT: N_(
        "Entrusted by %(organ)s, %(people)s screen your unit for safety hazards; please cooperate."
    ),
}
REMINDER = N_(
    "The above is what was found on this visit and in the places checked; it is not a list of all hazards. Keep checking"
    " for hazards and removing them yourselves, as the law asks of the enterprise."
)
PAD = 100  # strokes lie in a box three wide and one high


def build(check: Check, lang: str, *, draft: bool = False) -> Document:
    """The record of a filed check. Raises FontMissing."""
    with use_language(lang):
        edition = gettext("Version %(number)s", number=check.edition) if check.edition > 1 else ""
        paper = open_paper(
            gettext(TITLES[check.mode]),
            lang,
            number=f"{check.number} {edition}".strip(),
            organisation=gettext(FAMILIES[check.mode]) if check.mode in FAMILIES else _organ(check),
            footer_note=gettext("Two copies: ours and the unit's"),
            **proofs.marks(check, draft=draft, short=check.digest),
            draft=draft,
        )
        _marks(paper, check)
        paper.fields(_head(check))
        paper.paragraph(
            gettext(STATEMENTS[check.mode], organ=_organ(check) or BLANK * 4, people=_people(check))
        )
        sections = Sections(paper)
        _results(paper, sections, check)
        _readings(paper, sections, check)
        _findings(paper, sections, check)
        _rechecks(paper, sections, check)
        _said(paper, sections, check)
        if check.mode is not LegalMode.ENFORCEMENT:
            paper.note(gettext(REMINDER))
        annexes = annex_names(check)
        if annexes:
            paper.note(gettext("Annexes: %(names)s", names=listed(annexes)))
        paper.blank_below()
        paper.signatures(_signatures(check))
        add_annexes(paper, check)
        return paper


def _organ(check: Check) -> str:
    return in_language(check.facts["org"])


def _marks(paper: Document, check: Check) -> None:
    if check.replaced_by is not None:
        paper.note(
            gettext(
                "This version was corrected and no longer holds; version %(number)s holds.",
                number=check.replaced_by.edition,
            )
        )
    if check.edition > 1:
        rows = [row for row in history.of(check) if row.action == "correct"]
        paper.note(
            gettext(
                "Version %(number)s, corrected by %(name)s on %(moment)s. Reason: %(reason)s",
                number=check.edition,
                name=rows[0].actor_name if rows else "",
                moment=write_moment(check.received_at),
                reason=check.correction_reason,
            )
        )
    if check.late_reason:
        paper.note(
            gettext(
                "Entered late, on %(moment)s. Reason: %(reason)s",
                moment=write_moment(check.received_at),
                reason=check.late_reason,
            )
        )


def _officers(check: Check) -> list[dict[str, Any]]:
    return [check.facts["inspector"], *(one for one in check.companions if one.get("certificate"))]


def _people(check: Check) -> str:
    return listed([certified(person) for person in _officers(check)])


def _titled(person: dict[str, Any]) -> str:
    return " ".join(part for part in (person.get("name"), person.get("title"), person.get("phone")) if part)


def _head(check: Check) -> list[tuple[str, str]]:
    site = check.facts["site"]
    others = [_titled(one) for one in check.companions if not one.get("certificate") and one.get("name")]
    return [
        (gettext("Unit checked"), site["name"]),
        (gettext("Address"), site["address"]),
        (gettext("Legal representative (person in charge)"), site["principal"]),
        (gettext("Position"), site["principal_title"]),
        (gettext("Phone"), site["principal_phone"]),
        (gettext("Places checked"), check.place),
        (
            gettext("Time of the check"),
            gettext(
                "%(start)s to %(end)s",
                start=write_moment(check.started_at),
                end=write_moment(check.finished_at),
            ),
        ),
        (gettext("Inspecting organ"), _organ(check)),
        (gettext("Inspectors and certificates"), _people(check)),
        (gettext("Credit code"), site["uscc"]),
        (gettext("Kind of visit"), label(check.kind)),
        (gettext("Legal mode"), label(check.mode)),
        (gettext("Person in charge on site"), _titled(check.facts["site_person"])),
        (gettext("Others present"), listed(others)),
        *([(gettext("Entry code"), check.entry_code)] if check.entry_code else []),
    ]


def _results(paper: Document, sections: Sections, check: Check) -> None:
    if not check.answers:
        return
    sections.open(gettext("What was checked"))
    counts: dict[str, Counter[Result]] = {}
    first: dict[str, dict[str, Any]] = {}
    for answer in check.answers:
        item = check.facts["items"][answer.code]
        first.setdefault(item["list"], item)
        counts.setdefault(item["list"], Counter())[answer.result] += 1
    rows = [
        [
            label(Block(first[code]["block"])),
            of_facts(first[code], "list"),
            str(sum(found.values())),
            *(str(found[result]) for result in Result),
        ]
        for code, found in counts.items()
    ]
    whole = sum(counts.values(), Counter())
    paper.table(
        [
            Column(gettext("Part"), 22),
            Column(gettext("Checklist"), 28),
            Column(gettext("Items"), 10, "center"),
            *(Column(label(result), 16, "center") for result in Result),
        ],
        rows,
        total=[gettext("Total"), "", str(len(check.answers)), *(str(whole[result]) for result in Result)],
    )


def _readings(paper: Document, sections: Sections, check: Check) -> None:
    """What was measured, with the limits that held on the day."""
    measured = [
        (answer, Limits(**item["limits"]))
        for answer in check.answers
        if "limits" in (item := check.facts["items"][answer.code])
        and (answer.reading or answer.reading_reason)
    ]
    if not measured:
        return
    sections.open(gettext("Readings"))
    paper.table(
        [
            Column(gettext("Item code"), 18, "center"),
            Column(gettext("Quantity"), 42),
            Column(gettext("Reading"), 24, "center"),
            Column(gettext("Limits"), 30, "center"),
            Column(gettext("Result"), 20, "center"),
            Column(gettext("Remark"), 41),
        ],
        [
            [
                answer.code,
                limits.quantity,
                f"{answer.reading} {limits.unit}" if answer.reading else "",
                limits.span,
                label(answer.result),
                answer.reading_reason,
            ]
            for answer, limits in measured
        ],
        size=8.5,
    )


def _findings(paper: Document, sections: Sections, check: Check) -> None:
    sections.open(gettext("Problems found"))
    findings = facts_of(check)["findings"]
    if not findings:
        paper.paragraph(gettext("No hazard was recorded on this visit."))
        return
    codes = {answer.item_id: answer.code for answer in check.answers}
    known = hazards_found(check)
    paper.table(
        [
            Column(gettext("No."), 10, "center"),
            Column(gettext("Place"), 21),
            Column(gettext("Problem"), 62),
            Column(gettext("Basis"), 48),
            Column(f"{gettext('Grade')}\n{gettext('Rectify by')}", 30, "center"),
        ],
        [
            _finding_row(number, finding, codes, check, known.get(finding["uuid"]))
            for number, finding in enumerate(findings, start=1)
        ],
        size=8.5,
    )


def _finding_row(
    number: int,
    finding: dict[str, Any],
    codes: dict[int, str],
    check: Check,
    seen: tuple[str, str, int] | None,
) -> list[str]:
    item = check.facts["items"].get(codes.get(finding["item_id"], ""), {})
    problem = [finding["description"]]
    if finding["measure"]:
        problem.append(gettext("Measure: %(text)s", text=finding["measure"]))
    suspected = finding["suspected_major"]
    if suspected and finding["major_criterion"]:
        problem.append(gettext("Criterion: %(text)s", text=finding["major_criterion"]))
    if seen:
        problem.append(_seen_before(*seen))
    grade = Grade.SUSPECTED if suspected else Grade.GENERAL
    due = gettext("Rectified on the spot") if finding["fixed_on_spot"] else day(finding["due_on"])
    if seen and seen[0] == "again":
        due = gettext("As noticed before")
    basis = (suspected and of_facts(item, "major_basis")) or of_facts(item, "basis") or finding["basis"]
    return [str(number), finding["place"], "\n".join(problem), basis, f"{label(grade)}\n{due}".rstrip()]


def _seen_before(what: str, number: str, time: int) -> str:
    if what == "again":
        return gettext("Hazard %(number)s found again, time %(time)s", number=number, time=time)
    return gettext("Repeat hazard, time %(time)s: see %(number)s", time=time, number=number)


def _rechecks(paper: Document, sections: Sections, check: Check) -> None:
    rechecks = facts_of(check)["rechecks"]
    if not rechecks:
        return
    sections.open(gettext("Earlier hazards looked at again"))
    known = earlier_hazards(check)
    paper.table(
        [
            Column(gettext("No."), 10, "center"),
            Column(gettext("Hazard number"), 26),
            Column(gettext("Problem"), 54),
            Column(gettext("Result of re-inspection"), 26, "center"),
            Column(gettext("Remark"), 26),
            Column(gettext("New due date"), 27, "center"),
        ],
        [
            [
                str(number),
                *_named(known.get(recheck["hazard_uuid"])),
                label(Outcome(recheck["result"])),
                recheck["note"],
                day(recheck["due_on"]),
            ]
            for number, recheck in enumerate(rechecks, start=1)
        ],
        size=8.5,
    )


def _named(hazard: Hazard | None) -> list[str]:
    if hazard is None:
        return ["", ""]
    return [hazard.number, " ".join(part for part in (hazard.place, hazard.description) if part)]


def _said(paper: Document, sections: Sections, check: Check) -> None:
    if check.summary:
        sections.open(gettext("Remarks on the visit"))
        for text in check.summary.splitlines():
            paper.paragraph(text)
    sections.open(gettext("Objection of the unit checked"))
    paper.paragraph(check.objection or gettext("None recorded."))


def _signatures(check: Check) -> list[SignatureBlock]:
    given = {party: [one for one in check.signatures if one.party is party] for party in Party}
    blocks = [_signed(one) for one in given[Party.INSPECTOR]]
    seconds = [_signed(one) for one in given[Party.COMPANION]]
    if not seconds:
        names = [str(one["name"]) for one in _officers(check)[1:]]
        seconds = [SignatureBlock(label(Party.COMPANION), name) for name in names or [""]]
    blocks += seconds + [_signed(one) for one in given[Party.SITE]]
    if not given[Party.SITE] and check.kind is not VisitKind.IDLE_PATROL:
        blocks.append(SignatureBlock(label(Party.SITE), check.site_person))
    return blocks + [_signed(one) for one in given[Party.WITNESS]]


def _signed(one: Any) -> SignatureBlock:
    strokes = [[(x * PAD, y * PAD) for x, y in stroke] for stroke in one.strokes] or None
    return SignatureBlock(
        role=label(one.party),
        name=" ".join(part for part in (one.name, one.title) if part),
        strokes=strokes,
        refused_reason=one.refused_reason or None,
        date=write_moment(one.signed_at) if one.signed_at and not one.on_paper else None,
    )
