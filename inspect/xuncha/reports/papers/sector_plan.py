"""A plan of a sector as a paper: goals, period, documents, and the progress by the definitions of the zone's figures."""

from __future__ import annotations

from flask_babel import gettext

from ...accounts.models import User
from ...committee.plans import COUNTED, Goal, Progress, SectorPlan, progress_of
from ...core import settings
from ...core.i18n import label, language, pick, use_language, write_day, write_rate
from ...core.labels import N_
from ...stats.figures import FIGURES, RATES, RULES
from ..layout.document import Column, Document, SignatureBlock
from ..layout.document_parts import Sections, digest_of, in_language, open_paper, verification

TITLE = N_("Plan of a sector")


def build(plan: SectorPlan, reader: User | None, lang: str, *, draft: bool = False) -> Document:
    """The plan with its progress as of today, or of the last day of one that is over. Raises FontMissing."""
    with use_language(lang):
        progress = progress_of(plan, reader)
        as_of = progress.figures.period.as_of
        numbers = [progress.figures.number(name) for name in COUNTED]
        told = [RULES, plan.id, plan.version, progress.figures.scope.to_args(), numbers]
        paper = open_paper(
            gettext(TITLE),
            lang,
            organisation=in_language(settings.bilingual("org")),
            subject=(plan.name_en if language() == "en" else "") or plan.name,
            verify_text=verification(f"{plan.id}_{as_of.isoformat()}", digest_of(told)),
            draft=draft,
        )
        sections = Sections(paper)
        _about(paper, sections, plan, progress)
        _lines(paper, sections, gettext("Goals"), plan.goals)
        _lines(paper, sections, gettext("Documents"), plan.documents)
        _progress(paper, sections, progress)
        paper.note(
            gettext(
                "Figures as of %(day)s; rules of counting: edition %(rules)s.",
                day=write_day(as_of),
                rules=RULES,
            )
        )
        paper.blank_below()
        paper.signatures([SignatureBlock(gettext(role)) for role in (N_("Prepared by"), N_("Reviewed by"))])
        return paper


def _about(paper: Document, sections: Sections, plan: SectorPlan, progress: Progress) -> None:
    sections.open(gettext("The plan"))
    days = gettext("%(start)s to %(end)s", start=write_day(plan.from_on), end=write_day(plan.until_on))
    fields = [
        (gettext("Sector"), label(plan.sector)),
        (gettext("Period"), days),
        (gettext("For whom"), label(plan.reach)),
        (gettext("Responsible"), plan.responsible.name),
        (gettext("Checklist used"), pick(plan.checklist, "title") if plan.checklist else "\u2014"),
    ]
    if plan.hazard_class:
        fields.append((gettext("Only hazards of the class"), label(plan.hazard_class)))
    fields.append((gettext("Time elapsed"), write_rate(progress.passed)))
    paper.fields(fields)


def _lines(paper: Document, sections: Sections, title: str, text: str) -> None:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines:
        sections.open(title)
        for line in lines:
            paper.paragraph(line)


def _progress(paper: Document, sections: Sections, progress: Progress) -> None:
    sections.open(gettext("Progress against the plan"))
    if not progress.begun:
        paper.paragraph(gettext("The plan has not begun yet."))
    paper.table(
        [
            Column(gettext("Rate"), 36),
            Column(gettext("Goal"), 18, "right"),
            Column(gettext("Attained"), 18, "right"),
            Column(gettext("Parts"), 20, "right"),
            Column(gettext("Rule"), 78),
        ],
        [_rate(progress, one) for one in (progress.coverage, progress.rectified)],
        size=8,
        dense=True,
    )
    paper.table(
        [
            Column(gettext("Figure"), 34),
            Column(gettext("How many"), 20, "right"),
            Column(gettext("Rule"), 116),
        ],
        [
            [gettext(FIGURES[name].label), str(progress.figures.number(name)), gettext(FIGURES[name].meaning)]
            for name in COUNTED
        ],
        size=8,
        dense=True,
    )


def _rate(progress: Progress, one: Goal) -> list[str]:
    rate = RATES[one.rate]
    return [
        gettext(rate.label),
        f"{one.goal}%" if one.goal is not None else "\u2014",
        write_rate(one.reached),
        str(progress.figures.share(one.rate)),
        gettext(rate.meaning),
    ]
