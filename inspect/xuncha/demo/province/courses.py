"""One hazard on its way: its columns as they stand after each step, by the table of the life cycle, and its events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.errors import ActedFirst
from ...hazards.lifecycle import STEPS, Act, State, next_state
from ...hazards.models import Grade
from .bulk import Ledger
from .calendar import Day, Moment, day_of
from .context import Person, Place, Province, to_json
from .items import Prepared
from .plan import Visit

GENERAL, SUSPECTED, MAJOR = Grade.GENERAL.value, Grade.SUSPECTED.value, Grade.MAJOR.value


def _next_states() -> dict[tuple[Act, str, bool], str]:
    table: dict[tuple[Act, str, bool], str] = {}
    for act in (step.act for step in STEPS):
        for state in State:
            for general in (True, False):
                try:
                    table[act, state.value, general] = next_state(act, state, general=general).value
                except ActedFirst:
                    continue
    return table


NEXT = _next_states()


class Course:
    """A hazard from found on. What would happen after the last moment does not; then nothing that follows does."""

    __slots__ = (
        "basis", "closed_at", "cost", "criterion", "description", "due", "ended", "events", "extension", "first_due",
        "found_by", "found_on", "grade", "hazard_class", "id", "item", "last", "listed_at", "measure", "method", "notice",
        "notice_id", "number", "on_spot", "part", "place", "plans", "province", "referred_to", "repeats", "reported_at",
        "reported_by", "responsible", "round", "serial", "source", "state", "steps", "uuid", "verified_at", "verified_by",
        "visit", "year",
    )  # fmt: skip
    # Set by who finds it.
    uuid: str
    number: str
    year: int
    serial: int
    visit: Visit
    item: Prepared
    found_on: Day
    found_by: Person
    source: str
    description: str
    part: str
    hazard_class: str
    basis: str
    measure: str
    first_due: Day | None  # none when mended on the spot
    repeats: tuple[Day, int, str, int] | None  # the last one before it, and which time it is
    last: Moment

    def __init__(self, province: Province, events: Ledger, place: Place, number: int) -> None:
        self.province, self.events, self.place, self.id = province, events, place, number
        self.state, self.grade, self.criterion = State.DRAFT.value, GENERAL, ""
        self.round, self.steps, self.ended, self.on_spot = 1, 0, False, False
        self.due: Day | None = None
        self.extension: list[Any] = []
        self.plans: list[list[Any]] = []
        self.responsible = self.referred_to = ""
        self.cost: float | None = None
        self.reported_at: Moment | None = None
        self.verified_at: Moment | None = None
        self.closed_at: Moment | None = None
        self.listed_at: Moment | None = None
        self.reported_by: Person | None = None
        self.verified_by: Person | None = None
        self.notice_id: int | None = None
        self.notice: dict[str, str] = {}
        self.method = ""

    @property
    def uses_product(self) -> bool:
        """Whether the enterprise works with the product."""
        return self.place.officer is not None

    def find(self, moment: Moment, actor: Person, check: Any) -> None:
        """The first event: found."""
        self.last = moment
        self._event(moment, actor, Act.FIND, None, {}, check)

    def take(
        self,
        act: Act,
        moment: Moment,
        actor: Person,
        *,
        check: Any = None,
        opinion: bool = False,
        **brought: Any,
    ) -> bool:
        """Take a step, unless its time has not come. Moments never go back."""
        moment = max(moment, self.last)
        if self.ended or moment >= self.province.until:
            self.ended = True
            return False
        before = self.state
        to = NEXT[act, before, self.grade == GENERAL]
        if act in EFFECTS:
            EFFECTS[act](self, brought, actor, moment)
        self.state, self.last = to, moment
        self.steps += act is not Act.FIX_ON_SPOT
        if to != before:
            self.closed_at = moment if to == State.CLOSED.value else None
        self._event(moment, actor, act, before, brought, check, opinion)
        return True

    def _event(
        self,
        moment: Moment,
        actor: Person,
        act: Act,
        before: str | None,
        brought: dict[str, Any],
        check: Any,
        opinion: bool = False,
    ) -> None:
        text = self.province.calendar.day
        due = None if self.due is None else text(self.due)
        told = "{}"
        if brought:
            for name in brought.keys() & {"due_on", "deadline"}:
                brought[name] = text(brought[name])
            told = to_json(brought)
        note = brought.get("note") or brought.get("reason") or ""
        row = (self.id, actor.id, actor.name, act.value, before, self.state, note, due, check, told)
        self.events.add(moment, (row, self if opinion else None, actor))

    @property
    def issued_on(self) -> Day:
        """The day of the last step."""
        return day_of(self.last)


def _accept(course: Course, brought: dict[str, Any], _actor: Person, _now: Moment) -> None:
    course.responsible = brought["responsible"]


def _report(course: Course, brought: dict[str, Any], actor: Person, now: Moment) -> None:
    course.reported_at, course.reported_by, course.cost = now, actor, brought["cost"]


def _ask(course: Course, brought: dict[str, Any], actor: Person, now: Moment) -> None:
    course.extension = [
        now, actor, brought["reason"], brought["interim_measures"], course.due, brought["due_on"], None, None, None, "",
    ]  # fmt: skip


def _decide(granted: bool) -> Callable[[Course, dict[str, Any], Person, Moment], None]:
    def decide(course: Course, brought: dict[str, Any], actor: Person, now: Moment) -> None:
        course.extension[6:] = [granted, now, actor, brought["note"]]
        if granted:
            course.due = course.extension[5]

    return decide


def _verify(course: Course, brought: dict[str, Any], actor: Person, now: Moment) -> None:
    course.verified_at, course.verified_by = now, actor
    course.method = brought.get("method", "")


def _begin_again(course: Course, brought: dict[str, Any], _actor: Person, _now: Moment) -> None:
    course.round += 1
    course.due = brought["due_on"]
    course.reported_at = course.verified_at = None
    course.reported_by = course.verified_by = None


def _fix(course: Course, brought: dict[str, Any], actor: Person, now: Moment) -> None:
    course.on_spot = True
    _verify(course, brought, actor, now)


def _refer(course: Course, brought: dict[str, Any], _actor: Person, _now: Moment) -> None:
    course.referred_to = brought["department"]


def _confirm(course: Course, _brought: dict[str, Any], _actor: Person, _now: Moment) -> None:
    course.grade = MAJOR


def _dismiss(course: Course, _brought: dict[str, Any], _actor: Person, _now: Moment) -> None:
    course.grade = GENERAL


def _submit_plan(course: Course, brought: dict[str, Any], actor: Person, now: Moment) -> None:
    settled = [brought[name] for name in ("responsible", "measures", "funds", "due_on", "emergency_plan")]
    course.plans.append([now, actor, *settled, None, None, None, ""])


def _decide_plan(accepted: bool) -> Callable[[Course, dict[str, Any], Person, Moment], None]:
    def decide(course: Course, brought: dict[str, Any], actor: Person, now: Moment) -> None:
        plan = course.plans[-1]
        plan[7:] = [accepted, now, actor, brought.get("note", "")]
        if accepted:
            course.responsible, course.due = plan[2], plan[5]

    return decide


def _list(course: Course, _brought: dict[str, Any], _actor: Person, now: Moment) -> None:
    course.listed_at = now


def _delist(course: Course, _brought: dict[str, Any], _actor: Person, _now: Moment) -> None:
    course.listed_at = None


# What transitions.py does to a row, done to a course; the test compares both by the events.
EFFECTS: dict[Act, Callable[[Course, dict[str, Any], Person, Moment], None]] = {
    Act.FIX_ON_SPOT: _fix,
    Act.ACCEPT: _accept,
    Act.REPORT_DONE: _report,
    Act.ASK_EXTENSION: _ask,
    Act.GRANT_EXTENSION: _decide(True),
    Act.REFUSE_EXTENSION: _decide(False),
    Act.VERIFY: _verify,
    Act.SEND_BACK: _begin_again,
    Act.REOPEN: _begin_again,
    Act.REFER: _refer,
    Act.CONFIRM_MAJOR: _confirm,
    Act.DISMISS_MAJOR: _dismiss,
    Act.SUBMIT_PLAN: _submit_plan,
    Act.ACCEPT_PLAN: _decide_plan(True),
    Act.RETURN_PLAN: _decide_plan(False),
    Act.LIST: _list,
    Act.DELIST: _delist,
}
