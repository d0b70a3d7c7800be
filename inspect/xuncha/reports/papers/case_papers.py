"""The papers that only a file has: its cover with the contents, the photos before and after, the course of a hazard."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext

from ...core import settings
from ...core.clock import utcnow
from ...core.i18n import label, use_language, write_day, write_moment
from ...hazards.event_names import happened
from ...hazards.follow_up.escalation_steps import EscalationStep
from ...hazards.lifecycle import Act
from ...hazards.models import Hazard, HazardEvent, HazardPhotoRole
from ..layout.document import Column, Document, Photo, PhotoPair
from ..layout.document_parts import BLANK, in_language, open_paper, print_file

AFTER = (HazardPhotoRole.AFTER, HazardPhotoRole.VERIFIED)


def cover(
    title: str, subject: str, fields: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], lang: str
) -> Document:
    """The first pages of a file: what it is about, then its contents with page numbers. Raises FontMissing."""
    with use_language(lang):
        paper = open_paper(title, lang, organisation=in_language(settings.bilingual("org")), subject=subject)
        paper.fields(
            [
                *fields,
                (gettext("Archive number"), BLANK * 3),
                (gettext("Retention"), BLANK * 3),
            ]
        )
        paper.heading(gettext("Contents of the file"))
        paper.table(
            [
                Column(gettext("No."), 14, "center"),
                Column(gettext("Paper"), 47),
                Column(gettext("Number"), 55),
                Column(gettext("Date"), 34, "center"),
                Column(gettext("Page"), 14, "center"),
                Column(gettext("Remark"), 20),
            ],
            rows,
        )
        paper.blank_below()
        return paper


def photos(hazards: Sequence[Hazard], number: str, lang: str) -> Document:
    """The photos of hazards in pairs, those taken while the work went on behind them. Raises FontMissing."""
    with use_language(lang):
        paper = open_paper(gettext("Photos before and after"), lang, number=number)
        for hazard in hazards:
            _pairs(paper, hazard)
        paper.blank_below()
        return paper


def _pairs(paper: Document, hazard: Hazard) -> None:
    now = utcnow()  # with the marks that stand on them today
    by_role = {
        role: [use.photo.sha256 for use in hazard.photos if use.role is role] for role in HazardPhotoRole
    }
    before = by_role[HazardPhotoRole.BEFORE]
    after = [sha256 for role in AFTER for sha256 in by_role[role]]
    name = gettext("%(number)s: %(text)s", number=hazard.number, text=hazard.place or hazard.description[:40])
    for was, now_is in zip(before, after, strict=False):
        paper.photo_pairs([PhotoPair(print_file(was, now), print_file(now_is, now), name)])
    pairs = min(len(before), len(after))
    paper.photo_grid(Photo(print_file(one, now), name) for one in before[pairs:])
    later = gettext("%(name)s (after)", name=name)
    paper.photo_grid(Photo(print_file(one, now), later) for one in after[pairs:])
    under_way = gettext("%(name)s (progress)", name=name)
    paper.photo_grid(Photo(print_file(one, now), under_way) for one in by_role[HazardPhotoRole.PROGRESS])


def course(hazard: Hazard, lang: str) -> Document:
    """Every step of a hazard in time, and what was asked and decided about its date. Raises FontMissing."""
    with use_language(lang):
        paper = open_paper(
            gettext("Course of the case"), lang, number=hazard.number, subject=hazard.site.name
        )
        paper.table(
            [
                Column(gettext("Time"), 40, "center"),
                Column(gettext("Step"), 26),
                Column(gettext("By"), 24, "center"),
                Column(gettext("Note"), 56),
                Column(gettext("State"), 24, "center"),
                Column(gettext("Due date"), 34, "center"),
            ],
            [
                [
                    write_moment(event.at),
                    happened(event.act),
                    event.actor_name or gettext("System"),
                    _note(event),
                    label(event.to_state),
                    write_day(event.due_on) if event.due_on else "",
                ]
                for event in hazard.events
            ],
            size=8.5,
        )
        _extensions(paper, hazard)
        paper.blank_below()
        return paper


def _note(event: HazardEvent) -> str:
    """What was said; of the escalation, which step was reached."""
    return label(EscalationStep(event.brought["step"])) if event.act is Act.ESCALATE else event.note


def _extensions(paper: Document, hazard: Hazard) -> None:
    if not hazard.extensions:
        return
    paper.heading(gettext("Extensions"))
    decided = {
        None: gettext("Extension pending"),
        True: gettext("Extension granted"),
        False: gettext("Extension refused"),
    }
    paper.table(
        [
            Column(gettext("Asked on"), 34, "center"),
            Column(gettext("Reason"), 40),
            Column(gettext("Interim measures"), 40),
            Column(gettext("Original due date"), 34, "center"),
            Column(gettext("Date asked for"), 34, "center"),
            Column(gettext("Decision"), 40),
        ],
        [
            [
                write_day(row.asked_at),
                row.reason,
                row.interim_measures,
                write_day(row.old_due_on),
                write_day(row.new_due_on),
                "\n".join(
                    filter(
                        None,
                        (
                            decided[row.granted],
                            row.decided_by.name if row.decided_by else "",
                            write_day(row.decided_at) if row.decided_at else "",
                            row.decision_note,
                        ),
                    )
                ),
            ]
            for row in hazard.extensions
        ],
        size=8.5,
    )
