"""Who is responsible for a site from which day, and which experts may look at it.

actions.py changes the facts of a site; this module changes who is responsible for it, and from when.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from ..accounts.actions import before_ending_duty
from ..accounts.models import User
from ..core import history
from ..core.access import FIELD, Permission, Role, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from . import queries
from .models import Assignment, Engagement, Site


class HandlesAssignment(Protocol):
    """What a higher domain does when a site's holder changes: its open tasks follow the new holder."""

    def __call__(self, site: Site, previous: User | None, *, actor: User | None, now: datetime) -> None: ...


_handlers: list[HandlesAssignment] = []


class JudgesExpert(Protocol):
    """What a higher domain asks of an expert who is sent from a day to a day; it raises Refused."""

    def __call__(self, expert: User, from_on: date, until_on: date) -> None: ...


_judges: list[JudgesExpert] = []


def before_engaging(judge: JudgesExpert) -> JudgesExpert:
    """Register (as a decorator) what an expert must fulfil to be engaged."""
    _judges.append(judge)
    return judge


def when_assigned(handler: HandlesAssignment) -> HandlesAssignment:
    """Register (as a decorator) what happens when the present holder of a site changes, in the same transaction."""
    _handlers.append(handler)
    return handler


def _set_holder(site: Site, *, actor: User | None, now: datetime) -> bool:
    """Bring the site's denormalised holder up to the time line; whether it changed."""
    held = queries.assignment_on(site, local_day(now))
    previous = site.supervisor
    if held is None or (previous is not None and previous.id == held.supervisor_id):
        return False
    site.supervisor = held.supervisor
    db.session.flush()
    for handler in _handlers:
        handler(site, previous, actor=actor, now=now)
    return True


def _demand_holder(supervisor: User, actor: User) -> None:
    if not supervisor.active or supervisor.role not in FIELD:
        raise Refused(
            N_("%(name)s cannot be named: choose an active supervisor."),
            field="supervisor_id",
            name=supervisor.name,
        )
    if actor.role is Role.TEAM_LEAD and supervisor.id != actor.id and supervisor.team_id != actor.team_id:
        raise Refused(
            N_("A team lead names supervisors of the own team; the office names others."),
            field="supervisor_id",
        )


def _demand_day(from_on: date, today: date, correcting: bool, note: str) -> None:
    if from_on > today + timedelta(days=366):
        raise Refused(N_("This day is more than a year ahead."), field="from_on")
    if from_on < today and not correcting:
        raise Refused(
            N_("The day lies in the past. Tick the correction if the list was wrong since then."),
            field="from_on",
        )
    if from_on < today and not note.strip():
        raise Refused(N_("Write why the list was wrong."), field="note")


def assign(
    site: Site,
    supervisor: User,
    from_on: date,
    *,
    actor: User,
    now: datetime,
    note: str = "",
    correcting: bool = False,
) -> Assignment:
    """Name the one supervisor of a site from a day on, until the next assignment that is already written.

    A day in the past needs `correcting` and a note. From today or earlier the site's holder changes at once,
    later by apply_due_assignments.
    """
    demand_assignable(site, supervisor, from_on, actor=actor, now=now, note=note, correcting=correcting)
    return put(site, supervisor, from_on, actor=actor, now=now, note=note)


def demand_assignable(
    site: Site,
    supervisor: User,
    from_on: date,
    *,
    actor: User,
    now: datetime,
    note: str = "",
    correcting: bool = False,
) -> None:
    """Raise NotAllowed or Refused where the supervisor cannot be named from that day on."""
    demand(actor, Permission.ASSIGN_SITE, site)
    _demand_holder(supervisor, actor)
    if (
        site.assignments
    ):  # an office that starts with this program has a history: the first one may begin in the past
        _demand_day(from_on, local_day(now), correcting, note)
    else:
        _demand_day(max(from_on, local_day(now)), local_day(now), correcting, note)
    _demand_another(site, supervisor, from_on)


def _demand_another(site: Site, supervisor: User, from_on: date) -> None:
    before = queries.assignment_on(site, from_on)
    if before and before.supervisor_id == supervisor.id:
        raise Refused(
            N_("%(name)s is already responsible on %(day)s."),
            field="supervisor_id",
            name=supervisor.name,
            day=from_on.isoformat(),
        )


def demand_returnable(site: Site, supervisor: User, *, actor: User) -> None:
    """Raise NotAllowed or Refused where a site cannot go back to the supervisor who had it."""
    demand(actor, Permission.ASSIGN_SITE, site)
    _demand_holder(supervisor, actor)


def put(
    site: Site, supervisor: User, from_on: date, *, actor: User, now: datetime, note: str = ""
) -> Assignment:
    """Write an assignment that was judged already, with its history."""
    before = queries.assignment_on(site, from_on)
    # The row may be the one that is changed.
    held = {"supervisor": before.supervisor.name} if before else {}
    row = _write(site, supervisor, from_on, before)
    row.assigned_by_id, row.assigned_at, row.note = actor.id, now, note.strip()[:500]
    history.record(
        site,
        "assign",
        actor=actor,
        now=now,
        note=row.note,
        before=held,
        after={"supervisor": supervisor.name, "from_on": from_on.isoformat()},
    )
    _set_holder(site, actor=actor, now=now)
    return row


def _write(site: Site, supervisor: User, from_on: date, before: Assignment | None) -> Assignment:
    """Put the assignment into the time line; one that began on the same day is replaced (history keeps it)."""
    if before and before.from_on == from_on:
        before.supervisor = supervisor
        return before
    following = [row.from_on for row in site.assignments if row.from_on > from_on]
    if before:
        before.until_on = from_on
    row = Assignment(supervisor=supervisor, from_on=from_on, until_on=min(following, default=None))
    site.assignments.append(row)
    return row


def hand_over(
    moves: Sequence[tuple[Site, User]],
    from_on: date,
    *,
    actor: User,
    now: datetime,
    note: str = "",
    correcting: bool = False,
) -> int:
    """Hand several sites over from one day on, all or none; returns how many."""
    if not moves:
        raise Refused(N_("Choose a new supervisor for at least one site."), field="to_all")
    for site, supervisor in moves:
        assign(site, supervisor, from_on, actor=actor, now=now, note=note, correcting=correcting)
    return len(moves)


def cancel_assignment(row: Assignment, *, actor: User, now: datetime) -> None:
    """Take back an assignment that has not begun; the one before it goes on."""
    demand(actor, Permission.ASSIGN_SITE, row.site)
    if row.from_on <= local_day(now):
        raise Refused(N_("This assignment has begun. Name another supervisor instead."))
    site = row.site
    earlier = [other for other in site.assignments if other.from_on < row.from_on]
    if not earlier:
        raise Refused(N_("The site would be left without a supervisor. Name another one instead."))
    max(earlier, key=lambda other: other.from_on).until_on = row.until_on
    site.assignments.remove(row)
    db.session.delete(row)
    before = {"supervisor": row.supervisor.name, "from_on": row.from_on.isoformat()}
    history.record(site, "cancel_assignment", actor=actor, now=now, before=before)


def apply_due_assignments(*, now: datetime) -> int:
    """Make the assignments that begin today take effect (nightly, safe to repeat); returns how many sites changed."""
    changed = 0
    for site in db.session.scalars(queries.with_another_holder(local_day(now))):
        if _set_holder(site, actor=None, now=now):
            history.record(
                site,
                "assignment_began",
                actor=None,
                now=now,
                after={"supervisor": site.supervisor.name if site.supervisor else ""},
            )
            changed += 1
    return changed


@before_ending_duty
def _nothing_is_left_behind(user: User, role: Role, active: bool) -> None:
    if active and role in FIELD:
        return
    count = queries.count_held(user)
    if count:
        raise Refused(
            N_("%(name)s is responsible for %(count)s sites. Hand them over first."),
            field="active",
            name=user.name,
            count=count,
        )


def engage(
    expert: User, site: Site, from_on: date, until_on: date, body: str, *, actor: User, now: datetime
) -> Engagement:
    """Let an expert look at a site from a day to a day, both inclusive; `body` is who sends the expert."""
    demand(actor, Permission.MANAGE_CAMPAIGNS)
    if not expert.active or expert.role is not Role.EXPERT:
        raise Refused(N_("%(name)s is not an active expert."), field="expert_id", name=expert.name)
    if until_on < from_on:
        raise Refused(N_("The last day lies before the first."), field="until_on")
    if until_on < local_day(now):
        raise Refused(N_("The last day has passed."), field="until_on")
    for judge in _judges:
        judge(expert, from_on, until_on)
    same = sa.select(Engagement).where(
        Engagement.expert_id == expert.id,
        Engagement.site_id == site.id,
        Engagement.from_on <= until_on,
        Engagement.until_on >= from_on,
    )
    if db.session.scalar(same.limit(1)):
        raise Refused(
            N_("%(name)s is already engaged here in these days."), field="from_on", name=expert.name
        )
    row = Engagement(
        expert_id=expert.id, site_id=site.id, from_on=from_on, until_on=until_on, body=body.strip()[:120]
    )
    db.session.add(row)
    after = {
        "expert": expert.name,
        "from_on": from_on.isoformat(),
        "until_on": until_on.isoformat(),
        "body": row.body,
    }
    history.record(site, "engage", actor=actor, now=now, after=after)
    return row


def end_engagement(row: Engagement, *, actor: User, now: datetime) -> None:
    """End an expert's engagement: yesterday was the last day; one that has not begun is taken back."""
    demand(actor, Permission.MANAGE_CAMPAIGNS)
    yesterday = local_day(now) - timedelta(days=1)
    if row.until_on <= yesterday:
        raise Refused(N_("This engagement has already ended."))
    before = {"expert": row.expert.name, "until_on": row.until_on.isoformat()}
    history.record(row.site, "end_engagement", actor=actor, now=now, before=before)
    if row.from_on > yesterday:
        db.session.delete(row)
    else:
        row.until_on = yesterday
