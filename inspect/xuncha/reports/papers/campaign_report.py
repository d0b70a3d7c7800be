"""Report of a campaign: goal, period, visits, hazards, cases and typical photos, by the definitions of the zone's figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext

from ...campaigns import queries as campaigns
from ...campaigns.models import Campaign, CampaignCheck, IllegalCase
from ...checks.models import Check
from ...core import settings
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.i18n import label, language, use_language, write_day, write_rate
from ...core.labels import N_
from ...enterprises.models import Site
from ...hazards.lifecycle import State
from ...hazards.models import Hazard, HazardPhoto, HazardPhotoRole
from ...stats.figures import FIGURES, RULES, Figures, Period, Scope
from ..layout.document import Column, Document, PhotoPair, SignatureBlock
from ..layout.document_parts import Sections, digest_of, in_language, open_paper, print_file, verification

TYPICAL = 4  # hazards whose photos are shown
OF_HAZARDS = ("hazards_found", "hazards_closed", "fixed_on_spot", "hazards_overdue", "major_found")
MOST_CASES = 40


def build(campaign: Campaign, scope: Scope, lang: str, *, draft: bool = False) -> Document:
    """The report as of today, or of the last day of a campaign that is over. Raises FontMissing."""
    with use_language(lang):
        figures, numbers = _figures(campaign, scope)
        as_of = min(figures.period.as_of, today())
        name = (campaign.name_en if language() == "en" else "") or campaign.name
        told = [RULES, campaign.id, scope.to_args(), numbers]
        paper = open_paper(
            gettext("Campaign report"),
            lang,
            organisation=in_language(settings.bilingual("org")),
            subject=name,
            verify_text=verification(f"{campaign.id}_{as_of.isoformat()}", digest_of(told)),
            draft=draft,
        )
        sections = Sections(paper)
        _about(paper, sections, campaign)
        _numbers(paper, sections, figures, numbers)
        _sectors(paper, sections, campaign, figures)
        _cases(paper, sections, campaign, scope)
        _typical(paper, sections, campaign, figures)
        paper.note(
            gettext(
                "Figures as of %(day)s; rules of counting: edition %(rules)s. A visit may count for several campaigns;"
                " in the zone's total it counts once.",
                day=write_day(as_of),
                rules=RULES,
            )
        )
        paper.blank_below()
        paper.signatures([SignatureBlock(gettext(role)) for role in (N_("Prepared by"), N_("Reviewed by"))])
        return paper


def _checks(campaign: Campaign) -> Any:
    return sa.select(CampaignCheck.check_id).where(CampaignCheck.campaign_id == campaign.id)


def _figures(campaign: Campaign, scope: Scope) -> tuple[Figures, dict[str, int]]:
    """The figures of the period, and the numbers of those rows that belong to the campaign."""
    period = Period.between(campaign.starts_on, campaign.ends_on, None, today=_day(campaign))
    figures = Figures(period, scope)
    mine = _checks(campaign)
    numbers = {"visits": _count(figures.rows("visits", Check.id.in_(mine)))}
    visited = figures.rows("visits", Check.id.in_(mine)).with_only_columns(Check.site_id).distinct()
    numbers["sites"] = _count(visited)
    for name in OF_HAZARDS:
        numbers[name] = _count(figures.rows(name, Hazard.check_id.in_(mine)))
    return figures, numbers


def _day(campaign: Campaign) -> date:
    """Counted as of today: what is rectified after a campaign is still its result."""
    return max(today(), campaign.starts_on)


def _count(rows: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows.order_by(None).subquery())) or 0


def _about(paper: Document, sections: Sections, campaign: Campaign) -> None:
    sections.open(gettext("The campaign"))
    days = gettext(
        "%(start)s to %(end)s", start=write_day(campaign.starts_on), end=write_day(campaign.ends_on)
    )
    fields = [
        (gettext("Kind of campaign"), label(campaign.kind)),
        (gettext("Period"), days),
        (gettext("Basis"), campaign.basis or "\u2014"),
        (gettext("Goal"), campaign.goal or "\u2014"),
    ]
    paper.fields(fields)


def _numbers(paper: Document, sections: Sections, figures: Figures, numbers: dict[str, int]) -> None:
    sections.open(gettext("What it came to"))
    if figures.period.first > today():
        paper.paragraph(gettext("The campaign has not begun yet."))
    found, closed = numbers["hazards_found"], numbers["hazards_closed"]
    paper.paragraph(
        gettext(
            "%(visits)s %(sites)s %(found)s; %(closed)s (%(rate)s), %(open)s.",
            visits=ngettext("%(num)s visit to", "%(num)s visits to", numbers["visits"]),
            sites=ngettext("%(num)s enterprise or site", "%(num)s enterprises and sites", numbers["sites"]),
            found=ngettext("found %(num)s hazard", "found %(num)s hazards", found),
            closed=ngettext("%(num)s of them is rectified", "%(num)s of them are rectified", closed),
            rate=write_rate(closed / found if found else None),
            open=ngettext("%(num)s is not yet", "%(num)s are not yet", found - closed),
        )
    )
    visits = FIGURES["visits"]
    rows = [
        [gettext("Visits of the campaign"), str(numbers["visits"]), gettext(visits.meaning)],
        [gettext("Enterprises and sites visited"), str(numbers["sites"]), gettext("Each counted once.")],
        *(
            [gettext(FIGURES[name].label), str(numbers[name]), gettext(FIGURES[name].meaning)]
            for name in OF_HAZARDS
        ),
    ]
    paper.table(
        [
            Column(gettext("Figure"), 50),
            Column(gettext("How many"), 22, "right"),
            Column(gettext("Rule"), 98),
        ],
        rows,
        size=8.5,
    )


def _sectors(paper: Document, sections: Sections, campaign: Campaign, figures: Figures) -> None:
    """By sector and by class: where the hazards were."""
    mine = Hazard.check_id.in_(_checks(campaign))
    names = ["hazards_found", "hazards_closed"]
    rows = sorted(figures.by(names, Hazard.hazard_class, of=[mine]), key=lambda row: (-row[1], row[0].value))
    rows = [row for row in rows if row[1]]
    if not rows:
        return
    sections.open(gettext("Hazards by class"))
    paper.table(
        [
            Column(gettext("Class"), 70),
            *(Column(gettext(FIGURES[name].label), 30, "right") for name in names),
            Column(gettext("Rectification rate"), 30, "right"),
        ],
        [[label(kind), str(found), str(closed), write_rate(closed / found)] for kind, found, closed in rows],
        total=[
            gettext("Total"),
            str(sum(row[1] for row in rows)),
            str(sum(row[2] for row in rows)),
            write_rate(sum(row[2] for row in rows) / sum(row[1] for row in rows)),
        ],
    )


def _cases(paper: Document, sections: Sections, campaign: Campaign, scope: Scope) -> None:
    query = scope.cases().where(IllegalCase.campaign_id == campaign.id)
    totals = campaigns.case_totals(query)
    if not totals.found:
        return
    sections.open(gettext("Illegal cases"))
    paper.paragraph(
        gettext(
            "%(found)s: %(removed)s removed, %(stopped)s stopped, %(closed)s closed down, %(open)s still open.",
            found=ngettext("%(num)s illegal case", "%(num)s illegal cases", totals.found),
            removed=totals.removed,
            stopped=totals.stopped,
            closed=totals.closed_down,
            open=totals.open,
        )
    )
    rows = db.session.scalars(query.order_by(IllegalCase.found_on, IllegalCase.id).limit(MOST_CASES))
    paper.table(
        [
            Column(gettext("Found on"), 28),
            Column(gettext("Kind of case"), 28),
            Column(gettext("Where exactly"), 40),
            Column(gettext("Facts"), 50),
            Column(gettext("Outcome"), 24, "center"),
        ],
        [
            [write_day(one.found_on), label(one.kind), one.place, one.description, label(one.outcome)]
            for one in rows
        ],
        size=8.5,
    )


def _typical(paper: Document, sections: Sections, campaign: Campaign, figures: Figures) -> None:
    """Hazards with a photo before and after; the graver and the newer first."""
    mine = figures.rows("hazards_closed", Hazard.check_id.in_(_checks(campaign)))
    both = [
        sa.select(HazardPhoto.hazard_id).where(HazardPhoto.role == role)
        for role in (HazardPhotoRole.BEFORE, HazardPhotoRole.AFTER)
    ]
    query = mine.where(Hazard.state == State.CLOSED, *(Hazard.id.in_(one) for one in both))
    shown = list(
        db.session.scalars(query.order_by((Hazard.major_criterion == ""), Hazard.id.desc()).limit(TYPICAL))
    )
    if not shown:
        return
    sections.open(gettext("Typical hazards before and after"))
    now = utcnow()
    for hazard in shown:
        pair = [
            next(use.photo.sha256 for use in hazard.photos if use.role is role)
            for role in (HazardPhotoRole.BEFORE, HazardPhotoRole.AFTER)
        ]
        site = db.session.get_one(Site, hazard.site_id)
        words = gettext(
            "%(number)s: %(text)s", number=hazard.number, text=f"{site.name} {hazard.description[:40]}"
        )
        before, after = (print_file(sha256, now) for sha256 in pair)
        paper.photo_pairs([PhotoPair(before, after, words)])
