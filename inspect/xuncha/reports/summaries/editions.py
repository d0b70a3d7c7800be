"""Issuing: a summary or circular of the whole zone is frozen under a number; what was issued never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...accounts.models import User
from ...checks import snapshot
from ...core.access import Permission, demand
from ...core.clock import local_day
from ...core.db import db
from ...core.errors import ActedFirst, Refused
from ...core.history import record
from ...core.i18n import LANGUAGES, use_language
from ...core.labels import N_
from ...core.numbering import APPRAISAL_WORD, CIRCULAR_WORD, SUMMARY_WORD, document_number, next_serial
from ...stats.figures import Figures, Period, Scope
from ..layout.document_parts import digest_of
from ..models import Edition, EditionKind, SummaryText
from . import edited_text, edition_changes, edition_papers, frozen_lists
from .summary_facts import gather, period_of
from .summary_text import Part, paragraphs

WORDS = {
    EditionKind.SUMMARY: SUMMARY_WORD,
    EditionKind.CIRCULAR: CIRCULAR_WORD,
    EditionKind.APPRAISAL: APPRAISAL_WORD,
}


@dataclass(frozen=True)
class Draft:
    """An edition as it would be issued now."""

    kind: EditionKind
    facts: dict[str, Any]
    lists: dict[str, Any]
    last: Edition | None

    @property
    def period(self) -> Period:
        """The period it tells of."""
        return period_of(self.facts)

    @property
    def digest(self) -> str:
        """Of all that is told, to see at the confirmation whether something moved since the preview."""
        return digest_of([self.facts, self.lists])


def last_of(kind: EditionKind, period: Period) -> Edition | None:
    """The newest edition of a period."""
    query = sa.select(Edition).where(
        Edition.kind == kind, Edition.first_on == period.first, Edition.last_on == period.last
    )
    return db.session.scalars(query.order_by(Edition.edition.desc()).limit(1)).first()


def facts_of(kind: EditionKind, period: Period) -> dict[str, Any]:
    """The facts of the whole zone as they stand now, with the paragraph as the office wrote it."""
    facts = gather(period, Scope(), short=kind is EditionKind.CIRCULAR)
    facts["text"] = {lang: text_of(facts, lang) for lang in LANGUAGES}
    return facts


def text_of(facts: dict[str, Any], lang: str) -> dict[str, Any]:
    """The paragraph in a language: the office's newest words with the figures of now, else the generated ones."""
    period = period_of(facts)
    kept = written_text(period, lang)
    if kept is None:
        with use_language(lang):
            return {"parts": paragraphs(facts), "by": "", "on": ""}
    return {
        "parts": edited_text.fitted(kept.parts, facts["values"]),
        "by": kept.written_by.name,
        "on": local_day(kept.written_at).isoformat(),
    }


def written_text(period: Period, lang: str) -> SummaryText | None:
    """The newest words of the office for a period."""
    query = sa.select(SummaryText).where(
        SummaryText.first_on == period.first, SummaryText.last_on == period.last, SummaryText.lang == lang
    )
    found = db.session.scalars(query.order_by(SummaryText.id.desc()).limit(1)).first()
    return found if found is not None and found.parts else None


def write_text(
    facts: dict[str, Any], lang: str, text: str, *, rounded: bool, actor: User, now: datetime
) -> SummaryText:
    """Keep the paragraph as it was edited; an empty text brings the generated one back."""
    demand(actor, Permission.WRITE_SUMMARY)
    if len(text) > edited_text.LONGEST:
        raise Refused(N_("This text is too long."), field="text")
    period = period_of(facts)
    with use_language(lang):
        parts: list[list[Part]] = (
            edited_text.read(text, text_of(facts, lang)["parts"], rounded=rounded) if text.strip() else []
        )
    without_was = [[_settled(part) for part in one] for one in parts]
    row = SummaryText(
        first_on=period.first,
        last_on=period.last,
        lang=lang,
        parts=without_was,
        written_at=now,
        written_by=actor,
    )
    db.session.add(row)
    record(row, "write", actor=actor, now=now, after={"lang": lang, **facts["period"]})
    return row


def _settled(part: Part) -> Part:
    """A slot as it is kept: who writes has seen what it says now."""
    return part if isinstance(part, str) else {key: value for key, value in part.items() if key != "was"}


def draft(kind: EditionKind, period: Period, *, rounded: bool, now: datetime) -> Draft:
    """What would be issued now: facts, lists, and what changed since the last edition."""
    facts, last = facts_of(kind, period), last_of(kind, period)
    lists = frozen_lists.freeze(Figures(period, Scope()))
    facts |= {"rounded": rounded, "lists_digest": digest_of(lists)}
    if last is not None:
        facts["changes"] = edition_changes.compare(last, facts["values"], lists, as_of=period, now=now)
    return Draft(kind, facts, lists, last)


def issue(made: Draft, *, actor: User, now: datetime, seen: str | None = None) -> Edition:
    """Issue what was looked at. Raises ActedFirst when the figures moved since (`seen` is the digest of the preview)."""
    demand(actor, Permission.ISSUE_EDITION)
    if seen is not None and seen != made.digest:
        raise ActedFirst(
            N_("The figures moved since this preview. Look at it as it is now and issue it again.")
        )
    period, year = made.period, local_day(now).year
    number_of_edition = made.last.edition + 1 if made.last else 1
    issued = {"on": local_day(now).isoformat(), "by": actor.name, "edition": number_of_edition}
    serial = next_serial(f"edition_{made.kind.value}", year)
    edition = Edition(
        kind=made.kind,
        number=document_number(snapshot.prefix(), WORDS[made.kind], year, serial),
        year=year,
        serial=serial,
        first_on=period.first,
        last_on=period.last,
        as_of=period.as_of,
        edition=number_of_edition,
        issued_at=now,
        issued_by=actor,
        facts={**made.facts, **snapshot.office(), "issued": issued},
        lists=made.lists,
    )
    db.session.add(edition)
    record(edition, "issue", actor=actor, now=now, after={"number": edition.number, **made.facts["period"]})
    edition_papers.keep_later(edition, now)
    return edition
