"""The plan of the two checks a month: nearly all in time, some late, few missed or excused; tasks and excuses."""

from __future__ import annotations

from ...schedule.lifecycle import TaskState
from ...schedule.models import Cause, Excuse, Task
from .calendar import Day, Moment, at
from .context import Person, Place, Province
from .plan import CORRECTION, LATE_ENTRY, OBJECTION, PLAIN, REFUSED, Plan, Visit, Window

# The shares of the demo zone's plan.py.
IN_TIME, LATE, EXCUSED, ACCEPTED = 0.945, 0.972, 0.985, 0.75
MANNERS = ((0.018, LATE_ENTRY), (0.022, REFUSED), (0.032, OBJECTION), (0.036, CORRECTION))

TASK = "id site_id supervisor_id window_start window_end due_on calendar_known opened_at done_on version"
EXCUSE = (
    "id task_id cause reason evidence asked_by_id asked_at accepted decided_by_id decided_at decision_note"
)


class Routine:
    """Opens the tasks of a half-month and plans the visits that do them."""

    def __init__(self, province: Province, plan: Plan) -> None:
        self.province, self.plan = province, plan
        self._ids, self._excuse_ids = province.bulk.ids(Task), province.bulk.ids(Excuse)
        self._tasks = province.bulk.table(Task, TASK)
        self._excuses = province.bulk.table(Excuse, EXCUSE)

    def open(self, index: int) -> None:
        """Everything of one half-month."""
        window = self.plan.windows[index]
        for place in self.province.key:
            if place.key_from <= window.start < place.closed_on:
                self._open(place, index, window)

    def _open(self, place: Place, index: int, window: Window) -> None:
        holder, number = place.holder(window.start), next(self._ids)
        roll = self.province.dice.random()
        day: Day | None = None
        if roll < IN_TIME:
            day = self._in_time(place, window)
        elif roll < LATE:
            day = self._made_up(index)
        elif roll < EXCUSED:
            day = self._excuse(place, index, window, number, holder)
        visit = self._visit(place, day) if day is not None and window.works else None
        if visit is not None:
            visit.task = (number, holder)
        done = visit.day if visit is not None and visit.received < self.province.until else None
        text = self.province.calendar
        self._tasks.append(
            (
                number, place.id, holder.id, text.day(window.start), text.day(window.end), text.day(window.due_on),
                window.known, text.moment(window.opened), None if done is None else text.day(done),
                1 if done is None else 2,
            )
        )  # fmt: skip

    def _in_time(self, place: Place, window: Window) -> Day | None:
        if not window.works:
            return None
        last = len(window.works) - 1
        index = round(place.phase * last) + self.province.one((-1, 0, 0, 1))
        return window.works[max(0, min(last, index))]

    def _made_up(self, index: int, *, decided: bool = False) -> Day | None:
        """One of the first working days of the next half-month; after a decision some later."""
        if index + 1 == len(self.plan.windows):
            return None
        days = self.plan.windows[index + 1].works[4 if decided else 0 :][:4]
        return self.province.one(days) if days else None

    def _visit(self, place: Place, day: Day) -> Visit | None:
        roll, manner = self.province.dice.random(), PLAIN
        for share, name in reversed(MANNERS):
            if roll < share:
                manner = name
        if manner == LATE_ENTRY and not self._same_window(day):
            manner = PLAIN
        visit = self.plan.add_routine(place, day, manner)
        return visit or self.plan.add_routine(place, self.province.calendar.after(day), PLAIN)

    def _same_window(self, day: Day) -> bool:
        """Whether the next working day is in the same half-month: what comes later would have a later number."""
        return self.plan.window_at(day) == self.plan.window_at(self.province.calendar.after(day))

    def _excuse(self, place: Place, index: int, window: Window, task: int, holder: Person) -> Day | None:
        """Asked for at the half-month's end, decided on the next working day; a declined one is made up."""
        province, text = self.province, self.province.calendar
        asked = at(window.due_on, 15, 20)
        if asked >= province.until:
            return None
        decided = at(text.after(window.due_on), 9, province.below(60))
        accepted, lead = province.chance(ACCEPTED), place.team.lead
        reason, evidence = province.remark("excuse"), province.remark("excuse_evidence")
        note = "" if accepted else province.remark("excuse_no")
        after = {"reason": reason, "evidence": evidence, "photo": ""}
        province.record(asked, holder, "ask_excuse", "tasks", task, reason, after=after)
        row = (
            next(self._excuse_ids),
            task,
            Cause.SHUTDOWN.value,
            reason,
            evidence,
            holder.id,
            text.moment(asked),
        )
        if decided >= province.until:
            self._excuses.append((*row, None, None, None, ""))
            return None
        self._excuses.append((*row, accepted, lead.id, text.moment(decided), note))
        self._decide(decided, lead, task, note, accepted=accepted)
        return None if accepted else self._made_up(index, decided=True)

    def _decide(self, moment: Moment, lead: Person, task: int, note: str, *, accepted: bool) -> None:
        action = "accept_excuse" if accepted else "decline_excuse"
        state = TaskState.EXCUSED if accepted else TaskState.LATE
        self.province.record(moment, lead, action, "tasks", task, note, after={"state": state.value})
