"""The figures again, in plain Python over whole rows: slow, without SQL, only to hold the definitions against."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import load_only, selectinload

from xuncha.checks.models import PATROLS, Check, VisitKind
from xuncha.core.db import db
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Grade, Hazard, Source
from xuncha.schedule.models import Task
from xuncha.stats.figures import Period
from xuncha.trainings.models import Training

DONE = (State.CLOSED, State.VOID)


def china(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).date()


def _visits(period: Period) -> list[Check]:
    read = load_only(Check.site_id, Check.visited_on, Check.kind, Check.replaces_id)
    every = list(db.session.scalars(sa.select(Check).options(read)))
    replaced = {check.replaces_id for check in every}
    inside = [check for check in every if period.first <= check.visited_on <= min(period.last, period.as_of)]
    return [check for check in inside if check.id not in replaced]


def _hazards() -> Iterable[Hazard]:
    return db.session.scalars(sa.select(Hazard).options(selectinload(Hazard.events)))


def _distinct(checks: list[Check]) -> int:
    return len({(check.site_id, check.visited_on) for check in checks})


LOOKED = {Act.VERIFY, Act.SEND_BACK, Act.CLOSE_OWN}


class Then:
    """A hazard as it stood at the end of a day."""

    def __init__(self, hazard: Hazard, day: date) -> None:
        self.hazard, self.day = hazard, day
        self.events = [event for event in hazard.events if china(event.at) <= day]
        last = self.events[-1] if self.events else None
        self.state = last.to_state if last else State.DRAFT
        moved = last.due_on if last and self.state is not State.DRAFT else None
        self.due_on = moved or hazard.original_due_on
        self.acts = [event.act for event in self.events]
        self.spot = Act.FIX_ON_SPOT in self.acts
        self.late = self.due_on is not None and self.due_on < day and self.state not in DONE
        self.awaits_decision = self.state in (State.REPORTED_DONE, State.VERIFIED)

    @property
    def valid_due_on(self) -> date | None:
        return self.hazard.found_on if self.spot and not self.due_on else self.due_on

    @property
    def in_time(self) -> bool:
        if self.state not in (State.CLOSED, State.VERIFIED):
            return False
        if self.spot and Act.REOPEN not in self.acts and Act.SEND_BACK not in self.acts:
            return True
        done: dict[Act, datetime] = {}
        for event in self.events:
            if event.act in (Act.SEND_BACK, Act.REOPEN):
                done.pop(Act.REPORT_DONE, None)
            # An enterprise closes what it found itself as its supervisor would.
            done[Act.VERIFY if event.act is Act.CLOSE_OWN else event.act] = event.at
        moment = done.get(Act.REPORT_DONE) or done.get(Act.VERIFY)
        return moment is not None and self.due_on is not None and china(moment) <= self.due_on

    @property
    def pursued(self) -> bool:
        """Whether somebody did something about it within the last fifteen days."""
        acts = (Act.REMIND, Act.SEND_BACK, Act.REFUSE_EXTENSION, Act.SUPERVISE, Act.REFER)
        return any(event.act in acts and self.day - china(event.at) < timedelta(15) for event in self.events)

    @property
    def major(self) -> bool:
        decided = [act for act in self.acts if act in (Act.CONFIRM_MAJOR, Act.DISMISS_MAJOR)]
        return bool(decided) and decided[-1] is Act.CONFIRM_MAJOR

    @property
    def suspected(self) -> bool:
        decided = {Act.CONFIRM_MAJOR, Act.DISMISS_MAJOR} & set(self.acts)
        return self.hazard.grade is Grade.SUSPECTED and not decided

    def closed_on(self) -> date | None:
        if self.state is not State.CLOSED:
            return None
        return china([event.at for event in self.events if event.to_state is State.CLOSED][-1])


def _task_state(task: Task, day: date) -> str:
    done_on = task.done_on if task.done_on and task.done_on <= day else None
    until, due_on, excused = task.window_end, task.due_on, False
    for excuse in task.excuses:
        counts = bool(excuse.accepted and excuse.decided_at and china(excuse.decided_at) <= day)
        if excuse.postponed_to is None:
            excused = excused or counts
        elif counts:
            until = due_on = excuse.postponed_to
        elif excuse.due_before:
            due_on = excuse.due_before
    if done_on and done_on <= until:
        return "done"
    if excused:
        return "excused"
    if done_on:
        return "late"
    if day > due_on:
        return "not"
    return "postponed" if until > task.window_end else "due"


def count_all(period: Period, keep: Callable[[Hazard], bool] = lambda _hazard: True) -> dict[str, int]:
    """The figures that the random worlds touch; of the hazards those that `keep` keeps."""
    first, until, day = period.first, min(period.last, period.as_of), period.as_of
    checks = _visits(period)
    plain = [check for check in checks if check.kind is not VisitKind.RECHECK]
    all_then = [Then(hazard, day) for hazard in _hazards() if keep(hazard)]
    known = [one for one in all_then if one.state is not State.VOID and one.hazard.found_on <= day]
    found = [one for one in known if first <= one.hazard.found_on <= until]
    due = [one for one in found if one.valid_due_on and one.valid_due_on <= day]
    look = [
        one
        for one in found
        if Act.REPORT_DONE in one.acts
        or LOOKED & set(one.acts)
        or (one.due_on is not None and one.due_on < day and not one.spot)
    ]
    windows = [
        task
        for task in db.session.scalars(sa.select(Task))
        if first <= task.window_start <= day and task.window_end <= period.last
    ]
    states = [_task_state(task, day) for task in windows]
    held = [
        one
        for one in db.session.scalars(sa.select(Training))
        if first <= one.held_on <= until and not one.void_reason
    ]
    sum_of: Callable[[list[bool]], int] = sum
    return {
        "visits": _distinct(plain),
        "patrol_visits": _distinct([check for check in checks if check.kind in PATROLS]),
        "idle_site_visits": _distinct([check for check in plain if check.site.is_idle]),
        "recheck_visits": _distinct([check for check in checks if check.kind is VisitKind.RECHECK]),
        "enterprises_visited": len({check.site_id for check in plain if not check.site.is_idle}),
        "hazards_found": len(found),
        "hazards_closed": sum_of([one.state is State.CLOSED for one in found]),
        "fixed_on_spot": sum_of([one.spot for one in found]),
        "found_to_verify": sum_of([one.awaits_decision for one in found]),
        "found_overdue": sum_of([one.late and not one.awaits_decision for one in found]),
        "found_in_progress": sum_of(
            [one.state not in DONE and not one.late and not one.awaits_decision for one in found]
        ),
        "hazards_overdue": sum_of([one.late for one in known]),
        "hazards_to_verify": sum_of([one.awaits_decision for one in known]),
        "hazards_unsettled": sum_of([one.state not in DONE for one in known]),
        "closed_in_period": sum_of(
            [bool((on := one.closed_on()) and first <= on <= until) for one in all_then]
        ),
        "hazards_due": len(due),
        "hazards_in_time": sum_of([one.in_time for one in due]),
        "recheck_due": len(look),
        "rechecked": sum_of([bool(LOOKED & set(one.acts)) for one in look]),
        "deadlines_due": sum_of([not one.spot for one in due]),
        "deadlines_kept": sum_of([one.in_time and not one.spot for one in due]),
        "major_unsettled": sum_of([one.major and one.state not in DONE for one in known]),
        "overdue_pursued": sum_of([one.late and one.pursued for one in known]),
        "expert_hazards_found": sum_of([one.hazard.source is Source.EXPERT for one in found]),
        "expert_hazards_closed": sum_of(
            [one.hazard.source is Source.EXPERT and one.state is State.CLOSED for one in found]
        ),
        "major_found": sum_of([one.major for one in found]),
        "major_closed": sum_of([one.major and one.state is State.CLOSED for one in found]),
        "hazards_repeated": sum_of([one.hazard.repeat_of_id is not None for one in found]),
        "suspected_found": sum_of([one.suspected for one in found]),
        "tasks_planned": sum_of([state not in {"excused", "postponed"} for state in states]),
        "tasks_done": states.count("done"),
        "tasks_done_late": states.count("late"),
        "tasks_not_done": states.count("not"),
        "tasks_excused": states.count("excused"),
        "tasks_carried_out": states.count("done") + states.count("late"),
        "trainings": len(held),
        "attendances": sum(one.attendances for one in held),
        "materials": sum(one.handed_out for one in held),
    }


def span(start: date, days: int) -> list[date]:
    """The days of a world."""
    return [start + timedelta(days=one) for one in range(days)]
