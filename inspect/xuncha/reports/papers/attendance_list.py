"""The attendance list of a training: who signed in by phone, with a column to sign, and lines for who had no phone."""

from __future__ import annotations

from flask_babel import gettext

from ...core import settings
from ...core.clock import ZONE
from ...core.i18n import label, use_language, write_day
from ...core.labels import N_
from ...trainings.attendance import attendees_of
from ...trainings.models import Training
from ..layout.document import Column, Document, SignatureBlock
from ..layout.document_parts import digest_of, in_language, open_paper, verification

BLANK_LINES = 5


def build(training: Training, lang: str) -> Document:
    """The list of who came. Raises FontMissing."""
    with use_language(lang):
        people = [one for one in attendees_of(training) if not one.struck_reason]
        told = [[one.name, one.enterprise, one.signed_in_at.isoformat()] for one in people]
        paper = open_paper(
            gettext("Attendance list"),
            lang,
            organisation=in_language(settings.bilingual("org")),
            subject=f"{training.topic}  {write_day(training.held_on)}",
            verify_text=verification(training.held_on.isoformat(), digest_of([training.id, told])),
        )
        paper.paragraph(
            gettext(
                "%(kind)s, %(place)s. Organiser: %(organiser)s. Signed in by phone: %(count)s.",
                kind=label(training.kind),
                place=training.place,
                organiser=training.organiser,
                count=len(people),
            )
        )
        rows = [
            [str(at), one.name, one.enterprise, f"{one.signed_in_at.astimezone(ZONE):%H:%M}", ""]
            for at, one in enumerate(people, start=1)
        ]
        rows += [[str(len(people) + at), "", "", "", ""] for at in range(1, BLANK_LINES + 1)]
        paper.table(
            [
                Column(gettext("No."), 12, "center"),
                Column(gettext("Name"), 32),
                Column(gettext("Enterprise"), 70),
                Column(gettext("Signed in at"), 22, "center"),
                Column(gettext("Signature"), 34),
            ],
            rows,
        )
        paper.note(
            gettext("The same person twice is one attendance. The last lines are for people without a phone.")
        )
        paper.blank_below()
        paper.signatures([SignatureBlock(gettext(role)) for role in (N_("Prepared by"), N_("Reviewed by"))])
        return paper
