"""The page that proves a paper, for whoever holds it: no account, nothing private, nothing kept."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..accounts.actions import note_wrong_link
from ..campaigns.case_papers import CasePaper
from ..campaigns.expert_opinions import ExpertOpinion
from ..checks.models import Check
from ..committee.minutes import CommitteeMinutes
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import db, write_in_get
from ..core.errors import Missing, Refused
from ..core.i18n import LANGUAGES, label, language, sentence, use_language
from ..core.labels import N_
from ..core.web import needs
from ..hazards.models import Letter, Notice, Opinion
from . import proofs
from .layout.document_parts import in_language
from .models import Edition
from .papers import (
    case_paper,
    committee_minutes,
    delivery_receipt,
    expert_opinion,
    hazard_letters,
    inspection_record,
    rectification_notice,
)
from .proofs import Issued, Proof
from .summaries import inspection_summary

pages = Blueprint("proofs", __name__, url_prefix="/v")

UNKNOWN = N_("No paper has this code: compare it with the paper, or ask the office that is named on it.")


@pages.get("/<code>")
@needs(Permission.BE_ANYONE)
def show(code: str) -> Response:
    """What is known of the paper with a code."""
    lang = request.args.get("lang", "")
    with use_language(lang if lang in LANGUAGES else language()):
        try:
            page = make_response(_page(_proof(code)))
        except Refused as problem:
            db.session.rollback()
            closed = render_template("reports/no_proof.html", message=sentence(problem))
            page = make_response(closed, problem.status)
    # The code stands in this address: no other site may learn it from where the reader came.
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


def _proof(code: str) -> Proof:
    now, address = utcnow(), request.remote_addr or ""
    found = proofs.find(code, address=address, now=now)
    if found is None:
        with write_in_get():
            note_wrong_link(address, now)
        raise Missing(UNKNOWN)
    return found


def _page(proof: Proof) -> str:
    return render_template(
        "reports/proof.html",
        proof=proof,
        kind=_kind(proof.document),
        office=in_language(proof.office),
        digest=" ".join(proof.digest[at : at + 8] for at in range(0, len(proof.digest), 8)),
        standing=gettext(proof.standing.label, number=proof.replaced_by)
        if proof.replaced_by
        else label(proof.standing),
    )


def _kind(document: Issued) -> str:
    """The title that the paper bears."""
    if isinstance(document, Check):
        return gettext(inspection_record.TITLES[document.mode])
    if isinstance(document, Notice):
        family = document.facts["family"]
        return gettext(rectification_notice.TITLES[family])
    if isinstance(document, Letter):
        return gettext(hazard_letters.TITLES[document.kind])
    if isinstance(document, CasePaper):
        return gettext(case_paper.TITLES[document.kind])
    if isinstance(document, CommitteeMinutes):
        return gettext(committee_minutes.TITLE)
    if isinstance(document, ExpertOpinion):
        return gettext(expert_opinion.TITLE)
    if isinstance(document, Edition):
        title = inspection_summary.TITLES[document.facts["short"]]
        return gettext(title)
    return (
        gettext("Re-inspection opinion") if isinstance(document, Opinion) else gettext(delivery_receipt.TITLE)
    )
