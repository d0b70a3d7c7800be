"""The import of hazards that are open when a zone moves in: what each row would do, then all rows or none.

An imported hazard has no check here. It is open at once: its notice was issued on paper before. What the list calls
settled is left out, since nothing shows here how it was settled.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask_babel import gettext

from ..accounts.models import User
from ..checklists.models import HazardClass
from ..core import history
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import alike, visible_text
from ..enterprises.models import Site
from ..lists import xlsx
from ..lists.columns import Column, Columns, choice, read_row, words_of
from ..lists.plan import Outcome, Plan, Verdict, demand_most, demand_ready
from . import rules, transitions
from .findings import new_hazard
from .lifecycle import Act, State
from .models import Grade, Hazard, Source

HEADS = Path(__file__).parent / "data" / "heads.toml"
MOST = 2000
LENGTHS = {
    "description": 5000,
    "place": 300,
    "basis": 5000,
    "measure": 5000,
    "criterion": 300,
    "responsible": 300,
    "number": 60,
}
SETTLED = frozenset({State.CLOSED, State.VOID})
BETWEEN_NAMES = re.compile(r"[\s,;/\uff0c\uff1b\u3001]+")
HAZARDS = Columns(
    "hazards",
    (
        Column("site", N_("Enterprise"), width=32, required=True),
        Column("uscc", N_("Credit code"), width=22),
        Column("description", N_("Description"), width=44, required=True),
        Column("place", N_("Place"), width=18),
        choice("hazard_class", N_("Class"), HazardClass, wanted=True, more=words_of(HEADS, "hazard_class")),
        choice("grade", N_("Grade"), Grade, more=words_of(HEADS, "grade")),
        Column("criterion", N_("Criterion for a major hazard"), width=30),
        Column("found_on", N_("Found on"), xlsx.day_of, 12, required=True),
        Column("due_on", N_("Due date"), xlsx.day_of, 12, required=True),
        Column("finder", N_("Inspector"), width=12),
        choice("source", N_("Source"), Source, more=words_of(HEADS, "source")),
        Column("basis", N_("Basis"), width=36),
        Column("measure", N_("What must be done"), width=36),
        Column("responsible", N_("Who rectifies it"), width=14),
        Column("number", N_("Number"), width=16),
        choice("state", N_("State"), State, more=words_of(HEADS, "state")),
    ),
    HEADS,
)


def template() -> bytes:
    """An empty workbook with the heads, the choices and how to fill it."""
    notes = [
        gettext("One row is one open hazard. Enterprise, description, class and both days are required."),
        gettext(
            "The enterprise is written as on the list of enterprises, or by its credit code where two have one name."
        ),
        gettext(
            "Without a grade it is a general hazard; a major one needs its criterion: document and clause."
        ),
        gettext(
            "The inspector is written by name or sign-in name; without one the hazard is entered under your name."
        ),
        gettext("Without a source it is of a routine check. What the state calls settled is left out."),
        gettext("Days: 2026-03-05 is always right. Format columns of codes and phones as text."),
        gettext(
            "Nothing is written before you have seen what each row would do. One wrong row stops the whole file."
        ),
    ]
    return HAZARDS.template(gettext("Open hazards"), notes)


class _Zone:
    """Sites, people and hazards that are there now, looked up without a query per row."""

    def __init__(self, today: date) -> None:
        self.today = today
        sites = list(db.session.scalars(sa.select(Site)))
        self.by_uscc = {site.uscc: site for site in sites if site.uscc}
        self.by_name: dict[str, list[Site]] = {}
        for site in sites:
            self.by_name.setdefault(alike(site.name), []).append(site)
        people = list(db.session.scalars(sa.select(User)))
        names = Counter(alike(person.name) for person in people)
        self.people = {alike(one.name): one for one in people if names[alike(one.name)] == 1}
        self.people |= {alike(one.username): one for one in people}
        there = sa.select(Hazard.site_id, Hazard.found_on, Hazard.description, Hazard.number)
        self.there = {
            (site_id, found_on, alike(words)): number
            for site_id, found_on, words, number in db.session.execute(
                there.where(Hazard.state != State.VOID)
            )
        }


def plan(data: bytes, *, today: date) -> Plan:
    """What a list of hazards would do. Raises Refused (field "file") when it cannot be taken as a whole."""
    opened = HAZARDS.open(data)
    demand_most(opened.rows, MOST)
    zone, verdicts = _Zone(today), []
    first: dict[Any, int] = {}
    for number, cells in opened.rows:
        facts, problems = read_row(cells, opened.columns, opened.epoch)
        verdict = Verdict(number, Outcome.ERROR, {**opened.otherwise, **facts}, problems)
        _judge(verdict, zone)
        if verdict.outcome is Outcome.NEW:
            _mark_double(verdict, first)
        verdicts.append(verdict)
    return Plan(verdicts, opened.strange)


def _judge(verdict: Verdict, zone: _Zone) -> None:
    facts = verdict.facts
    if facts.get("state") in SETTLED:
        verdict.outcome = Outcome.LEFT_OUT
        verdict.problems = []
        remark = N_("The list calls it “%(state)s”; only open hazards are brought in.")
        verdict.remarks.append(Refused(remark, state=facts["state"]))
        return
    for name, most in LENGTHS.items():
        facts[name] = visible_text(str(facts.get(name, "")))
        if len(facts[name]) > most:
            message = N_("At most %(most)s characters; these are %(count)s.")
            verdict.problems.append(Refused(message, field=name, most=most, count=len(facts[name])))
    facts.setdefault("grade", Grade.GENERAL)
    facts.setdefault("source", Source.ROUTINE)
    unread = {problem.field for problem in verdict.problems}
    found = [*_missing(facts), *_wrong_days(facts, zone.today)]
    for find in (_find_site, _find_finder):
        try:
            find(facts, zone)
        except Refused as problem:
            found.append(problem)
    verdict.problems += [problem for problem in found if problem.field not in unread]
    if verdict.problems:
        return
    number = zone.there.get((facts["place_of"].id, facts["found_on"], alike(facts["description"])))
    verdict.outcome = Outcome.SAME if number else Outcome.NEW
    if number:
        verdict.remarks.append(Refused(N_("It is entered already as %(number)s."), number=number))


def _missing(facts: Mapping[str, Any]) -> list[Refused]:
    found = []
    if not facts["description"]:
        found.append(Refused(N_("Say what is wrong."), field="description"))
    if not facts.get("hazard_class"):
        found.append(Refused(N_("Say which class it is."), field="hazard_class"))
    if facts["grade"] is not Grade.GENERAL and not facts["criterion"]:
        found.append(Refused(N_("Name the criterion: document and clause."), field="criterion"))
    return found


def _wrong_days(facts: Mapping[str, Any], today: date) -> list[Refused]:
    found_on, due_on = facts.get("found_on"), facts.get("due_on")
    found = []
    if found_on is None:
        found.append(Refused(N_("Enter the day on which it was found."), field="found_on"))
    elif found_on > today:
        found.append(Refused(N_("This day has not come yet."), field="found_on"))
    if due_on is None:
        found.append(Refused(N_("Give a due date."), field="due_on"))
    elif found_on and due_on < found_on:
        found.append(Refused(N_("The due date lies before the day on which it was found."), field="due_on"))
    else:
        try:
            rules.demand_near(due_on, today)
        except Refused as problem:
            found.append(problem)
    return found


def _find_site(facts: dict[str, Any], zone: _Zone) -> None:
    name = visible_text(facts.get("site", ""))
    uscc = alike(visible_text(facts.get("uscc", ""))).upper()
    namesakes = zone.by_name.get(alike(name), [])
    if uscc in zone.by_uscc:
        facts["place_of"] = zone.by_uscc[uscc]
    elif len(namesakes) == 1:
        facts["place_of"] = namesakes[0]
    elif namesakes:
        raise Refused(N_("Two sites are called %(name)s. Write the credit code."), field="site", name=name)
    elif not name:
        raise Refused(N_("Say at which enterprise it was found."), field="site")
    else:
        raise Refused(
            N_("There is no enterprise %(name)s on the list. Import the enterprises first."),
            field="site",
            name=name[:60],
        )


def _find_finder(facts: dict[str, Any], zone: _Zone) -> None:
    """The first of the names in the cell; all of them are kept with the event."""
    names = [name for name in BETWEEN_NAMES.split(visible_text(facts.get("finder", ""))) if name]
    facts["found_by"] = None
    if not names:
        return
    facts["found_by"] = zone.people.get(alike("".join(names))) or zone.people.get(alike(names[0]))
    if facts["found_by"] is None:
        raise Refused(
            N_("Nobody here is called %(name)s. Import the users first, or leave the cell empty."),
            field="finder",
            name=names[0][:60],
        )


def _mark_double(verdict: Verdict, first: dict[Any, int]) -> None:
    facts = verdict.facts
    key = (facts["place_of"].id, facts["found_on"], alike(facts["description"]), alike(facts["place"]))
    if key in first:
        verdict.outcome = Outcome.LEFT_OUT
        verdict.remarks.append(Refused(N_("Row %(row)s says the same."), row=first[key]))
    first.setdefault(key, verdict.row)


def take_in(data: bytes, *, actor: User, now: datetime) -> int:
    """Write every open hazard of a list, or none: it is judged again. How many there are."""
    demand(actor, Permission.IMPORT_HAZARDS)
    made = plan(data, today=local_day(now))
    demand_ready(made)
    for verdict in made.new:
        _bring_in(verdict.facts, actor, now)
    history.record(actor, "import_hazards", actor=actor, now=now, after={"new": len(made.new)})
    return len(made.new)


def _bring_in(facts: Mapping[str, Any], actor: User, now: datetime) -> Hazard:
    names = ("found_on", "due_on", "source", "description", "place", "hazard_class", "basis", "measure")
    grade = facts["grade"]
    hazard = new_hazard(
        actor=facts["found_by"] or actor,
        now=now,
        uuid=str(uuid4()),
        site=facts["place_of"],
        item_code="",
        grade=Grade.GENERAL if grade is Grade.GENERAL else Grade.SUSPECTED,
        major_criterion=facts["criterion"] if grade is not Grade.GENERAL else "",
        responsible=facts["responsible"],
        **{name: facts[name] for name in names},
    )
    hazard.state = State.OPEN
    origin = {"imported": True, "old_number": facts["number"], "finder": facts.get("finder", "")}
    transitions.write_event(hazard, Act.FIND, None, actor, now, origin)
    if grade is Grade.MAJOR:  # the figures read from the events what is major
        brought = {"criterion": facts["criterion"], "interim_measures": "—", "imported": True}
        transitions.take(hazard, Act.CONFIRM_MAJOR, actor=actor, now=now, brought=brought)
    return hazard
