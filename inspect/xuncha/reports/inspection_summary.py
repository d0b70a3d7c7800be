"""Inspection summary of a period: the half-year's paragraph, key figures with their rules, charts, the overdue list."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..core import settings
from ..core.access import READ_ALL
from ..core.db import db
from ..core.i18n import label, use_language, write_day, write_rate
from ..core.labels import N_
from ..enterprises.models import Site
from ..hazards.models import Hazard
from ..stats import hazard_state
from ..stats.figures import FIGURES, RATES, RULES, Figures, Period, Scope, Share
from .document import Column, Document, Series, SignatureBlock
from .document_parts import Sections, digest_of, in_language, open_paper, verification
from .summary_text import CampaignLine, about, campaigns, results, sentences

TOP = 10  # enterprises in the chart of the most hazards
NUMBERS = (
    "visits",
    "enterprises_visited",
    "patrol_visits",
    "idle_site_visits",
    "recheck_visits",
    "expert_enterprises",
    "hazards_found",
    "hazards_closed",
    "fixed_on_spot",
    "found_to_verify",
    "found_overdue",
    "found_in_progress",
    "closed_in_period",
    "hazards_overdue",
    "major_found",
    "suspected_found",
    "tasks_planned",
    "tasks_done",
    "tasks_done_late",
    "tasks_not_done",
    "tasks_excused",
    "illegal_installations_removed",
    "illegal_acts_stopped",
    "trainings",
    "attendances",
    "materials",
)
STATES_THEN = (
    "hazards_overdue",
)  # a state on a day, not a flow of a period: a change in per cent says nothing
HALVES = {1: N_("First half of %(year)s"), 7: N_("Second half of %(year)s")}


def build(period: Period, scope: Scope, lang: str, *, draft: bool = False, rounded: bool = False) -> Document:
    """The summary of a scope. Raises FontMissing."""
    with use_language(lang):
        figures = Figures(period, scope)
        paper = open_paper(
            gettext("Work safety inspection summary"),
            lang,
            organisation=in_language(settings.bilingual("org")),
            subject=subject(period, scope),
            verify_text=verification(_name(period), _digest(figures)),
            draft=draft,
        )
        drives = campaigns(figures)
        sections = Sections(paper)
        _text(paper, sections, figures, drives, rounded)
        _numbers(paper, sections, figures)
        _hazards(paper, sections, figures)
        _supervisors(paper, sections, figures)
        _drives(paper, sections, drives)
        _overdue(paper, sections, figures)
        paper.note(
            gettext(
                "Figures as of %(day)s; hazards stand as their records of that day say. Rules of counting: edition"
                " %(rules)s. A dash stands where there is nothing to divide by or to compare with.",
                day=write_day(period.as_of),
                rules=RULES,
            )
        )
        paper.blank_below()
        paper.signatures([SignatureBlock(gettext(role)) for role in (N_("Prepared by"), N_("Reviewed by"))])
        return paper


def subject(period: Period, scope: Scope) -> str:
    """Period, as-of day where it is cut, and whose enterprises."""
    parts = [period_text(period)]
    if scope.site:
        parts.append(db.session.get_one(Site, scope.site).name)
    elif scope.supervisor:
        parts.append(db.session.get_one(User, scope.supervisor).name)
    elif scope.actor is not None and scope.actor.role not in READ_ALL:
        parts.append(scope.actor.name)
    return "  ".join(parts)


def period_text(period: Period) -> str:
    """The days as offices name them: a half-year or year by name, others from day to day; cut ones with their day."""
    first, last = period.first, period.last
    text = gettext("%(start)s to %(end)s", start=write_day(first), end=write_day(last))
    if period.full_months == 6 and first.month in HALVES:
        text = gettext(HALVES[first.month], year=first.year)
    if period.full_months == 12 and first.month == 1:
        text = gettext("Year %(year)s", year=first.year)
    if period.as_of != last:
        text = gettext("%(period)s (as of %(day)s)", period=text, day=write_day(period.as_of))
    return text


def _name(period: Period) -> str:
    return "_".join(day.isoformat() for day in (period.first, period.last, period.as_of))


def _digest(figures: Figures) -> str:
    return digest_of([RULES, figures.scope.to_args(), {name: figures.number(name) for name in FIGURES}])


def _text(
    paper: Document, sections: Sections, figures: Figures, drives: list[CampaignLine], rounded: bool
) -> None:
    sections.open(gettext("Overview"))
    say = about if rounded else str
    scope = figures.scope
    zone = not (scope.site or scope.supervisor) and (scope.actor is None or scope.actor.role in READ_ALL)
    for text in sentences(figures, drives, say) if zone else [results(figures, say)]:
        paper.paragraph(text)


def _numbers(paper: Document, sections: Sections, figures: Figures) -> None:
    sections.open(gettext("Key figures"))
    before = Figures(figures.period.previous, figures.scope)
    year_before = Figures(figures.period.year_before, figures.scope)
    rows: list[list[str] | str] = [gettext("Rates")]
    for name, rate in RATES.items():
        share = figures.share(name)
        changes = [_points(share, other.share(name)) for other in (before, year_before)]
        rows.append(
            [gettext(rate.label), write_rate(share.value), str(share), *changes, gettext(rate.meaning)]
        )
    rows.append(gettext("Counts"))
    for name in NUMBERS:
        number = figures.number(name)
        others = [None if name in STATES_THEN else other.number(name) for other in (before, year_before)]
        changes = [_change(number, other) for other in others]
        meaning = gettext(FIGURES[name].meaning)
        rows.append([gettext(FIGURES[name].label), str(number), "", *changes, meaning])
    paper.table(
        [
            Column(gettext("Figure"), 34),
            Column(gettext("This period"), 16, "right"),
            Column(gettext("Part / whole"), 22, "right"),
            Column(gettext("Against the period before"), 18, "right"),
            Column(gettext("Against a year before"), 18, "right"),
            Column(gettext("Rule"), 70),
        ],
        rows,
        size=8.5,
    )


def _points(now: Share, before: Share) -> str:
    """Rates compare in percentage points."""
    if now.value is None or before.value is None:
        return "\u2014"
    tenths = [int(one.value * 1000 + 0.5 + 1e-9) for one in (now, before) if one.value is not None]
    return gettext("%(points)s points", points=f"{(tenths[0] - tenths[1]) / 10:+.1f}")


def _change(now: int, before: int | None) -> str:
    if not before:
        return "\u2014"
    share = (now - before) / before
    sign = "-" if share < 0 else "+"
    return f"{sign}{write_rate(abs(share))}"


def _hazards(paper: Document, sections: Sections, figures: Figures) -> None:
    sections.open(gettext("Hazards"))
    names = ["hazards_found", "hazards_closed"]
    by_class = sorted((row for row in figures.by_class(names) if row[1]), key=lambda row: (-row[1], row[0]))
    paper.table(
        [
            Column(gettext("Class"), 50),
            *(Column(gettext(FIGURES[name].label), 25, "right") for name in names),
            Column(gettext("Rectification rate"), 25, "right"),
        ],
        [
            [label(one), str(found), str(closed), write_rate(closed / found)]
            for one, found, closed in by_class
        ],
        total=[
            gettext("Total"),
            *(str(figures.number(name)) for name in names),
            write_rate(figures.rate("rectification_rate")),
        ],
    )
    months = figures.period.months()
    series = ((N_("Found"), "hazards_found"), (N_("Closed"), "closed_in_period"))
    shown = [name for _said, name in series]
    monthly = [Figures(month, figures.scope, only=shown) for month in months]
    paper.column_chart(
        gettext("Hazards found and closed by month"),
        [_month(month.first, months) for month in months],
        [Series(gettext(said), [one.number(name) for one in monthly]) for said, name in series],
        gettext("hazards"),
    )
    paper.bar_chart(
        gettext("Hazards by class"), [(label(one), found) for one, found, _ in by_class], gettext("hazards")
    )
    _top(paper, figures)


def _month(first: date, months: list[Period]) -> str:
    """The month's name; with the year where the months lie in two."""
    if months[0].first.year == months[-1].first.year:
        return gettext("Month %(number)s", number=first.month)
    return f"{first.year}-{first.month:02d}"


def _top(paper: Document, figures: Figures) -> None:
    if figures.scope.site:
        return
    counted = [row for row in figures.by(["hazards_found"], Hazard.site_id) if row[1]]
    first = sorted(counted, key=lambda row: (-row[1], row[0]))[:TOP]
    names = _names(Site, [site_id for site_id, _ in first])
    paper.bar_chart(
        gettext("Enterprises and sites with the most hazards found"),
        [(names[site_id], count) for site_id, count in first],
        gettext("hazards"),
    )


def _names(kind: Any, ids: list[int]) -> dict[int, str]:
    rows = db.session.execute(sa.select(kind.id, kind.name).where(kind.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _supervisors(paper: Document, sections: Sections, figures: Figures) -> None:
    if figures.scope.site:
        return
    sections.open(gettext("Plan completion by supervisor"))
    names = ["tasks_planned", "tasks_done", "tasks_done_late", "tasks_not_done", "tasks_excused"]
    lines = [row for row in figures.by_supervisor(names) if row[1] or row[5]]
    people = _names(User, [row[0] for row in lines])
    lines.sort(key=lambda row: (people[row[0]], row[0]))
    paper.table(
        [
            Column(gettext("Supervisor"), 30),
            *(Column(gettext(FIGURES[name].label), 22, "right") for name in names),
            Column(gettext("Plan completion"), 24, "right"),
        ],
        [[people[row[0]], *(str(count) for count in row[1:]), _rate(row[2], row[1])] for row in lines],
        total=[
            gettext("Total"),
            *(str(figures.number(name)) for name in names),
            write_rate(figures.rate("completion_rate")),
        ],
    )
    paper.bar_chart(
        gettext("Plan completion by supervisor"),
        [(people[row[0]], round(100 * row[2] / row[1], 1)) for row in lines if row[1]],
        "%",
    )


def _rate(part: int, whole: int) -> str:
    return write_rate(Share(part, whole).value)


def _drives(paper: Document, sections: Sections, drives: list[CampaignLine]) -> None:
    if not drives:
        return
    sections.open(gettext("Campaigns"))
    paper.table(
        [
            Column(gettext("Campaign"), 70),
            Column(gettext("Check visits"), 22, "right"),
            Column(gettext("Hazards found"), 22, "right"),
            Column(gettext("Hazards rectified"), 22, "right"),
        ],
        [[one.name, str(one.visits), str(one.found), str(one.closed)] for one in drives],
    )
    paper.note(gettext("A visit may count for several campaigns; in the totals it counts once."))


def _overdue(paper: Document, sections: Sections, figures: Figures) -> None:
    sections.open(gettext("Overdue hazards"))
    due_on = hazard_state.due_on
    query = figures.rows("hazards_overdue").add_columns(due_on).order_by(due_on, Hazard.id)
    loaded = query.options(joinedload(Hazard.site).joinedload(Site.supervisor))
    day = figures.period.as_of
    paper.table(
        [
            Column(gettext("No."), 12, "center"),
            Column(gettext("Hazard number"), 26, "center"),
            Column(gettext("Enterprise"), 38),
            Column(gettext("Problem"), 54),
            Column(gettext("Rectify by"), 24, "center"),
            Column(gettext("Days overdue"), 18, "right"),
            Column(gettext("Supervisor"), 26, "center"),
        ],
        [
            [
                str(at),
                hazard.number,
                hazard.site.name,
                " ".join(part for part in (hazard.place, hazard.description) if part),
                due.isoformat(),
                str((day - due).days),
                hazard.site.supervisor.name if hazard.site.supervisor else "",
            ]
            for at, (hazard, due) in enumerate(db.session.execute(loaded), start=1)
        ],
        size=8.5,
    )
