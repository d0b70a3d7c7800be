"""What is asked and decided where a check cannot be made as planned: that it is excused, or postponed (顺延) to a later day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, allowed, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import ActedFirst, NotAllowed, Refused
from ..core.labels import N_
from ..photos.models import Photo
from .models import Cause, Excuse, Task
from .queries import state_of

# A check that is put off for longer is not made: that is an excuse.
LONGEST = timedelta(days=62)


@dataclass(frozen=True)
class Grounds:
    """Why a check cannot be made as planned, and the proof; with a day: until when it is made instead."""

    reason: str
    cause: Cause = Cause.OTHER
    postponed_to: date | None = None
    evidence: str = ""
    photo: Photo | None = None


def ask_excuse(task: Task, grounds: Grounds, *, actor: User, now: datetime) -> Excuse:
    """Ask that a task be excused or postponed; after a refusal one may ask again with other grounds."""
    demand(actor, Permission.ASK_EXCUSE, task)
    _demand_grounds(task, grounds, local_day(now))
    excuse = task.excuse
    if excuse is not None and excuse.accepted is None:
        raise ActedFirst(N_("An excuse was already asked for this task. Look at it before asking again."))
    if excuse is None or excuse.accepted:
        excuse = Excuse(task=task)
        db.session.add(excuse)
    _fill(excuse, grounds, actor, now)
    excuse.accepted = excuse.decided_by_id = excuse.decided_at = None
    excuse.decision_note = ""
    _record(excuse, "ask_postponement" if grounds.postponed_to else "ask_excuse", grounds, actor, now)
    return excuse


def _demand_grounds(task: Task, grounds: Grounds, today: date) -> None:
    if not grounds.reason.strip():
        raise Refused(N_("Say why the check could not be done."), field="reason")
    if task.done_on is not None:
        raise Refused(N_("This task is done; there is nothing to excuse."))
    if task.excuse is not None and task.excuse.excuses_wholly:
        raise ActedFirst(N_("This task is excused; there is nothing left to ask."))
    to = grounds.postponed_to
    if to is None:
        return
    if to < today:
        raise Refused(N_("This date must not be in the past."), field="postponed_to")
    if to <= max(task.window_end, task.due_on):
        raise Refused(
            N_("Choose a day after %(day)s: until then the check is due anyway."),
            field="postponed_to",
            day=max(task.window_end, task.due_on).isoformat(),
        )
    if to > task.window_end + LONGEST:
        raise Refused(
            N_("A check is postponed by two months at most. Ask for it to be excused instead."),
            field="postponed_to",
        )


def _fill(excuse: Excuse, grounds: Grounds, actor: User, now: datetime) -> None:
    excuse.cause, excuse.postponed_to = grounds.cause, grounds.postponed_to
    excuse.reason, excuse.evidence = grounds.reason.strip(), grounds.evidence.strip()
    excuse.evidence_photo_id = grounds.photo.id if grounds.photo else None
    excuse.asked_by_id, excuse.asked_at = actor.id, now


def _record(excuse: Excuse, action: str, grounds: Grounds, actor: User, now: datetime) -> None:
    after = {"reason": excuse.reason, "evidence": excuse.evidence, "cause": excuse.cause.value}
    after["photo"] = grounds.photo.sha256 if grounds.photo else ""
    if grounds.postponed_to:
        after["to"] = grounds.postponed_to.isoformat()
    history.record(excuse.task, action, actor=actor, now=now, note=excuse.reason, after=after)


def decide_excuse(excuse: Excuse, *, accept: bool, note: str = "", actor: User, now: datetime) -> None:
    """Accept or decline an excuse or a postponement; never one's own, and only once."""
    demand(actor, Permission.DECIDE_EXCUSE, excuse)
    if actor.id in {excuse.asked_by_id, excuse.task.supervisor_id}:
        raise NotAllowed(N_("Somebody else decides on your own excuse."))
    if not accept and not note.strip():
        raise Refused(N_("Say why the excuse is declined."), field="note")
    # The row as it is now, held until this is written: two who decide at once do not both decide.
    db.session.refresh(excuse, with_for_update={"of": Excuse})
    if excuse.accepted is not None:
        raise ActedFirst(N_("Somebody else decided on this excuse first."))
    _decide(excuse, accept=accept, note=note, actor=actor, now=now)


def _decide(excuse: Excuse, *, accept: bool, note: str, actor: User, now: datetime) -> None:
    task, to = excuse.task, excuse.postponed_to
    before = {}
    excuse.accepted, excuse.decided_by_id, excuse.decided_at = accept, actor.id, now
    excuse.decision_note = note.strip()
    action = "accept_excuse" if accept else "decline_excuse"
    if to is not None:
        action = "postpone" if accept else "decline_postponement"
    if accept and to is not None:
        excuse.due_before, task.due_on = task.due_on, to
        before = {"due_on": excuse.due_before.isoformat()}
    after = {"state": state_of(task, local_day(now)).value}
    if to is not None:
        after["due_on"] = task.due_on.isoformat()
    history.record(task, action, actor=actor, now=now, note=note.strip(), before=before, after=after)


def decides_at_once(task: Task, actor: User) -> bool:
    """Whether what a person asks for a task is a decision: it is another person's task, and theirs to decide."""
    return actor.id != task.supervisor_id and allowed(actor, Permission.DECIDE_EXCUSE, task)


def postpone(tasks: Sequence[Task], grounds: Grounds, *, actor: User, now: datetime) -> list[Excuse]:
    """Move tasks to a later day, all or none: of a leader a decision, of a supervisor a request that waits for one."""
    if not tasks:
        raise Refused(N_("Tick at least one check."), field="tasks")
    if grounds.postponed_to is None:
        raise Refused(N_("Choose the day."), field="postponed_to")
    made = []
    for task in tasks:
        if decides_at_once(task, actor):
            made.append(_ordered(task, grounds, actor, now))
        else:
            made.append(ask_excuse(task, grounds, actor=actor, now=now))
    db.session.flush()
    return made


def _ordered(task: Task, grounds: Grounds, actor: User, now: datetime) -> Excuse:
    _demand_grounds(task, grounds, local_day(now))
    if task.excuse is not None and task.excuse.accepted is None:
        raise ActedFirst(
            N_("%(site)s: an excuse waits for a decision. Decide on it first."), site=task.site.name
        )
    excuse = Excuse(task=task)
    db.session.add(excuse)
    _fill(excuse, grounds, actor, now)
    db.session.flush()
    _decide(excuse, accept=True, note=grounds.reason, actor=actor, now=now)
    return excuse


def decide_all(excuses: Iterable[Excuse], *, accept: bool, note: str = "", actor: User, now: datetime) -> int:
    """Decide on several, all or none."""
    count = 0
    for excuse in excuses:
        decide_excuse(excuse, accept=accept, note=note, actor=actor, now=now)
        count += 1
    if not count:
        raise Refused(N_("Tick at least one excuse."), field="excuses")
    return count
