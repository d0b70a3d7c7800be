"""整改通知书 (form B) or 责令限期整改指令书 (form A), printed from the facts frozen when it was issued (domain 3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext

from ...checks.models import Party
from ...core.i18n import label, use_language
from ...core.labels import N_
from ...hazards.models import Grade, Notice
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
)

TITLES = {"A": N_("Order to rectify by a date"), "B": N_("Rectification notice")}
FAMILIES = {
    "A": N_("Work safety administrative enforcement paper"),
    "B": N_("Work safety supervision and inspection paper"),
}
OPENINGS = {
    "A": N_("On inspection your unit was found to have the following problems (%(count)s):"),
    "B": N_("In a safety check your unit was found to have the following hazards (%(count)s):"),
}
DEMANDS = {
    "A": N_(
        "Your unit is now ordered to rectify: %(dates)s, so that what the laws, rules and standards demand is met."
    ),
    "B": N_(
        "Your unit is required to rectify: %(dates)s, and to report the rectification with photos within that time."
    ),
}


def build(notice: Notice, lang: str, *, draft: bool = False, address: str | None = None) -> Document:
    """The notice as it was issued, with the address that opens its page where one is given. Raises FontMissing."""
    with use_language(lang):
        facts, family = notice.facts, notice.facts["family"]
        paper = open_paper(
            gettext(TITLES[family]),
            lang,
            number=notice.number,
            organisation=gettext(FAMILIES[family]),
            footer_note=gettext("Two copies: ours and the unit's"),
            **proofs.marks(notice, draft=draft),
            draft=draft,
        )
        paper.paragraph(gettext("To: %(name)s", name=facts["site"]["name"]), indent=False)
        paper.fields(_head(notice))
        paper.paragraph(gettext(OPENINGS[family], count=len(facts["hazards"])))
        paper.table(_columns(), [_row(at, one) for at, one in enumerate(facts["hazards"], start=1)], size=8.5)
        for text in _demands(facts):
            paper.paragraph(text)
        if address:
            paper.scan_block(
                gettext("Scan to acknowledge receipt and report the rectification"),
                address,
                gettext("For this notice only, without an account. Do not pass the code on."),
            )
        paper.paragraph(of_facts(facts, "consequence"))
        paper.paragraph(_contact(facts))
        if any(one["photos"] for one in facts["hazards"]):
            paper.note(gettext("Annexes: %(names)s", names=gettext("photos of the hazards")))
        paper.blank_below()
        paper.signatures(_signatures(facts))
        seal(paper, in_language(facts["org"]), notice.issued_at)
        _photos(paper, facts["hazards"], notice.issued_at)
        return paper


def _head(notice: Notice) -> list[tuple[str, str]]:
    facts, check = notice.facts, notice.facts["check"] or {}
    return [
        (gettext("Address"), facts["site"]["address"]),
        (gettext("Principal"), facts["site"]["principal"]),
        (gettext("Day of the check"), day(check.get("visited_on"))),
        (gettext("Inspection record"), check.get("number", "")),
        (gettext("Inspectors and certificates"), listed([certified(one) for one in _officers(facts)])),
    ]


def _officers(facts: dict[str, Any]) -> list[dict[str, Any]]:
    check = facts["check"]
    if not check:
        return [facts["issued_by"]]
    return [check["inspector"], *(one for one in check["companions"] if one.get("certificate"))]


def _columns() -> list[Column]:
    return [
        Column(gettext("No."), 10, "center"),
        Column(f"{gettext('Hazard number')}\n{gettext('Place')}", 24.5, "center"),
        Column(gettext("Problem and what is required"), 62),
        Column(gettext("Basis"), 44),
        Column(f"{gettext('Grade')}\n{gettext('Rectify by')}", 30, "center"),
    ]


def _row(number: int, hazard: dict[str, Any]) -> list[str]:
    problem = [hazard["description"]]
    if hazard["measure"]:
        problem.append(gettext("Measure: %(text)s", text=hazard["measure"]))
    if hazard["criterion"]:
        problem.append(gettext("Criterion: %(text)s", text=hazard["criterion"]))
    problem += [*_repeats(hazard)]
    return [
        str(number),
        "\n".join(filter(None, (hazard["number"], hazard["place"]))),
        "\n".join(problem),
        of_facts(hazard, "basis") or hazard.get("basis") or "—",
        f"{label(Grade(hazard['grade']))}\n{day(hazard['due_on']) or gettext('As the rectification plan says')}",
    ]


def _repeats(hazard: dict[str, Any]) -> Iterator[str]:
    """That it was there before; notices of earlier releases hold no count."""
    if hazard["repeats"] and hazard.get("occurrence", 1) > 1:
        yield gettext(
            "Repeat hazard, time %(time)s: see %(number)s",
            time=hazard["occurrence"],
            number=hazard["repeats"],
        )
    elif hazard["repeats"]:
        yield gettext("Repeated hazard: see %(number)s", number=hazard["repeats"])
    if hazard.get("times_found", 1) > 1:
        yield gettext("Found again, time %(time)s", time=hazard["times_found"])


def _demands(facts: dict[str, Any]) -> list[str]:
    hazards, family = facts["hazards"], facts["family"]
    texts = [gettext(DEMANDS[family], dates=_dates(hazards))]
    for grade, said in (
        (Grade.MAJOR, N_("Item %(numbers)s is a major hazard: draw up a plan that settles who, how, with what money, by"
                         " when and what to do in an emergency, and report it to the competent department.")),
        (Grade.SUSPECTED, N_("Item %(numbers)s is suspected to be a major hazard and is being confirmed.")),
    ):  # fmt: skip
        numbers = [str(at) for at, one in enumerate(hazards, start=1) if one["grade"] == grade.value]
        if numbers:
            texts.append(gettext(said, numbers=listed(numbers)))
    return texts


def _contact(facts: dict[str, Any]) -> str:
    issuer = facts["issued_by"]
    return gettext(
        "Contact: %(name)s, phone %(phone)s", name=issuer["name"], phone=issuer["phone"] or BLANK * 4
    )


def _dates(hazards: list[dict[str, Any]]) -> str:
    """Which items are due when, nearest first: one date for several items is said once."""
    by_day: dict[str, list[str]] = {}
    for number, hazard in enumerate(hazards, start=1):
        by_day.setdefault(hazard["due_on"] or "", []).append(str(number))
    parts = [
        gettext("item %(numbers)s by %(day)s (that day included)", numbers=listed(numbers), day=day(due))
        if due
        else gettext("item %(numbers)s as the rectification plan says", numbers=listed(numbers))
        for due, numbers in sorted(by_day.items(), key=lambda pair: pair[0] or "9")
    ]
    return gettext("; ").join(parts)


def _signatures(facts: dict[str, Any]) -> list[SignatureBlock]:
    officers = _officers(facts)
    second = officers[1]["name"] if len(officers) > 1 else ""
    return [
        SignatureBlock(label(Party.INSPECTOR), officers[0]["name"]),
        SignatureBlock(label(Party.COMPANION), second),
        SignatureBlock(gettext("Received for the unit (principal or person in charge on site)")),
    ]


def _photos(paper: Document, hazards: list[dict[str, Any]], issued_at: datetime) -> None:
    photos = [
        Photo(
            print_file(sha256, issued_at),
            gettext(
                "Item %(number)s: %(place)s", number=at, place=hazard["place"] or hazard["description"][:40]
            ),
        )
        for at, hazard in enumerate(hazards, start=1)
        for sha256 in hazard["photos"]
    ]
    if photos:
        paper.page_break()
        paper.heading(gettext("Annex: photos"))
        paper.photo_grid(photos)
        paper.blank_below()
