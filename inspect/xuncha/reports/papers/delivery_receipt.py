"""送达回执: how a notice was delivered, printed from the facts frozen when it was noted (domain 3.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import gettext

from ...core.i18n import label, use_language
from ...core.labels import N_
from ...hazards.papers.deliveries import Delivery, Manner
from .. import proofs
from ..layout.document import Column, Document, Photo, SignatureBlock
from ..layout.document_parts import day, in_language, listed, moment, open_paper, print_file, seal, to_sign
from . import rectification_notice

TITLE = N_("Receipt of delivery")
SHORT_NAME = 6  # characters
STATEMENTS = {
    Manner.PAPER: N_("The paper named above was handed to the recipient, who signed for it."),
    Manner.LINK: N_(
        "The receipt of the paper named above was acknowledged through the address that it carries, under the name that"
        " stands as receiver."
    ),
    Manner.REFUSED: N_(
        "The receipt of the paper named above was refused. It was left with the recipient before a witness."
    ),
}


def build(delivery: Delivery, lang: str, *, draft: bool = False) -> Document:
    """The receipt as it was noted. Raises FontMissing."""
    with use_language(lang):
        facts, manner = delivery.facts, delivery.manner
        paper = open_paper(
            gettext(TITLE),
            lang,
            number=delivery.number,
            organisation=gettext("Work safety supervision and inspection paper"),
            **proofs.marks(delivery, draft=draft),
            draft=draft,
        )
        paper.fields(_head(facts))
        paper.heading(gettext("Paper delivered"))
        paper.table(
            [
                Column(gettext("No."), 12, "center"),
                Column(gettext("Paper"), 50),
                Column(gettext("Number"), 60, "center"),
                Column(gettext("Issued on"), 40, "center"),
            ],
            [["1", *_paper(facts["notice"])]],
        )
        paper.heading(gettext("Delivery"))
        paper.fields(_fields(facts, manner))
        paper.paragraph(gettext(STATEMENTS[manner]))
        paper.blank_below()
        blocks = _signatures(facts, manner)
        paper.signatures(blocks, columns=max(2, len(blocks)))
        seal(paper, in_language(facts["org"]), delivery.issued_at)
        if facts["photo"]:
            paper.page_break()
            paper.heading(gettext("Annex: photos"))
            paper.photo_grid([Photo(print_file(facts["photo"]), gettext("Photo of the delivery"))])
            paper.blank_below()
        return paper


def _head(facts: dict[str, Any]) -> list[tuple[str, str]]:
    site, notice = facts["site"], facts["notice"]
    return [
        (gettext("Recipient"), facts["recipient"]),
        (gettext("Credit code"), site["uscc"] or ""),
        (
            gettext("Case"),
            gettext("Rectification of hazards: %(numbers)s", numbers=listed(notice["hazards"])),
        ),
        (gettext("Address"), site["address"]),
    ]


def _paper(notice: dict[str, Any]) -> list[str]:
    family = notice["family"]
    return [gettext(rectification_notice.TITLES[family]), notice["number"], day(notice["issued_on"])]


def _fields(facts: dict[str, Any], manner: Manner) -> list[tuple[str, str]]:
    received = gettext("Refused by") if manner is Manner.REFUSED else gettext("Receiver")
    fields = [
        (gettext("Manner of delivery"), label(manner)),
        (gettext("Delivered on"), moment(facts["moment"]) or day(facts["delivered_on"])),
        (received, facts["receiver"]),
        (gettext("Delivered by"), facts["deliverer"]),
        (gettext("Place of delivery"), facts["place"]),
    ]
    if manner is Manner.REFUSED:
        fields.append((gettext("Witness"), facts["witness"]))
    return [*fields, (gettext("Remark"), facts["note"])]


def _line(role: str, name: str) -> SignatureBlock:
    """A line to be signed; a name with its unit stands above alone, since beside the date there is no room for it."""
    return to_sign(role, name if len(name) <= SHORT_NAME else "")


def _signatures(facts: dict[str, Any], manner: Manner) -> list[SignatureBlock]:
    deliverer = _line(gettext("Delivered by"), facts["deliverer"])
    if manner is Manner.REFUSED:
        reason = facts["note"]
        refused = replace(_line(gettext("Receiver"), facts["receiver"]), refused_reason=reason)
        return [refused, _line(gettext("Witness"), facts["witness"]), deliverer]
    if manner is Manner.LINK:
        return [deliverer]
    return [_line(gettext("Receiver"), facts["receiver"]), deliverer]
