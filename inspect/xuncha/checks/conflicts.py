"""Which of several checks of one task counts. actions.py files checks; this module decides between them."""

from __future__ import annotations

from datetime import datetime

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, demand
from ..core.errors import Refused
from ..core.labels import N_
from ..schedule import actions as schedule
from . import queries
from .models import Check, SetAside


def set_aside(check: Check, reason: str, *, actor: User, now: datetime) -> None:
    """Leave a check out of the figures because another one of its task counts. Raises NotAllowed, Refused."""
    demand(actor, Permission.DECIDE_CHECK, check)
    reason = reason.strip()
    if not reason:
        raise Refused(N_("Say why this check does not count."), field="reason")
    if check.set_aside is not None:
        return
    if check.replaced_by is not None:
        raise Refused(N_("This check was corrected. Decide on its newest version."))
    others = [one for one in queries.of_one_task(check) if one is not check and one.set_aside is None]
    if not others:
        raise Refused(N_("No other check of this task counts. One of them has to."))
    check.set_aside = SetAside(by_id=actor.id, at=now, reason=reason)
    history.record(check, "set_aside", actor=actor, now=now, note=reason)
    _mend_task(check, actor, now)


def count_again(check: Check, *, actor: User, now: datetime) -> None:
    """Let a check that was set aside count again. Raises NotAllowed."""
    demand(actor, Permission.DECIDE_CHECK, check)
    if check.set_aside is None:
        return
    note = check.set_aside.reason
    check.set_aside = None
    history.record(check, "count_again", actor=actor, now=now, note=note)
    _mend_task(check, actor, now)


def choose(check: Check, counting: set[int], reason: str, *, actor: User, now: datetime) -> None:
    """Of the checks of a task let those with these numbers count, and set the others aside."""
    demand(actor, Permission.DECIDE_CHECK, check)
    group = queries.of_one_task(check)
    if not counting & {one.id for one in group}:
        raise Refused(N_("Choose which check counts."), field="counting")
    for one in group:
        if one.id in counting:
            count_again(one, actor=actor, now=now)
    for one in group:
        if one.id not in counting:
            set_aside(one, reason, actor=actor, now=now)


def _mend_task(check: Check, actor: User, now: datetime) -> None:
    """The task was done on the day of the first check that counts."""
    if check.task is not None:
        days = [one.visited_on for one in queries.of_one_task(check) if one.set_aside is None]
        schedule.move_done(check.task, days, actor=actor, now=now)
