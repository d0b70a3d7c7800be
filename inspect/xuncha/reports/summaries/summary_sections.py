"""The parts of a summary behind its figures: hazards, sectors and teams, plan, campaigns, photos, overdue list, trainings."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext

from ...checklists.models import HazardClass
from ...core.i18n import label, write_parts, write_rate
from ...enterprises.models import Sector
from ...hazards.lifecycle import State
from ...stats.figures import RATES
from ...trainings.models import TrainingKind
from ..layout.document import Column, Document, PhotoPair, Series
from ..layout.document_parts import Sections, in_language, print_file

SHORT_OVERDUE = 20  # rows of the overdue list in a circular; the live list has them all
SHORT_TOP = 5
SHORT_TYPICAL = 2


def write(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    """Everything behind the paragraph; a circular has the same parts in short form."""
    short = facts["short"]
    _hazards(paper, sections, facts)
    if "site" not in facts["scope"]:
        _places(paper, sections, facts)
        if not short:
            _supervisors(paper, sections, facts)
    if not short:
        _campaigns(paper, sections, facts)
    _typical(paper, sections, facts)
    _overdue(paper, sections, facts)
    if not short:
        _trainings(paper, sections, facts)
        if facts["whole"]:
            _appendix(paper, facts)


def _share(part: int, whole: int) -> str:
    return write_rate(part / whole if whole else None)


def _named(facts: dict[str, Any], lang: str, *names: str) -> list[str]:
    return [facts["definitions"][lang][name][0] for name in names]


def _hazards(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    sections.open(gettext("Hazards"))
    found, closed = _named(facts, paper.lang, "hazards_found", "hazards_closed")
    rate = facts["definitions"][paper.lang]["rectification_rate"][0]
    values = facts["values"]
    paper.table(
        [
            Column(gettext("Class"), 50),
            *(Column(name, 25, "right") for name in (found, closed, rate)),
        ],
        [
            [label(HazardClass(kind)), str(whole), str(part), _share(part, whole)]
            for kind, whole, part in facts["classes"]
        ],
        total=[
            gettext("Total"),
            str(values["hazards_found"]),
            str(values["hazards_closed"]),
            _share(values["hazards_closed"], values["hazards_found"]),
        ],
    )
    _by_month(paper, facts)
    if not facts["short"]:
        bars = [(label(HazardClass(kind)), whole) for kind, whole, _part in facts["classes"]]
        paper.bar_chart(gettext("Hazards by class"), bars, gettext("hazards"))


def _by_month(paper: Document, facts: dict[str, Any]) -> None:
    """The course of the hazards over the months; papers of layout 1 know nothing of what was rectified of those found."""
    rows = facts["months"]
    months = [_month(row[0], rows) for row in rows]
    found = Series(gettext("Found"), [row[1] for row in rows])
    title, unit, closed = (
        gettext("Hazards found and closed by month"),
        gettext("hazards"),
        [row[2] for row in rows],
    )
    if facts["layout"] < 2:
        paper.column_chart(title, months, [found, Series(gettext("Closed"), closed)], unit)
        return
    rectified = Series(gettext("Of these, rectified"), [row[3] for row in rows])
    paper.column_chart(
        title, months, [found, rectified, Series(gettext("Closed in the month"), closed)], unit
    )
    if not facts["short"]:
        rate = facts["definitions"][paper.lang]["rectification_rate"][0]
        shares = [round(100 * row[3] / row[1], 1) if row[1] else None for row in rows]
        paper.line_chart(gettext("Rectification rate by month found"), months, [Series(rate, shares)], "%")


def _month(first: str, months: list[list[Any]]) -> str:
    """The month's name; with the year where the months lie in two."""
    if months[0][0][:4] == months[-1][0][:4]:
        return write_parts(date.fromisoformat(first), "MMM")
    return first[:7]


def _places(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    """By sector, by team, and the enterprises with the most hazards."""
    sections.open(
        gettext("By sector and enterprise") if facts["short"] else gettext("By sector, team and enterprise")
    )
    _breakdown(
        paper, facts, gettext("Sector"), [[label(Sector(row[0])), *row[1:]] for row in facts["sectors"]]
    )
    if facts["layout"] >= 2:
        _found_and_rectified(
            paper,
            gettext("Hazards found and rectified by sector"),
            [[label(Sector(row[0])), *row[1:]] for row in facts["sectors"]],
        )
    if facts["whole"] and not facts["short"]:
        unnamed = gettext("Without a team")
        teams = [[in_language(row[0]) if row[0] else unnamed, *row[1:]] for row in facts["teams"]]
        _breakdown(paper, facts, gettext("Team"), teams)
        _found_and_rectified(paper, gettext("Hazards found and rectified by team"), teams)
    most = facts["enterprises"][: SHORT_TOP if facts["short"] else None]
    paper.bar_chart(
        gettext("Enterprises and sites with the most hazards found"),
        [(row[0], row[1]) for row in most],
        gettext("hazards"),
    )
    if most and not facts["short"]:
        _rows_of(paper, facts, gettext("Enterprise"), most)


def _found_and_rectified(paper: Document, title: str, rows: list[list[Any]]) -> None:
    paper.column_chart(
        title,
        [row[0] for row in rows],
        [
            Series(gettext("Found"), [row[1] for row in rows]),
            Series(gettext("Rectified"), [row[2] for row in rows]),
        ],
        gettext("hazards"),
    )


def _breakdown(paper: Document, facts: dict[str, Any], head: str, rows: list[list[Any]]) -> None:
    """Found, rectified, rate and overdue of the hazards, and the visits, of each part of the zone."""
    found, closed, overdue, visits = _named(
        facts, paper.lang, "hazards_found", "hazards_closed", "found_overdue", "visits"
    )
    sums = [sum(row[at] for row in rows) for at in range(1, 6)]
    paper.table(
        [
            Column(head, 40),
            Column(gettext("Sites checked"), 18, "right"),
            Column(visits, 18, "right"),
            Column(found, 20, "right"),
            Column(closed, 20, "right"),
            Column(facts["definitions"][paper.lang]["rectification_rate"][0], 26, "right"),
            Column(overdue, 22, "right"),
        ],
        [_broken_down(row[0], *row[1:]) for row in rows],
        total=_broken_down(gettext("Total"), *sums),
    )


def _broken_down(name: str, found: int, closed: int, overdue: int, visits: int, sites: int) -> list[str]:
    return [name, str(sites), str(visits), str(found), str(closed), _share(closed, found), str(overdue)]


def _rows_of(paper: Document, facts: dict[str, Any], head: str, rows: list[list[Any]]) -> None:
    found, closed, overdue = _named(facts, paper.lang, "hazards_found", "hazards_closed", "found_overdue")
    paper.table(
        [Column(head, 60), *(Column(name, 22, "right") for name in (found, closed, overdue))],
        [[row[0], *(str(number) for number in row[1:])] for row in rows],
    )


def _supervisors(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    sections.open(gettext("Plan completion by supervisor"))
    names = ("tasks_planned", "tasks_done", "tasks_done_late", "tasks_not_done", "tasks_excused")
    lines, values = facts["supervisors"], facts["values"]
    paper.table(
        [
            Column(gettext("Supervisor"), 30),
            *(Column(name, 22, "right") for name in _named(facts, paper.lang, *names)),
            Column(gettext("Plan completion"), 24, "right"),
        ],
        [[row[0], *(str(count) for count in row[1:]), _share(row[2], row[1])] for row in lines],
        total=[
            gettext("Total"),
            *(str(values[name]) for name in names),
            _share(values["tasks_done"], values["tasks_planned"]),
        ],
    )
    paper.bar_chart(
        gettext("Plan completion by supervisor"),
        [(row[0], round(100 * row[2] / row[1], 1)) for row in lines if row[1]],
        "%",
    )


def _campaigns(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    if not facts["campaigns"] or not facts["whole"]:
        return
    sections.open(gettext("Campaigns"))
    paper.table(
        [
            Column(gettext("Campaign"), 70),
            Column(gettext("Check visits"), 22, "right"),
            Column(gettext("Hazards found"), 22, "right"),
            Column(gettext("Hazards rectified"), 22, "right"),
        ],
        [
            [in_language(one["name"]), *(str(one[name]) for name in ("visits", "found", "closed"))]
            for one in facts["campaigns"]
        ],
    )
    paper.note(gettext("A visit may count for several campaigns; in the totals it counts once."))


def _typical(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    shown = facts["typical"][: SHORT_TYPICAL if facts["short"] else None]
    if not shown:
        return
    sections.open(gettext("Typical hazards, before and after"))
    pairs = []
    for one in shown:
        before, after = (print_file(photo["sha256"], None, drawn=photo["marks"]) for photo in one["photos"])
        caption = gettext(
            "%(number)s, %(site)s, %(class)s: %(problem)s",
            **{name: one[name] for name in ("number", "site", "problem")},
            **{"class": label(HazardClass(one["class"]))},
        )
        pairs.append(PhotoPair(before, after, caption))
    paper.photo_pairs(pairs)


def _overdue(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    sections.open(gettext("Overdue hazards"))
    every = facts["overdue"]
    rows = every[: SHORT_OVERDUE if facts["short"] else None]
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
            [str(at), number, site, problem, due, str(days), person]
            for at, (number, site, problem, due, days, person) in enumerate(rows, start=1)
        ],
        size=8.5,
        dense=True,
    )
    _told_how_many(paper, len(rows), len(every))


def _told_how_many(paper: Document, shown: int, total: int) -> None:
    if shown < total:
        paper.note(
            gettext("The first %(shown)s of %(total)s; the ledger lists them all.", shown=shown, total=total)
        )


def _trainings(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    told, values = facts["trainings"], facts["values"]
    if not told["kinds"]:
        return
    sections.open(gettext("Trainings"))
    names = ("trainings", "attendances", "materials")
    heads = _named(facts, paper.lang, *names)
    paper.table(
        [Column(gettext("Kind"), 60), *(Column(name, 25, "right") for name in heads)],
        [
            [label(TrainingKind(kind)), *(str(number) for number in numbers)]
            for kind, *numbers in told["kinds"]
        ],
        total=[gettext("Total"), *(str(values[name]) for name in names)],
    )
    paper.table(
        [
            Column(gettext("Held on"), 24, "center"),
            Column(gettext("Kind"), 30),
            Column(gettext("Topic"), 70),
            *(Column(name, 22, "right") for name in heads[1:]),
        ],
        [
            [held_on, label(TrainingKind(kind)), topic, str(heard), str(given)]
            for held_on, kind, topic, heard, given in told["events"]
        ],
        size=8.5,
    )
    _told_how_many(paper, len(told["events"]), values["trainings"])


def _appendix(paper: Document, facts: dict[str, Any]) -> None:
    """The hazards that were not closed, and how everything was counted."""
    paper.page_break()
    paper.heading(gettext("Appendix 1: hazards of the period that are not closed"))
    rows = facts["open"]["rows"]
    paper.table(
        [
            Column(gettext("Hazard number"), 26, "center"),
            Column(gettext("Enterprise"), 38),
            Column(gettext("Problem"), 58),
            Column(gettext("Found on"), 24, "center"),
            Column(gettext("Rectify by"), 24, "center"),
            Column(gettext("State"), 24, "center"),
        ],
        [[*row[:5], label(State(row[5]))] for row in rows],
        size=8.5,
        dense=True,
    )
    _told_how_many(paper, len(rows), facts["open"]["count"])
    paper.heading(gettext("Appendix 2: how the figures are counted"))
    names = facts["definitions"][paper.lang]
    printed = [name for name in names if name in facts["values"]]
    rates_first = sorted(printed, key=lambda name: name not in RATES)
    paper.table(
        [Column(gettext("Figure"), 40), Column(gettext("Rule"), 130)],
        [names[name] for name in rates_first],
        size=8.5,
        dense=True,
    )
