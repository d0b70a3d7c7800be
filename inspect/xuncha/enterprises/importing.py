"""The import of a workbook: first what each row would do, then all rows or none.

Its own file because it is one long verb (look, judge, ask, write) with words of its own: the verdict.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from ..accounts.models import User
from ..core import history
from ..core.access import FIELD, Permission, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import alike
from ..lists.columns import read_row
from ..lists.plan import Outcome
from . import actions, assignments, validation, workbooks
from .models import ContactDuty, Site, SiteKind

ADD = "add"  # the decision that a row is another place than those of its name


@dataclass
class Verdict:
    """A row of the sheet (by its number there) and what it would do."""

    row: int
    outcome: Outcome
    name: str = ""
    site: Site | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    problems: list[Refused] = field(default_factory=list)
    candidates: list[Site] = field(default_factory=list)


@dataclass
class Plan:
    """What a workbook would do."""

    verdicts: list[Verdict]
    strange: list[str]

    @property
    def counts(self) -> Counter[Outcome]:
        """How many rows would do what."""
        return Counter(verdict.outcome for verdict in self.verdicts)

    @property
    def ready(self) -> bool:
        """Nothing is wrong, nothing is left to decide, something would change."""
        counts = self.counts
        return (
            not counts[Outcome.ERROR]
            and not counts[Outcome.DECIDE]
            and bool(counts[Outcome.NEW] + counts[Outcome.CHANGE])
        )


class _Zone:
    """What is on the list now, looked up without a query per row."""

    def __init__(self, today: date, otherwise: Mapping[str, Any]) -> None:
        self.today = today
        self.otherwise = otherwise
        query = sa.select(Site).options(selectinload(Site.contacts), selectinload(Site.supervisor))
        self.sites = list(db.session.scalars(query.execution_options(populate_existing=True)))
        self.by_uscc = {site.uscc: site for site in self.sites if site.uscc}
        self.by_number = {site.id: site for site in self.sites}
        self.by_name: dict[str, list[Site]] = defaultdict(list)
        for site in self.sites:
            self.by_name[alike(site.name)].append(site)
        people = list(db.session.scalars(sa.select(User).where(User.role.in_(list(FIELD)), User.active)))
        self.people = {alike(person.username): person for person in people}
        names = Counter(alike(person.name) for person in people)
        self.people |= {alike(person.name): person for person in people if names[alike(person.name)] == 1}
        self.shared_names = {name for name, count in names.items() if count > 1}

    def person(self, text: str) -> User:
        """The supervisor that a cell names; raises Refused."""
        plain = alike(text)
        if plain in self.people:
            return self.people[plain]
        if plain in self.shared_names:
            raise Refused(N_("Two supervisors have this name. Write the sign-in name."), field="supervisor")
        raise Refused(N_("There is no active supervisor %(name)s."), field="supervisor", name=text[:60])


def plan(data: bytes, *, today: date, decisions: Mapping[int, str] | None = None) -> Plan:
    """What a workbook would do. `decisions`: for a row, the number of the site that it is, or ADD.

    Raises Refused (field "file") when the file as a whole cannot be taken.
    """
    opened = workbooks.SITES.open(data)
    zone = _Zone(today, opened.otherwise)
    verdicts = []
    for number, cells in opened.rows:
        read, problems = read_row(cells, opened.columns, opened.epoch)
        verdicts.append(
            _judge(
                Verdict(number, Outcome.ERROR, read.get("name", ""), None, read, [], problems),
                zone,
                decisions or {},
            )
        )
    _mark_doubles(verdicts)
    return Plan(verdicts, opened.strange)


def _judge(verdict: Verdict, zone: _Zone, decisions: Mapping[int, str]) -> Verdict:
    row = verdict.facts
    clean, problems = validation.clean(
        {"name": ""} | {key: row[key] for key in actions.EDITABLE if key in row}
    )
    unread = {problem.field for problem in verdict.problems}
    verdict.problems += [problem for problem in problems if problem.field not in unread]
    row |= clean
    verdict.name = clean["name"]
    if "supervisor" in row:
        try:
            row["supervisor"] = zone.person(row["supervisor"])
        except Refused as problem:
            verdict.problems.append(problem)
    if verdict.problems:
        return verdict
    _find(verdict, zone, decisions)
    if verdict.outcome is Outcome.NEW:
        verdict.facts = {**zone.otherwise, **row}
        _check_new(verdict)
    elif verdict.site:
        _compare(verdict, verdict.site)
    # The first supervisor may begin in the past: an office that starts with this program has a history.
    held = verdict.site is not None and bool(verdict.site.assignments)
    moves = "supervisor" in {name for name, *_ in verdict.changes}
    if held and moves and row.get("supervisor_from", zone.today) < zone.today:
        verdict.problems.append(
            Refused(N_("This day has passed. A supervisor begins today or later."), field="supervisor_from")
        )
    if verdict.problems:
        verdict.outcome = Outcome.ERROR
    return verdict


def _find(verdict: Verdict, zone: _Zone, decisions: Mapping[int, str]) -> None:
    """Which site the row is: by its code; without one by name, and then a person decides unless all is equal."""
    row = verdict.facts
    uscc = row.get("uscc")
    if uscc and uscc in zone.by_uscc:
        verdict.site, verdict.outcome = zone.by_uscc[uscc], Outcome.CHANGE
        return
    namesakes = [site for site in zone.by_name.get(alike(row["name"]), []) if not (uscc and site.uscc)]
    equal = [site for site in namesakes if not _differences(site, row)]
    decided = decisions.get(verdict.row, "")
    chosen = next((site for site in namesakes if str(site.id) == decided), None)
    if equal or chosen:
        verdict.site, verdict.outcome = chosen or equal[0], Outcome.CHANGE
    elif namesakes and decided != ADD:
        verdict.candidates, verdict.outcome = namesakes, Outcome.DECIDE
    else:
        verdict.outcome = Outcome.NEW


def _check_new(verdict: Verdict) -> None:
    row = verdict.facts
    if row.get("kind", SiteKind.ENTERPRISE) is SiteKind.ENTERPRISE:
        for name in ("sector", "risk"):
            if name not in row:
                verdict.problems.append(Refused(N_("A new enterprise needs this."), field=name))
    for duty in workbooks.SHEET_DUTIES:
        if not row.get(duty.value) and any(row.get(f"{duty.value}{part}") for part in ("_title", "_phone")):
            verdict.problems.append(Refused(N_("Write the person's name too."), field=duty.value))


def _differences(site: Site, row: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    found = [
        (name, getattr(site, name), row[name])
        for name in ("kind", *actions.EDITABLE)
        if name in row and row[name] != getattr(site, name)
    ]
    if row.get("key", site.key) is False:
        found = [change for change in found if change[0] != "key_since"]
    for duty in workbooks.SHEET_DUTIES:
        contact = site.contact(duty)
        for part, attribute in (("", "name"), ("_title", "title"), ("_phone", "phone")):
            name = f"{duty.value}{part}"
            now = getattr(contact, attribute) if contact else ""
            if name in row and row[name] != now:
                found.append((name, now, row[name]))
    supervisor = row.get("supervisor")
    if isinstance(supervisor, User) and supervisor.id != site.supervisor_id:
        found.append(("supervisor", site.supervisor.name if site.supervisor else "", supervisor.name))
    return found


def _compare(verdict: Verdict, site: Site) -> None:
    verdict.changes = _differences(site, verdict.facts)
    verdict.outcome = Outcome.CHANGE if verdict.changes else Outcome.SAME
    names = {name for name, *_ in verdict.changes}
    if "kind" in names:
        verdict.problems.append(
            Refused(
                N_("An enterprise does not become an idle site or the reverse. Add it as a new one."),
                field="kind",
            )
        )
    for duty in workbooks.SHEET_DUTIES:
        name = verdict.facts.get(duty.value) or site.contact(duty)
        if not name and {f"{duty.value}_title", f"{duty.value}_phone"} & names:
            verdict.problems.append(Refused(N_("Write the person's name too."), field=duty.value))


def _mark_doubles(verdicts: list[Verdict]) -> None:
    """Two rows about one site cannot both be right."""
    first: dict[object, int] = {}
    for verdict in verdicts:
        row = verdict.facts
        if not verdict.name:
            continue
        key: object = row.get("uscc") or (
            verdict.site.id if verdict.site else (alike(verdict.name), alike(row.get("address", "")))
        )
        if verdict.site:
            key = verdict.site.id
        if key in first:
            verdict.outcome = Outcome.ERROR
            verdict.problems.append(
                Refused(N_("Row %(row)s is about the same site."), field="name", row=first[key])
            )
        else:
            first[key] = verdict.row


def take_in(data: bytes, decisions: Mapping[int, str], *, actor: User, now: datetime) -> Counter[Outcome]:
    """Write every row of a workbook, or none: it is judged again, and refused unless each row is clear."""
    demand(actor, Permission.EDIT_SITE)
    made = plan(data, today=local_day(now), decisions=decisions)
    if not made.ready:
        raise Refused(N_("Nothing was written: look at the rows that are marked."), field="file")
    for verdict in made.verdicts:
        if verdict.outcome is Outcome.NEW:
            _add(verdict, actor, now)
        elif verdict.outcome is Outcome.CHANGE and verdict.site:
            _change(verdict, verdict.site, actor, now)
    counts = made.counts
    history.record(
        actor,
        "import_sites",
        actor=actor,
        now=now,
        after={outcome.value: count for outcome, count in counts.items()},
    )
    return counts


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in actions.EDITABLE if name in row}


def _merged_contacts(site: Site | None, row: Mapping[str, Any]) -> list[validation.ContactFacts]:
    """The site's contacts with those of the row written over them."""
    kept = (
        [validation.ContactFacts(one.duty, one.name, one.title, one.phone) for one in site.contacts]
        if site
        else []
    )
    for duty in workbooks.SHEET_DUTIES:
        given = {
            part: row[f"{duty.value}{part}"]
            for part in ("", "_title", "_phone")
            if f"{duty.value}{part}" in row
        }
        if not given:
            continue
        position = next((at for at, one in enumerate(kept) if one.duty is duty), None)
        old = kept[position] if position is not None else validation.ContactFacts(ContactDuty(duty), "")
        new = validation.ContactFacts(
            duty, given.get("", old.name), given.get("_title", old.title), given.get("_phone", old.phone)
        )
        if position is None:
            kept.append(new)
        else:
            kept[position] = new
    return kept


def _add(verdict: Verdict, actor: User, now: datetime) -> None:
    row = verdict.facts
    contacts = _merged_contacts(None, row)
    kind = row.get("kind", SiteKind.ENTERPRISE)
    site = actions.add_site(kind, actor=actor, now=now, contacts=contacts, twin_ok=True, **_kept(row))
    _name_holder(site, row, actor, now)


def _change(verdict: Verdict, site: Site, actor: User, now: datetime) -> None:
    row = verdict.facts
    contacts = _merged_contacts(site, row)
    actions.change_site(site, actor=actor, now=now, contacts=contacts, twin_ok=True, **_kept(row))
    if "supervisor" in {name for name, *_ in verdict.changes}:
        _name_holder(site, row, actor, now)


def _name_holder(site: Site, row: Mapping[str, Any], actor: User, now: datetime) -> None:
    if row.get("supervisor"):
        assignments.assign(
            site, row["supervisor"], row.get("supervisor_from") or local_day(now), actor=actor, now=now
        )
