"""挂牌督办通知书, 摘牌通知书, 重大事故隐患报告, 移送函, 延期决定书, 督办函: papers about one hazard, from their frozen facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext

from ...core.i18n import label, use_language, write_number
from ...core.labels import N_
from ...hazards.models import Grade, Letter, LetterKind
from .. import proofs
from ..layout.document import Document, Photo, SignatureBlock
from ..layout.document_parts import (
    BLANK,
    day,
    in_language,
    listed,
    of_facts,
    open_paper,
    print_file,
    seal,
    to_sign,
)

TITLES = {
    LetterKind.LISTING: N_("Notice of public listing of a major hazard"),
    LetterKind.DELISTING: N_("Notice of delisting of a major hazard"),
    LetterKind.REPORT: N_("Report of a major hazard"),
    LetterKind.REFERRAL: N_("Letter of referral"),
    LetterKind.EXTENSION: N_("Decision on an extension"),
    LetterKind.SUPERVISION: N_("Supervision letter"),
}
# To the enterprise in two copies, to a department by the distribution that the office decides.
TO_ENTERPRISE = {LetterKind.LISTING, LetterKind.DELISTING, LetterKind.EXTENSION, LetterKind.SUPERVISION}
WITHOUT_PHOTOS = {LetterKind.DELISTING, LetterKind.EXTENSION}


def build(letter: Letter, lang: str, *, draft: bool = False) -> Document:
    """The paper as it was issued. Raises FontMissing."""
    with use_language(lang):
        facts, kind = letter.facts, letter.kind
        to_enterprise = kind in TO_ENTERPRISE
        copies = gettext("Two copies: ours and the unit's") if to_enterprise else ""
        paper = open_paper(
            gettext(TITLES[kind]),
            lang,
            number=letter.number,
            organisation=in_language(facts["org"]) or gettext("Work safety supervision and inspection paper"),
            footer_note=copies,
            **proofs.marks(letter, draft=draft),
            draft=draft,
        )
        addressee = facts["site"]["name"] if to_enterprise else facts["told"]["department"]
        paper.paragraph(gettext("To: %(name)s", name=addressee), indent=False)
        _BODIES[kind](paper, facts)
        paper.blank_below()
        paper.signatures(_signatures(kind, facts), columns=3)
        seal(paper, in_language(facts["org"]), letter.issued_at)
        if kind not in WITHOUT_PHOTOS:
            _photos(paper, facts["hazard"]["photos"], letter.issued_at)
        return paper


def _case(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The unit and its hazard, as every one of these papers states them."""
    hazard, site = facts["hazard"], facts["site"]
    notice, check = hazard["notice"] or {}, hazard["check"] or {}
    fields = [
        (gettext("Unit"), site["name"]),
        (gettext("Credit code"), site["uscc"] or ""),
        (gettext("Address"), site["address"]),
        (gettext("Principal"), " ".join(filter(None, (site["principal"], site["principal_phone"])))),
        (gettext("Hazard number"), hazard["number"]),
        (gettext("Grade"), label(Grade(hazard["grade"]))),
        (gettext("Found on"), day(hazard["found_on"])),
        (gettext("Place"), hazard["place"]),
        (gettext("Inspection record"), check.get("number", "")),
        (gettext("Rectification notice"), notice.get("number", "")),
        (gettext("Hazard"), hazard["description"]),
        (gettext("Criterion"), hazard["criterion"]),
        (gettext("Basis"), of_facts(hazard, "basis")),
        (gettext("Interim measures"), "" if facts["closure"] else hazard["interim_measures"]),
    ]
    known = len(fields) - 3  # a form keeps its fields; what a hazard has none of is left out below them
    return [*fields[:known], *(field for field in fields[known:] if field[1])]


def _plan(hazard: dict[str, Any]) -> list[tuple[str, str]]:
    """The five points that are settled; none before a plan was accepted."""
    plan = hazard["plan"]
    if not plan:
        return []
    return [
        (gettext("Responsibility"), plan["responsible"]),
        (gettext("Time limit"), day(plan["due_on"])),
        (gettext("Money (10,000 yuan)"), write_number(plan["funds"])),
        (gettext("Measures"), plan["measures"]),
        (gettext("Emergency plan"), plan["emergency_plan"]),
    ]


def _listing(paper: Document, facts: dict[str, Any]) -> None:
    told, hazard = facts["told"], facts["hazard"]
    paper.paragraph(
        gettext(
            "Your unit has the major hazard named below. It is listed publicly and its rectification is supervised from"
            " the day of this notice on."
        )
    )
    paper.fields(
        [
            (gettext("Listing organ"), in_language(facts["org"]) or BLANK * 4),
            (gettext("Responsible leader"), told["leader"]),
            (gettext("Deadline of the listing"), day(told["deadline"])),
            (gettext("Rectify by"), day(hazard["due_on"]) or gettext("As the rectification plan says")),
            (gettext("Basis of the listing"), told["reason"]),
        ]
    )
    paper.heading(gettext("The hazard"))
    paper.fields(_case(facts))
    _settled(paper, hazard)
    paper.heading(gettext("What is required"))
    for text in _demands(hazard):
        paper.paragraph(text)


def _demands(hazard: dict[str, Any]) -> list[str]:
    plan = (
        gettext(
            "1. Carry out the accepted plan: responsibility, measures, money, time limit and emergency plan."
        )
        if hazard["plan"]
        else gettext(
            "1. Submit a plan at once that settles responsibility, measures, money, time limit and emergency plan."
        )
    )
    return [
        plan,
        gettext(
            "2. Keep the interim measures in place until the hazard is closed; where people cannot be kept safe, stop."
        ),
        gettext("3. Report the progress of the rectification every month."),
        gettext(
            "4. When it is done, accept the work yourselves or have it accepted, then ask for the check on site. Two or"
            " more people look at it; once the closure is approved, the hazard is delisted."
        ),
    ]


def _delisting(paper: Document, facts: dict[str, Any]) -> None:
    told, closure = facts["told"], facts["closure"]
    paper.paragraph(_why_delisted(closure))
    paper.fields(
        [
            (gettext("Notice of listing"), closure["listing"] or "—"),
            (gettext("Listed on"), day(closure["listed_on"])),
            (gettext("Checked on site on"), day(closure["verified_on"]) or "—"),
            (gettext("Checked on site by"), listed([name for name in closure["verified_by"] if name]) or "—"),
            (gettext("Closure approved on"), day(closure["approved_on"]) or "—"),
            (gettext("Closure approved by"), closure["approved_by"] or "—"),
            (gettext("Basis of the delisting"), told["reason"]),
        ]
    )
    paper.heading(gettext("The hazard"))
    paper.fields(_case(facts))
    paper.paragraph(
        gettext(
            "Keep what was rectified in order, and go on looking for hazards and removing them yourselves."
        )
    )


def _why_delisted(closure: dict[str, Any]) -> str:
    if closure["approved_on"]:
        return gettext(
            "The major hazard named below was checked on site and its closure was approved. It is delisted from the day"
            " of this notice on."
        )
    return gettext("The hazard named below is delisted from the day of this notice on.")


def _report(paper: Document, facts: dict[str, Any]) -> None:
    hazard = facts["hazard"]
    paper.paragraph(
        gettext(
            "In a safety check the major hazard named below was found and confirmed. It is reported to you, so that you"
            " may enter and supervise it under Article 41 of the Work Safety Law."
        )
    )
    paper.fields(_case(facts))
    _settled(paper, hazard)
    if facts["told"].get("note"):
        paper.paragraph(facts["told"]["note"])
    paper.paragraph(
        gettext(
            "Where safety cannot be assured before or while it is removed, please decide whether people are to be led"
            " out or work is to be stopped."
        )
    )
    _attached(paper, hazard)


def _referral(paper: Document, facts: dict[str, Any]) -> None:
    told, hazard = facts["told"], facts["hazard"]
    paper.paragraph(
        gettext("In our supervision of safety we found the matter named below. It is for you to handle.")
    )
    paper.fields([*_case(facts), (gettext("Facts and basis"), told["reason"])])
    _settled(paper, hazard)
    paper.paragraph(
        gettext(
            "Please handle it under the law and tell us the result by %(day)s.", day=day(told["reply_by"])
        )
        if told.get("reply_by")
        else gettext("Please handle it under the law and tell us the result.")
    )
    _attached(paper, hazard)


def _extension(paper: Document, facts: dict[str, Any]) -> None:
    asked = facts["extension"]
    paper.paragraph(
        gettext(
            "On %(asked)s your unit asked for a later date for the hazard named below. It is granted: rectify it by"
            " %(day)s (that day included).",
            asked=day(asked["asked_on"]),
            day=day(asked["new_due_on"]),
        )
        if asked["granted"]
        else gettext(
            "On %(asked)s your unit asked for a later date for the hazard named below. It is refused: the date of"
            " %(day)s (that day included) holds.",
            asked=day(asked["asked_on"]),
            day=day(asked["old_due_on"]),
        )
    )
    fields = [
        (gettext("Original due date"), day(asked["old_due_on"])),
        (gettext("Date asked for"), day(asked["new_due_on"])),
        (
            gettext("Decision"),
            gettext("Extension granted") if asked["granted"] else gettext("Extension refused"),
        ),
        (gettext("Why more time is needed"), asked["reason"]),
        (gettext("Interim measures"), asked["interim_measures"]),
        (gettext("Remark"), asked["note"]),
    ]
    paper.fields([one for one in fields if one[1]])
    paper.heading(gettext("The hazard"))
    # The measures until then are those that were promised with the request; they stand above.
    paper.fields([one for one in _case(facts) if one[0] != gettext("Interim measures")])
    paper.paragraph(
        gettext(
            "Keep the interim measures in place until it is rectified, and report when it is done. What is not rectified"
            " by the date is reported to the competent department and handled under the law."
        )
    )


def _supervision(paper: Document, facts: dict[str, Any]) -> None:
    hazard, delay, told = facts["hazard"], facts["delay"], facts["told"]
    paper.paragraph(
        ngettext(
            "Your unit has not rectified the hazard named below by its date. It is %(num)s day overdue.",
            "Your unit has not rectified the hazard named below by its date. It is %(num)s days overdue.",
            delay["days"],
        )
    )
    fields = [
        (gettext("Rectify by"), day(hazard["due_on"])),
        (gettext("Days overdue"), str(delay["days"])),
        (gettext("Urged before"), _urged(delay)),
        (gettext("Written answer by"), day(told["reply_by"])),
    ]
    paper.fields([one for one in fields if one[1]])
    paper.heading(gettext("The hazard"))
    paper.fields(_case(facts))
    paper.heading(gettext("What is required"))
    demands = [
        gettext("1. Rectify the hazard at once; the due date is not moved by this letter."),
        gettext(
            "2. Keep people safe until it is rectified; where they cannot be kept safe, stop the work there."
        ),
        gettext(
            "3. Answer in writing by %(day)s: why it was not rectified in time, what is done, when it is done.",
            day=day(told["reply_by"]),
        ),
    ]
    for text in [*demands, *([told["note"]] if told.get("note") else [])]:
        paper.paragraph(text)
    paper.paragraph(
        gettext(
            "Where this is not done, your principal is invited to an interview, or the matter is referred to the"
            " competent department and handled under the law."
        )
    )
    _attached(paper, hazard)


def _urged(delay: dict[str, Any]) -> str:
    if not delay["urged"]:
        return ""
    last = day(delay["last_urged_on"])
    return ngettext(
        "%(num)s time, last on %(day)s", "%(num)s times, last on %(day)s", delay["urged"], day=last
    )


def _settled(paper: Document, hazard: dict[str, Any]) -> None:
    if hazard["plan"]:
        paper.heading(gettext("Rectification plan"))
        paper.fields(_plan(hazard))


def _attached(paper: Document, hazard: dict[str, Any]) -> None:
    names = [
        gettext("inspection record %(number)s", number=hazard["check"]["number"]) if hazard["check"] else "",
        gettext("rectification notice %(number)s", number=hazard["notice"]["number"])
        if hazard["notice"]
        else "",
        gettext("photos of the hazards") if hazard["photos"] else "",
    ]
    if any(names):
        paper.note(gettext("Annexes: %(names)s", names=listed([name for name in names if name])))


_BODIES: dict[LetterKind, Callable[[Document, dict[str, Any]], None]] = {
    LetterKind.LISTING: _listing,
    LetterKind.DELISTING: _delisting,
    LetterKind.REPORT: _report,
    LetterKind.REFERRAL: _referral,
    LetterKind.EXTENSION: _extension,
    LetterKind.SUPERVISION: _supervision,
}


def _signatures(kind: LetterKind, facts: dict[str, Any]) -> list[SignatureBlock]:
    issuer = facts["issued_by"]
    handler = to_sign(gettext("Handled by"), issuer["name"])
    if kind in TO_ENTERPRISE:
        named = facts["told"].get("leader") or (facts["closure"] or {}).get("leader", "")
        leader = to_sign(gettext("Responsible leader"), named)
        received = to_sign(gettext("Received for the unit (principal or person in charge on site)"))
        return [leader, handler, received]
    return [to_sign(gettext("Signed by (leader)")), handler, to_sign(gettext("Received for the department"))]


def _photos(paper: Document, hashes: list[str], issued_at: datetime) -> None:
    if not hashes:
        return
    paper.page_break()
    paper.heading(gettext("Annex: photos"))
    paper.photo_grid(
        [
            Photo(print_file(sha256, issued_at), gettext("Photo %(number)s", number=at))
            for at, sha256 in enumerate(hashes, start=1)
        ]
    )
    paper.blank_below()
