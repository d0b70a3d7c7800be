"""Inspection summary of a period and circular (通报): the paper is made from facts, live ones or those that an edition froze."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from ...core.i18n import use_language, write_day, write_number, write_rate
from ...core.labels import N_
from ...stats.figures import RATES, Period, Scope
from ..layout.document import Column, Document, SignatureBlock
from ..layout.document_parts import Sections, day, digest_of, in_language, open_paper, verification
from . import changes_section, summary_sections, summary_text
from .summary_facts import gather, is_whole, period_of
from .summary_facts import who as who_of

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
SHORT_RATES = ("completion_rate", "rectification_rate", "on_time_rate", "coverage")
SHORT_NUMBERS = (
    "visits",
    "enterprises_visited",
    "hazards_found",
    "hazards_closed",
    "hazards_overdue",
    "major_found",
    "tasks_not_done",
    "trainings",
    "attendances",
)
IN_SHORT = ("visits", "hazards_found", "rectification_rate", "hazards_overdue")
STATES_THEN = (
    "hazards_overdue",
)  # a state on a day, not a flow of a period: a change in per cent says nothing
HALVES = {1: N_("First half of %(year)s"), 7: N_("Second half of %(year)s")}
QUARTERS = {
    1: N_("First quarter of %(year)s"),
    4: N_("Second quarter of %(year)s"),
    7: N_("Third quarter of %(year)s"),
    10: N_("Fourth quarter of %(year)s"),
}
TITLES = {False: N_("Work safety inspection summary"), True: N_("Work safety circular")}


def build(
    period: Period,
    scope: Scope,
    lang: str,
    *,
    draft: bool = False,
    rounded: bool = False,
    short: bool = False,
) -> Document:
    """The summary of a scope as the figures stand now, or in `short` form a circular. Raises FontMissing."""
    return of_live_facts(gather(period, scope, short=short), lang, draft=draft, rounded=rounded)


def of_live_facts(facts: dict[str, Any], lang: str, *, draft: bool, rounded: bool) -> Document:
    """The paper of facts that were not issued. Raises FontMissing."""
    return of_facts(facts, lang, draft=draft, rounded=rounded, marks=lambda: unissued(facts))


def unissued(facts: dict[str, Any]) -> dict[str, Any]:
    """What the paper of facts that were not issued is verified by."""
    return {"verify_text": verification("_".join(facts["period"].values()), digest_of(facts))}


def of_facts(
    facts: dict[str, Any],
    lang: str,
    *,
    marks: Callable[[], dict[str, Any]],
    number: str = "",
    draft: bool = False,
    rounded: bool = False,
) -> Document:
    """The paper that some facts make, live or frozen; `marks` gives what it is verified by. Raises FontMissing."""
    with use_language(lang):
        cover, title = facts["whole"] and not facts["short"], TITLES[facts["short"]]
        paper = open_paper(
            gettext(title),
            lang,
            number=number,
            organisation=in_language(facts["org"]),
            subject=_subject(period_of(facts), facts["who"]),
            draft=draft,
            **({"title_size": 26} if cover else {}),
            **marks(),
        )
        if cover:
            _cover(paper, facts)
        sections = Sections(paper)
        _numbers(paper, sections, facts)
        if cover:
            paper.page_break()
        _text(paper, sections, facts, lang, rounded)
        changes_section.write(paper, sections, facts)
        summary_sections.write(paper, sections, facts)
        _last(paper, facts)
        return paper


def subject(period: Period, scope: Scope) -> str:
    """Period, as-of day where it is cut, and whose enterprises."""
    return _subject(period, "" if is_whole(scope) else who_of(scope))


def _subject(period: Period, who: str) -> str:
    return "  ".join(filter(None, (period_text(period), who)))


def period_text(period: Period) -> str:
    """The days as offices name them: a half-year, quarter, month or year by name, others from day to day; cut ones with
    their day."""
    text = period_name(period)
    if period.as_of != period.last:
        text = gettext("%(period)s (as of %(day)s)", period=text, day=write_day(period.as_of))
    return text


def period_name(period: Period) -> str:
    """The days as offices name them."""
    first, months = period.first, period.full_months
    if months == 6 and first.month in HALVES:
        return gettext(HALVES[first.month], year=first.year)
    if months == 3 and first.month in QUARTERS:
        return gettext(QUARTERS[first.month], year=first.year)
    if months == 12 and first.month == 1:
        return gettext("Year %(year)s", year=first.year)
    return gettext("%(start)s to %(end)s", start=write_day(first), end=write_day(period.last))


def _cover(paper: Document, facts: dict[str, Any]) -> None:
    """What it is of, and the four numbers that are asked for first."""
    issued = facts.get("issued", {})
    paper.space(36)
    names, values = facts["definitions"], facts["values"]
    lang = paper.lang
    for name in IN_SHORT:
        value = values[name]
        said = _with_parts(value) if isinstance(value, list) else write_number(value)
        paper.large(said, size=28, bold=True)
        paper.large(names[lang][name][0], size=12)
        paper.space(5)
    paper.space(14)
    period = period_of(facts)
    paper.fields(
        [
            (gettext("Period"), period_name(period)),
            (gettext("Figures as of"), write_day(period.as_of)),
            (gettext("Issued on"), day(issued["on"]) if issued else gettext("Not issued")),
            (gettext("Issued by"), issued.get("by", "")),
            (gettext("Edition"), str(issued.get("edition", ""))),
            (gettext("Rules of counting"), facts["rules"]),
        ]
    )
    paper.page_break()


def _rate(value: list[int]) -> str:
    return write_rate(value[0] / value[1] if value[1] else None)


def _with_parts(value: list[int]) -> str:
    return gettext("%(rate)s (%(part)s/%(whole)s)", rate=_rate(value), part=value[0], whole=value[1])


def value_text(value: Any) -> str:
    """A number, or the rate of [part, whole]."""
    return _rate(value) if isinstance(value, list) else write_number(value)


def _text(paper: Document, sections: Sections, facts: dict[str, Any], lang: str, rounded: bool) -> None:
    sections.open(gettext("Overview"))
    parts = summary_text.texts_of(facts, lang)
    for one in parts:
        paper.paragraph(summary_text.write(one, rounded=rounded))
    by_hand = [part for one in parts for part in one if isinstance(part, dict) and "hand" in part]
    if by_hand:
        told = "; ".join(
            gettext(
                "%(hand)s (figure: %(figure)s)",
                hand=part["hand"],
                figure=summary_text.write_value(part["slot"], part["n"], rounded=False),
            )
            for part in by_hand
        )
        paper.note(gettext("Numbers entered by hand: %(list)s", list=told))


def _numbers(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    sections.open(gettext("Key figures"))
    rates, numbers = (SHORT_RATES, SHORT_NUMBERS) if facts["short"] else (tuple(RATES), NUMBERS)
    names = facts["definitions"][paper.lang]
    rows: list[list[str] | str] = [gettext("Rates")]
    for name in rates:
        now = facts["values"][name]
        rows.append([names[name][0], _rate(now), f"{now[0]}/{now[1]}", *against(facts, name)])
    rows.append(gettext("Numbers"))
    rows += [
        [names[name][0], write_number(facts["values"][name]), "", *against(facts, name)] for name in numbers
    ]
    paper.table(
        [
            Column(gettext("Figure"), 51),
            Column(gettext("This period"), 14, "right"),
            Column(gettext("Part / whole"), 18, "right"),
            Column(gettext("A year before"), 16, "right"),
            Column(gettext("Against it"), 29, "right"),
            Column(gettext("Period before"), 16, "right"),
            Column(gettext("Against it"), 30, "right"),
        ],
        rows,
        size=8,  # all figures and the note on one page, in both languages
        dense=True,
    )
    paper.note(
        gettext(
            "Numbers compare in per cent, rates in percentage points. A dash stands where there is nothing to divide by or"
            " to compare with, and for states of a day."
        )
    )


def against(facts: dict[str, Any], name: str) -> list[str]:
    """The value a year and a period before, each with the change since."""
    compare: Any = _points if name in RATES else _change
    cells: list[str] = []
    for base in ("year_before", "previous"):
        value = facts[base][name]
        if name in STATES_THEN:
            cells += ["\u2014", "\u2014"]
            continue
        cells += [
            value_text(value),
            compare(facts["values"][name], value),
        ]
    return cells


ARROWS = {-1: "\u2193", 0: "\u2192", 1: "\u2191"}


def _points(now: list[int], before: list[int]) -> str:
    """Rates compare in percentage points."""
    if not now[1] or not before[1]:
        return "\u2014"
    tenths = [int(part / whole * 1000 + 0.5 + 1e-9) for part, whole in (now, before)]
    return _arrow(
        gettext("%(points)s points", points=f"{(tenths[0] - tenths[1]) / 10:+.1f}"), tenths[0] - tenths[1]
    )


def _change(now: int, before: int) -> str:
    if not before:
        return "\u2014"
    share = (now - before) / before
    sign = "-" if share < 0 else "+"
    return _arrow(f"{sign}{write_rate(abs(share))}", now - before)


def _arrow(text: str, moved: int) -> str:
    return f"{ARROWS[(moved > 0) - (moved < 0)]} {text}"


def _last(paper: Document, facts: dict[str, Any]) -> None:
    """How it was counted, and who answers for it."""
    paper.note(
        gettext(
            "Figures as of %(day)s; hazards stand as their records of that day say. Rules of counting: edition"
            " %(rules)s.",
            day=day(facts["period"]["as_of"]),
            rules=facts["rules"],
        )
    )
    paper.blank_below()
    paper.signatures([SignatureBlock(gettext(role)) for role in (N_("Prepared by"), N_("Reviewed by"))])
