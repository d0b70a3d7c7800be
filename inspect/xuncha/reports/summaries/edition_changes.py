"""What changed between two editions of one period: the figures that moved, and each thing that came or went, with why.

Reasons are kept as a word and what it needs to be said, so that the paper says them in its own language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...checks.models import Check
from ...core.clock import day_end, local_day
from ...core.db import db
from ...core.labels import N_
from ...hazards.lifecycle import Act, State
from ...hazards.models import Hazard, HazardEvent
from ...stats.figures import FIGURES, Period
from ...trainings.models import Training
from ..models import Edition

Reason = list[Any]  # [word, {what it needs}]

REASONS = {
    "late": N_("filed late: of %(day)s, filed on %(filed)s"),
    "new": N_("new since the last edition"),
    "fix_on_spot": N_("rectified on the spot"),
    "report_done": N_("reported rectified"),
    "grant_extension": N_("extension granted, now due on %(day)s"),
    "refuse_extension": N_("extension refused"),
    "verify": N_("verified"),
    "closed": N_("closed on %(day)s"),
    "send_back": N_("sent back, now due on %(day)s"),
    "refer": N_("referred to the competent department"),
    "confirm_major": N_("confirmed as major"),
    "dismiss_major": N_("found not to be major"),
    "reopen": N_("reopened, now due on %(day)s"),
    "void": N_("made void: %(reason)s"),
    "merge": N_("merged into %(number)s"),
    "accept_plan": N_("plan accepted, now due on %(day)s"),
    "look_back": N_("looked back at: still rectified"),
    "relapse": N_("looked back at: back again"),
    "past_due": N_("its due date %(day)s passed"),
    "renamed": N_("renamed, before: %(old)s"),
    "supervisor": N_("handed over from %(old)s to %(new)s"),
    "site_moved": N_("listed anew: key enterprise, sector, risk or state changed"),
    "corrected": N_("replaced by a corrected version"),
    "correction": N_("corrects an earlier version"),
    "one_visit": N_("counts as one visit with another check of that day"),
    "visited": N_("visited, or a visit of it was filed"),
    "task_state": N_("carried out, excused, late or given to somebody else since"),
    "outcome": N_("its outcome was changed"),
    "numbers": N_("its numbers were changed: %(old)s before, %(new)s now"),
    "settled": N_("delivered, or its hazards settled"),
    "gone": N_("no longer counted"),
}
ACTS = {
    Act.FIX_ON_SPOT, Act.REPORT_DONE, Act.GRANT_EXTENSION, Act.REFUSE_EXTENSION, Act.VERIFY, Act.CLOSE_OWN,
    Act.APPROVE_CLOSURE, Act.CLOSE_REFERRED, Act.SEND_BACK, Act.REFER, Act.CONFIRM_MAJOR, Act.DISMISS_MAJOR, Act.REOPEN,
    Act.VOID, Act.MERGE, Act.ACCEPT_PLAN, Act.LOOK_BACK, Act.RELAPSE,
}  # fmt: skip


@dataclass
class Compared:
    """Two frozen sets of lists, and the moments between which things happened."""

    old: dict[str, Any]
    new: dict[str, Any]
    since: datetime
    until: datetime
    before: Period
    came: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    went: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def rows(self, table: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The rows of a table then and now."""
        return self.old["rows"].get(table, {}), self.new["rows"].get(table, {})

    def changed(self, table: str, *fields: str) -> dict[str, tuple[Any, Any]]:
        """Of the rows that both have, those of which some fields differ."""
        old, new = self.rows(table)
        return {
            number: (old[number], new[number])
            for number in old.keys() & new.keys()
            if any(old[number].get(name) != new[number].get(name) for name in fields)
        }


def compare(
    last: Edition, values: dict[str, Any], lists: dict[str, Any], *, as_of: Period, now: datetime
) -> dict[str, Any]:
    """What an edition that is issued now prints as changed since the last one of its period."""
    before = Period(last.first_on, last.last_on, last.as_of)
    since = min(last.issued_at, day_end(last.as_of))
    asked = Compared(last.lists, lists, since, min(now, day_end(as_of.as_of)), before)
    moved = _moved(asked, last.facts["values"], values)
    reasons: defaultdict[tuple[str, str], list[Reason]] = defaultdict(list)
    for table, tell in TELL.items():
        for number, why in tell(asked):
            reasons[table, number].append(why)
    return {
        "since": {
            "number": last.number,
            "edition": last.edition,
            "on": local_day(last.issued_at).isoformat(),
            "as_of": last.as_of.isoformat(),
        },
        "moved": moved,
        "things": _things(asked, reasons),
    }


def _moved(asked: Compared, then: dict[str, Any], now: dict[str, Any]) -> list[list[Any]]:
    """[figure, was, is, [came], [went]] of the figures that moved or whose rows did; notes where each row came and went."""
    moved = []
    for name, figure in FIGURES.items():
        old, new = (set(lists["ids"].get(name, ())) for lists in (asked.old, asked.new))
        came, went = sorted(new - old), sorted(old - new)
        for numbers, noted in ((came, asked.came), (went, asked.went)):
            of_table = noted.setdefault(figure.counts.__tablename__, {})
            for number in numbers:
                of_table.setdefault(str(number), []).append(name)
        if came or went or then.get(name) != now[name]:
            moved.append([name, then.get(name, 0), now[name], came, went])
    return moved


def _things(asked: Compared, reasons: dict[tuple[str, str], list[Reason]]) -> list[dict[str, Any]]:
    """Every row that came, went or changed, by table: its name, why, and which figures it joined and left."""
    things = []
    for table in TELL:
        old, new = asked.rows(table)
        came, went = asked.came.get(table, {}), asked.went.get(table, {})
        told = {number for of, number in reasons if of == table}
        for number in sorted(told | came.keys() | went.keys(), key=int):
            row = new.get(number) or old.get(number) or {}
            things.append(
                {
                    "table": table,
                    "id": int(number),
                    "name": row.get("name", ""),
                    "site": row.get("site", ""),
                    "why": reasons.get((table, number)) or [["new" if number not in old else "gone", {}]],
                    "came": came.get(number, []),
                    "went": went.get(number, []),
                }
            )
    return things


Told = list[tuple[str, Reason]]


def _hazards(asked: Compared) -> Told:
    old, new = asked.rows("hazards")
    told: Told = []
    fresh = [int(number) for number in new.keys() - old.keys()]
    arrived = _arrivals(fresh)
    for number in fresh:
        row, filed = new[str(number)], arrived.get(number)
        if row["found_on"] > asked.before.until.isoformat():
            told.append((str(number), ["new", {}]))
        elif filed and filed >= asked.since:
            told.append((str(number), _late(row["found_on"], filed)))
    query = sa.select(HazardEvent).where(
        HazardEvent.at >= asked.since, HazardEvent.at < asked.until, HazardEvent.act.in_(ACTS)
    )
    for event in db.session.scalars(query.order_by(HazardEvent.id)):
        if str(event.hazard_id) in old or str(event.hazard_id) in new:
            told.append((str(event.hazard_id), _of_event(event)))
    said = {number for number, _why in told}
    came = asked.came.get("hazards", {}).keys() & old.keys()
    late = ((number, new[number]["due_on"]) for number in came - said)
    return [*told, *((number, ["past_due", {"day": due}]) for number, due in late if due)]


def _late(day: str, filed: datetime) -> Reason:
    return ["late", {"day": day, "filed": local_day(filed).isoformat()}]


def _arrivals(numbers: list[int]) -> dict[int, datetime]:
    """When hazards reached the server: with their check, else when they were entered."""
    query = (
        sa.select(Hazard.id, sa.func.coalesce(Check.received_at, sa.func.min(HazardEvent.at)))
        .outerjoin(Check, Check.id == Hazard.check_id)
        .join(HazardEvent, HazardEvent.hazard_id == Hazard.id)
        .group_by(Hazard.id, Check.received_at)
    )
    found: dict[int, datetime] = {}
    for at in range(0, len(numbers), 500):
        some = query.where(Hazard.id.in_(numbers[at : at + 500]))
        found |= {row[0]: row[1] for row in db.session.execute(some)}
    return found


def _of_event(event: HazardEvent) -> Reason:
    """What a step of a hazard is called here."""
    if event.to_state is State.CLOSED and event.act not in (Act.LOOK_BACK, Act.RELAPSE):
        return ["closed", {"day": local_day(event.at).isoformat()}]
    needs = {
        "day": event.due_on.isoformat() if event.due_on else "",
        "reason": event.note or event.brought.get("reason", ""),
        "number": event.brought.get("into", ""),
    }
    wanted = {name: text for name, text in needs.items() if f"%({name})s" in REASONS[event.act.value]}
    return [event.act.value, wanted]


def _checks(asked: Compared) -> Told:
    old, new = asked.rows("checks")
    came, went = asked.came.get("checks", {}), asked.went.get("checks", {})
    numbers = {int(number) for number in came.keys() | went.keys()}
    told: Told = []
    for check in db.session.scalars(sa.select(Check).where(Check.id.in_(numbers))):
        number = str(check.id)
        if number in went:
            told.append((number, ["corrected" if check.replaced_by else "one_visit", {}]))
        elif check.replaces_id and str(check.replaces_id) in old:
            told.append((number, ["correction", {}]))
        elif new[number]["visited_on"] <= asked.before.until.isoformat() and check.received_at >= asked.since:
            told.append((number, _late(new[number]["visited_on"], check.received_at)))
    return told


def _sites(asked: Compared) -> Told:
    told: Told = []
    for number, (old, new) in asked.changed("sites", "name").items():
        told.append((number, ["renamed", {"old": old["name"], "new": new["name"]}]))
    for number, (old, new) in asked.changed("sites", "supervisor").items():
        told.append((number, ["supervisor", {"old": old["supervisor"], "new": new["supervisor"]}]))
    for number in asked.changed("sites", "key", "sector", "risk", "working_state"):
        told.append((number, ["site_moved", {}]))
    said = {number for number, _why in told}
    moved = asked.came.get("sites", {}).keys() | asked.went.get("sites", {}).keys()
    return [*told, *((number, ["visited", {}]) for number in moved - said)]


def _tasks(asked: Compared) -> Told:
    return [(number, ["task_state", {}]) for number in asked.changed("tasks", "state", "supervisor")]


def _cases(asked: Compared) -> Told:
    return [(number, ["outcome", {}]) for number in asked.changed("illegal_cases", "outcome", "outcome_on")]


def _trainings(asked: Compared) -> Told:
    told: Told = []
    _old, new = asked.rows("trainings")
    came, went = asked.came.get("trainings", {}), asked.went.get("trainings", {})
    numbers = {int(number) for number in came.keys() | went.keys()}
    for held in db.session.scalars(sa.select(Training).where(Training.id.in_(numbers))):
        number = str(held.id)
        if number in went:
            told.append((number, ["void", {"reason": held.void_reason}]))
        elif held.held_on <= asked.before.until and held.recorded_at >= asked.since:
            told.append((number, _late(new[number]["held_on"], held.recorded_at)))
    for number, (then, now) in asked.changed("trainings", "attendances", "copies").items():
        written = [f"{one['attendances']}/{one['copies']}" for one in (then, now)]
        told.append((number, ["numbers", {"old": written[0], "new": written[1]}]))
    return told


def _notices(asked: Compared) -> Told:
    return [(number, ["settled", {}]) for number in asked.went.get("notices", {})]


TELL: dict[str, Callable[[Compared], Told]] = {
    "hazards": _hazards,
    "checks": _checks,
    "sites": _sites,
    "tasks": _tasks,
    "illegal_cases": _cases,
    "trainings": _trainings,
    "notices": _notices,
    "pulses": lambda _asked: [],
}
