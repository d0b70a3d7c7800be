"""Training summary of a period: totals by kind, the events, who came, what was handed out, how exams went."""

from __future__ import annotations

from collections import Counter

from flask_babel import gettext, ngettext

from ...core import settings
from ...core.db import db
from ...core.i18n import label, use_language, write_day, write_rate
from ...core.labels import N_
from ...stats.figures import FIGURES, RULES, Figures, Period, Scope
from ...trainings import plans
from ...trainings.models import Training, TrainingKind
from ...trainings.queries import with_rows
from ..layout.document import Column, Document, Series, SignatureBlock
from ..layout.document_parts import Sections, digest_of, in_language, listed, open_paper, verification
from ..summaries.inspection_summary import subject

NAMED = 3


def build(period: Period, scope: Scope, lang: str, *, draft: bool = False) -> Document:
    """The summary of the trainings of a scope. Raises FontMissing."""
    with use_language(lang):
        figures = Figures(period, scope)
        rows = with_rows(figures.rows("trainings")).order_by(Training.held_on, Training.id)
        held = list(db.session.scalars(rows))
        numbers = [figures.number(name) for name in ("trainings", "attendances", "materials")]
        paper = open_paper(
            gettext("Training and publicity summary"),
            lang,
            organisation=in_language(settings.bilingual("org")),
            subject=subject(period, scope),
            verify_text=verification(period.last.isoformat(), digest_of([RULES, scope.to_args(), numbers])),
            draft=draft,
        )
        paper.paragraph(
            gettext(
                "%(events)s, %(heads)s, %(copies)s.",
                events=ngettext(
                    "%(num)s training or drill was held", "%(num)s trainings and drills were held", numbers[0]
                ),
                heads=ngettext("%(num)s attendance", "%(num)s attendances", numbers[1]),
                copies=ngettext("%(num)s copy handed out", "%(num)s copies handed out", numbers[2]),
            )
        )
        sections = Sections(paper)
        _kinds(paper, sections, figures, held)
        _months(paper, figures)
        if scope == Scope(actor=scope.actor):
            _plan(paper, sections, period)
        _events(paper, sections, held)
        _handed_out(paper, sections, held)
        _exams(paper, sections, held)
        paper.note(
            gettext(
                "As of %(day)s. Attendances are the sum of heads: a person at two events counts twice.",
                day=write_day(period.as_of),
            )
        )
        paper.blank_below()
        paper.signatures([SignatureBlock(gettext(role)) for role in (N_("Prepared by"), N_("Reviewed by"))])
        return paper


def _kinds(paper: Document, sections: Sections, figures: Figures, held: list[Training]) -> None:
    sections.open(gettext("By kind"))
    of = {kind: [one for one in held if one.kind is kind] for kind in TrainingKind}
    names = ("trainings", "attendances", "materials")
    paper.table(
        [
            Column(gettext("Kind"), 40),
            *(Column(gettext(FIGURES[name].label), 25, "right") for name in names),
            Column(gettext("Hours"), 20, "right"),
        ],
        [
            [
                label(kind),
                str(len(events)),
                str(sum(one.attendances for one in events)),
                str(sum(one.handed_out for one in events)),
                f"{sum(one.hours for one in events):g}",
            ]
            for kind, events in of.items()
        ],
        total=[
            gettext("Total"),
            *(str(figures.number(name)) for name in names),
            f"{sum(one.hours for one in held):g}",
        ],
    )
    paper.bar_chart(
        gettext("Attendances by kind"),
        [(label(kind), sum(one.attendances for one in events)) for kind, events in of.items() if events],
        gettext("attendances"),
    )


def _months(paper: Document, figures: Figures) -> None:
    months = figures.period.months()
    paper.column_chart(
        gettext("Trainings by month"),
        [f"{month.first.year}-{month.first.month:02d}" for month in months],
        [Series(gettext("Trainings"), [Figures(one, figures.scope).number("trainings") for one in months])],
        gettext("events"),
    )


def _plan(paper: Document, sections: Sections, period: Period) -> None:
    """What was planned for the months of the period, by kind, and what was held of it; only for the whole zone."""
    items = plans.items_between(period.first, period.last)
    if not items:
        return
    sections.open(gettext("Plan and what was done"))
    made = plans.progress(items)
    paper.table(
        [
            Column(gettext("Kind"), 40),
            Column(gettext("Planned"), 22, "right"),
            Column(gettext("Held"), 22, "right"),
            Column(gettext("Share"), 22, "right"),
            Column(gettext("Expected headcount"), 30, "right"),
            Column(gettext("Attendances"), 26, "right"),
        ],
        [_progress(label(kind), one) for kind, one in plans.by_kind(items).items()],
        total=_progress(gettext("Total"), made),
    )
    late = [item for item in items if item.state_on(period.as_of) is plans.PlanState.LATE]
    if late:
        topics = listed([f"{item.year}-{item.month:02d} {item.topic}" for item in late])
        paper.note(gettext("Planned and not held: %(topics)s", topics=topics))


def _progress(name: str, made: plans.Progress) -> list[str]:
    share = write_rate(made.done / made.planned)
    return [name, str(made.planned), str(made.done), share, str(made.expected), str(made.came)]


def _events(paper: Document, sections: Sections, held: list[Training]) -> None:
    sections.open(gettext("Events"))
    paper.table(
        [
            Column(gettext("No."), 13, "center"),
            Column(gettext("Held on"), 27, "center"),
            Column(gettext("Kind"), 29, "center"),
            Column(gettext("Topic"), 34),
            Column(gettext("Venue"), 22),
            Column(gettext("Organiser"), 24),
            Column(gettext("Audience"), 52),
            Column(gettext("Attendances"), 29, "right"),
        ],
        [
            [
                str(at),
                one.held_on.isoformat(),
                label(one.kind),
                one.topic,
                one.place,
                one.organiser,
                _audience(one),
                str(one.attendances),
            ]
            for at, one in enumerate(held, start=1)
        ],
        size=8.5,
    )


def _audience(one: Training) -> str:
    """The groups that came, the first few by name: the record of the training names them all."""
    names = [group.site.name if group.site else group.group_name for group in one.audience]
    if len(names) <= NAMED:
        return listed(names)
    return gettext("%(names)s and %(count)s more", names=listed(names[:NAMED]), count=len(names) - NAMED)


def _handed_out(paper: Document, sections: Sections, held: list[Training]) -> None:
    sections.open(gettext("Materials"))
    given: Counter[str] = Counter()
    for one in held:
        for material in one.materials:
            given[material.name] += material.count
    paper.table(
        [Column(gettext("Material"), 80), Column(gettext("Copies"), 20, "right")],
        [[name, str(count)] for name, count in sorted(given.items(), key=lambda pair: (-pair[1], pair[0]))],
        total=[gettext("Total"), str(sum(given.values()))],
    )


def _exams(paper: Document, sections: Sections, held: list[Training]) -> None:
    exams = [one for one in held if one.exam_taken]
    if not exams:
        return
    sections.open(gettext("Exams"))
    taken, passed = sum(one.exam_taken or 0 for one in exams), sum(one.exam_passed or 0 for one in exams)
    paper.table(
        [
            Column(gettext("Held on"), 24, "center"),
            Column(gettext("Topic"), 70),
            Column(gettext("Took it"), 18, "right"),
            Column(gettext("Passed"), 18, "right"),
            Column(gettext("Pass rate"), 20, "right"),
            Column(gettext("Average mark"), 20, "right"),
        ],
        [
            [
                one.held_on.isoformat(),
                one.topic,
                str(one.exam_taken),
                str(one.exam_passed or 0),
                write_rate(one.pass_rate),
                "" if one.exam_average is None else f"{one.exam_average:.1f}",
            ]
            for one in exams
        ],
        total=["", gettext("Total"), str(taken), str(passed), write_rate(passed / taken), ""],
    )
