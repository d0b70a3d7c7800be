"""Printing: one way for the pages and for the command line. An order says what to print; `write` prints it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from flask_babel import gettext

from ..accounts.models import User
from ..campaigns.case_papers import CasePaper, CasePaperKind
from ..campaigns.expert_opinions import ExpertOpinion
from ..campaigns.models import Campaign
from ..checks.models import Check
from ..committee.minutes import CommitteeMinutes
from ..committee.plans import SectorPlan
from ..core.clock import utcnow
from ..core.errors import Refused
from ..core.i18n import use_language
from ..core.labels import N_, Labelled
from ..hazards.lists.filters import Criteria
from ..hazards.models import Letter, LetterKind, Notice, Opinion
from ..hazards.papers.deliveries import Delivery
from ..hazards.public import notice_links, posters
from ..hazards.public.posters import Poster
from ..stats.period import Period
from ..stats.scope import Scope
from ..trainings import attendance as sheets
from ..trainings import exams
from ..trainings.attendance import SignInSheet
from ..trainings.exams import Exam
from ..trainings.models import Training
from . import proofs
from .layout.document import Document, SavedDocument, Told
from .models import Edition, EditionKind
from .papers import (
    appraisal_sheet,
    attendance_list,
    campaign_report,
    case_paper,
    committee_minutes,
    delivery_receipt,
    expert_opinion,
    hazard_ledger,
    hazard_letters,
    hazard_poster,
    inspection_record,
    rectification_notice,
    reinspection_opinion,
    sector_plan,
    training_code,
    training_summary,
)
from .summaries import edition_papers, inspection_summary


class Kind(Labelled):
    """What can be printed; the values are the names of the commands."""

    RECORD = "inspection-record", N_("On-site inspection record")
    NOTICE = "rectification-notice", N_("Rectification notice")
    EXPERT_OPINION = "expert-opinion", N_("Expert's opinion")
    OPINION = "reinspection-opinion", N_("Re-inspection opinion")
    LISTING = "listing-notice", N_("Notice of public listing")
    DELISTING = "delisting-notice", N_("Notice of delisting")
    REPORT = "major-hazard-report", N_("Report of a major hazard")
    REFERRAL = "referral-letter", N_("Letter of referral")
    POSTER = "hazard-poster", N_("Poster for workers")
    EXTENSION = "extension-decision", N_("Decision on an extension")
    SUPERVISION = "supervision-letter", N_("Supervision letter")
    CASE_RECORD = "case-record", N_("Record of an illegal case")
    CASE_REFERRAL = "case-referral", N_("Letter of referral of an illegal case")
    CAMPAIGN = "campaign-report", N_("Campaign report")
    MINUTES = "committee-minutes", N_("Minutes of the work safety committee")
    PLAN = "sector-plan", N_("Plan of a sector")
    DELIVERY = "delivery-receipt", N_("Receipt of delivery")
    LEDGER = "hazard-ledger", N_("Hazard ledger")
    SUMMARY = "inspection-summary", N_("Inspection summary")
    CIRCULAR = "circular", N_("Circular")
    EDITION = "edition", N_("Issued edition")
    APPRAISAL = "appraisal", N_("Appraisal of all staff")
    TRAININGS = "training-summary", N_("Training summary")
    PLAQUE = "plaque", N_("Plaque")
    RESPONSIBILITY = "responsibility-list", N_("Responsibility list")
    TASKS = "task-list", N_("Task list")
    VISITS = "visit-plan", N_("Visit plan")
    PROFILE = "enterprise-profile", N_("Enterprise profile")
    ATTENDANCE = "attendance-list", N_("Attendance list")
    SIGN_IN_CODE = "sign-in-code", N_("Code of a sign-in")
    EXAM_CODE = "exam-code", N_("Code of an exam")
    HAZARD_FILE = "hazard-file", N_("Case file of a hazard")
    SITE_FILE = "site-file", N_("Case file of an enterprise")


class Printable(Protocol):
    """What can be printed: one paper, or a file of many."""

    def save(self, path: Path, told: Told = ..., /) -> SavedDocument:
        """Write the PDF to `path`, whole or not at all."""


@dataclass(frozen=True)
class Order:
    """One paper to print: its kind, what tells it from others (number or period), and how it is built."""

    kind: Kind
    name: str
    build: Callable[[str], Printable]
    editable: bool = True
    """Whether there is a Word document of it too; a file of many papers is none of its own."""
    made_at: datetime | None = None
    """The moment that a Word document bears; none: that of its making."""
    kept: Callable[[str], Printable | None] = lambda _lang: None
    """The PDF where it is kept as it was printed once."""


def record(check: Check, *, draft: bool = False) -> Order:
    """The record of a check."""
    return Order(Kind.RECORD, check.number, lambda lang: inspection_record.build(check, lang, draft=draft))


def notice(issued: Notice, *, draft: bool = False, with_link: bool = False) -> Order:
    """A rectification notice; `with_link` prints the address that opens its page, which a draft never carries."""
    address = notice_links.address_of(issued) if with_link and not draft else None
    return Order(
        Kind.NOTICE,
        issued.number,
        lambda lang: rectification_notice.build(issued, lang, draft=draft, address=address),
    )


def opinion(issued: Opinion, *, draft: bool = False) -> Order:
    """A re-inspection opinion."""
    return Order(
        Kind.OPINION, issued.number, lambda lang: reinspection_opinion.build(issued, lang, draft=draft)
    )


def expert(issued: ExpertOpinion, *, draft: bool = False) -> Order:
    """An expert's opinion."""
    return Order(
        Kind.EXPERT_OPINION, issued.number, lambda lang: expert_opinion.build(issued, lang, draft=draft)
    )


CASES = {Kind.CASE_RECORD: CasePaperKind.RECORD, Kind.CASE_REFERRAL: CasePaperKind.REFERRAL}


def case(issued: CasePaper, *, draft: bool = False) -> Order:
    """A paper of an illegal case."""
    kind = next(kind for kind, of in CASES.items() if of is issued.kind)
    return Order(kind, issued.number, lambda lang: case_paper.build(issued, lang, draft=draft))


def campaign(of: Campaign, scope: Scope, *, draft: bool = False) -> Order:
    """The report of a campaign."""
    return Order(Kind.CAMPAIGN, of.name, lambda lang: campaign_report.build(of, scope, lang, draft=draft))


def minutes(issued: CommitteeMinutes, *, draft: bool = False) -> Order:
    """The minutes of a meeting of the committee."""
    return Order(Kind.MINUTES, issued.number, lambda lang: committee_minutes.build(issued, lang, draft=draft))


def plan(of: SectorPlan, reader: User | None, *, draft: bool = False) -> Order:
    """A plan of a sector with its progress."""
    return Order(Kind.PLAN, of.name, lambda lang: sector_plan.build(of, reader, lang, draft=draft))


def delivery(issued: Delivery, *, draft: bool = False) -> Order:
    """The receipt of a delivery."""
    return Order(Kind.DELIVERY, issued.number, lambda lang: delivery_receipt.build(issued, lang, draft=draft))


LETTERS = {
    Kind.LISTING: LetterKind.LISTING,
    Kind.DELISTING: LetterKind.DELISTING,
    Kind.REPORT: LetterKind.REPORT,
    Kind.REFERRAL: LetterKind.REFERRAL,
    Kind.EXTENSION: LetterKind.EXTENSION,
    Kind.SUPERVISION: LetterKind.SUPERVISION,
}


def letter(issued: Letter, *, draft: bool = False) -> Order:
    """A paper about one hazard: listing, delisting, report, referral, extension or supervision."""
    kind = next(kind for kind, of in LETTERS.items() if of is issued.kind)
    return Order(kind, issued.number, lambda lang: hazard_letters.build(issued, lang, draft=draft))


def poster(hung: Poster) -> Order | None:
    """The poster by which workers report hazards; none without an address to print."""
    address = posters.address_of(hung)
    if address is None:
        return None
    name = " ".join(part for part in (str(hung.id), hung.area) if part)
    return Order(Kind.POSTER, name, lambda lang: hazard_poster.build(hung, address, lang))


def attendance(held: Training) -> Order:
    """Who signed in to a training."""
    return Order(Kind.ATTENDANCE, str(held.id), lambda lang: attendance_list.build(held, lang))


def sign_in_code(sheet: SignInSheet) -> Order | None:
    """The code of a sign-in; none without an address to print."""
    address = sheets.address_of(sheet)
    if address is None:
        return None
    name = str(sheet.training_id)
    return Order(Kind.SIGN_IN_CODE, name, lambda lang: training_code.sign_in(sheet, address, lang))


def exam_code(exam: Exam) -> Order | None:
    """The code of an exam; none without an address to print."""
    address = exams.address_of(exam)
    if address is None:
        return None
    return Order(Kind.EXAM_CODE, str(exam.training_id), lambda lang: training_code.exam(exam, address, lang))


def hazards_of(period: Period, scope: Scope) -> Criteria:
    """The hazards found in a period."""
    return Criteria(found_from=period.first, found_to=period.last, site=scope.site)


@dataclass(frozen=True)
class Ledger:
    """Which ledger: the hazards of a scope that the filters leave, as of a day. It can stand in an address."""

    scope: Scope
    criteria: Criteria
    as_of: date
    draft: bool = False

    @classmethod
    def from_args(cls, actor: User | None, args: Mapping[str, Any]) -> Ledger:
        """The ledger of what `to_args` wrote, for the same reader."""
        scope, criteria = Scope.from_args(actor, args["scope"]), Criteria.from_args(args["criteria"])
        return cls(scope, criteria, date.fromisoformat(args["as_of"]), args["draft"])

    def to_args(self) -> dict[str, Any]:
        """All but the reader, as plain text."""
        return {
            "scope": self.scope.to_args(),
            "criteria": self.criteria.to_args(),
            "as_of": self.as_of.isoformat(),
            "draft": self.draft,
        }

    def rows(self) -> int:
        """How many rows it has at most."""
        return hazard_ledger.most(self.scope, self.criteria, self.as_of)

    def order(self) -> Order:
        """The order to print it."""
        days = [day.isoformat() for day in (self.criteria.found_from, self.criteria.found_to) if day]
        return Order(
            Kind.LEDGER,
            "_".join(days) or self.as_of.isoformat(),
            lambda lang: hazard_ledger.build(self.scope, self.criteria, self.as_of, lang, draft=self.draft),
        )


def ledger(scope: Scope, criteria: Criteria, as_of: date, *, draft: bool = False) -> Order:
    """The ledger of the hazards of a scope that the filters leave."""
    return Ledger(scope, criteria, as_of, draft).order()


def inspection(period: Period, scope: Scope, *, draft: bool = False, rounded: bool = False) -> Order:
    """The inspection summary of a period; `rounded` writes its large numbers as speeches do."""
    return Order(
        Kind.SUMMARY,
        _days(period),
        lambda lang: inspection_summary.build(period, scope, lang, draft=draft, rounded=rounded),
    )


def circular(period: Period, scope: Scope, *, draft: bool = False, rounded: bool = False) -> Order:
    """The circular of a period: the summary in short form."""
    return Order(
        Kind.CIRCULAR,
        _days(period),
        lambda lang: inspection_summary.build(period, scope, lang, draft=draft, rounded=rounded, short=True),
    )


def draft_edition(facts: dict[str, Any], name: str, *, rounded: bool) -> Order:
    """A summary or circular of the zone as it would be issued now, marked as a draft."""
    return Order(
        Kind.CIRCULAR if facts["short"] else Kind.SUMMARY,
        name,
        lambda lang: inspection_summary.of_live_facts(facts, lang, draft=True, rounded=rounded),
    )


def draft_appraisal(facts: dict[str, Any], name: str) -> Order:
    """The appraisal of a period as it would be issued now, marked as a draft."""
    return Order(
        Kind.APPRAISAL,
        name,
        lambda lang: appraisal_sheet.of_facts(
            facts, lang, draft=True, marks=lambda: inspection_summary.unissued(facts)
        ),
    )


def edition(issued: Edition) -> Order:
    """A summary, circular or appraisal as it was issued."""
    if issued.kind is EditionKind.APPRAISAL:
        return Order(
            Kind.EDITION,
            issued.number,
            lambda lang: appraisal_sheet.of_facts(
                issued.facts, lang, number=issued.number, marks=lambda: proofs.marks(issued, draft=False)
            ),
            made_at=issued.issued_at,
            kept=lambda lang: edition_papers.kept(issued, lang),
        )
    return Order(
        Kind.EDITION,
        issued.number,
        lambda lang: inspection_summary.of_facts(
            issued.facts,
            lang,
            number=issued.number,
            rounded=issued.facts["rounded"],
            marks=lambda: proofs.marks(issued, draft=False),
        ),
        made_at=issued.issued_at,
        kept=lambda lang: edition_papers.kept(issued, lang),
    )


def trainings(period: Period, scope: Scope, *, draft: bool = False) -> Order:
    """The training summary of a period."""
    return Order(
        Kind.TRAININGS, _days(period), lambda lang: training_summary.build(period, scope, lang, draft=draft)
    )


def _days(period: Period) -> str:
    return f"{period.first.isoformat()}_{period.last.isoformat()}"


def write(order: Order, path: Path, lang: str) -> SavedDocument:
    """Print an order to a PDF, whole or not at all. Raises FontMissing, OSError."""
    return (order.kept(lang) or order.build(lang)).save(path)


def write_for_word(order: Order, path: Path, lang: str) -> list[str]:
    """Write an order as a Word document, whole or not at all; what could not be shown. Raises FontMissing, OSError."""

    paper = order.build(lang)
    if not isinstance(paper, Document):
        raise Refused(N_("There is no Word document of a whole file: take its papers one by one."))
    from .layout import word_document  # python-docx with lxml, 8 MB: loaded by who makes a Word document

    word_document.save(paper, path, order.made_at or utcnow())
    return paper.warnings


def file_name(order: Order, lang: str, suffix: str = ".pdf") -> str:
    """The name of the file: what it is and which."""
    with use_language(lang):
        name = f"{gettext(order.kind.label)} {order.name}{suffix}"
    return "".join("-" if char in '/\\:*?"<>|' or ord(char) < 32 else char for char in name)
