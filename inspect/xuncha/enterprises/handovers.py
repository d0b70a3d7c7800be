"""Many sites handed over at once: judged first, done all or none, and undone for a while by the inverse handover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from ..accounts.models import User
from ..core.access import MANAGERS
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from . import assignments, queries
from .models import Handover, Site

UNDONE_WITHIN = timedelta(minutes=15)
Move = tuple[Site, User]


@dataclass(frozen=True)
class Judged:
    """A site of a selection: who holds it on the day, and why it does not change hands; None where it does."""

    site: Site
    holder: User | None
    problem: Refused | None


def judge(
    sites: Sequence[Site], to: User, from_on: date, *, actor: User, now: datetime, note: str = ""
) -> list[Judged]:
    """Of each site whether it can go to a supervisor from a day on."""
    found = []
    for site in sites:
        held = queries.assignment_on(site, from_on)
        problem = None
        try:
            assignments.demand_assignable(site, to, from_on, actor=actor, now=now, note=note)
        except Refused as refused:
            problem = refused
        found.append(Judged(site, held.supervisor if held else None, problem))
    return found


def hand_over(
    moves: Sequence[Move],
    from_on: date,
    *,
    actor: User,
    now: datetime,
    note: str = "",
    correcting: bool = False,
) -> Handover:
    """Hand sites over, all or none, and keep what was moved. Raises NotAllowed, Refused."""
    kept = [_kept(site, to, from_on) for site, to in moves]
    assignments.hand_over(moves, from_on, actor=actor, now=now, note=note, correcting=correcting)
    return _added(Handover(from_on=from_on, note=note.strip()[:500], moves=kept), actor, now)


def _kept(site: Site, to: User, from_on: date) -> dict[str, int | None]:
    held = queries.assignment_on(site, from_on)
    return {"site": site.id, "before": held.supervisor_id if held else None, "after": to.id}


def _added(row: Handover, actor: User, now: datetime) -> Handover:
    row.actor_id, row.at = actor.id, now
    db.session.add(row)
    db.session.flush()
    return row


def visible_to(actor: User) -> sa.Select[Handover]:
    """One's own handovers; managers see all."""
    query = sa.select(Handover)
    return query if actor.role in MANAGERS else query.where(Handover.actor_id == actor.id)


@dataclass(frozen=True)
class Line:
    """One site of a handover as its page shows it: whose it was, whose it became, and why it cannot go back."""

    site: Site
    before: User | None
    after: User
    problem: Refused | None


def lines(row: Handover, *, actor: User) -> list[Line]:
    """The sites of a handover; each either goes back when it is undone, or has its reason why not."""
    moved = sa.select(Site).where(Site.id.in_([move["site"] for move in row.moves]))
    sites = {one.id: one for one in db.session.scalars(moved.options(selectinload(Site.assignments)))}
    numbers = [move[side] for move in row.moves for side in ("before", "after") if move[side]]
    people = {one.id: one for one in db.session.scalars(sa.select(User).where(User.id.in_(numbers)))}
    found = []
    for move in row.moves:
        site, before, after = sites[move["site"]], people.get(move["before"]), people[move["after"]]
        found.append(Line(site, before, after, _not_back(row, site, before, after, actor)))
    return found


def _not_back(row: Handover, site: Site, before: User | None, after: User, actor: User) -> Refused | None:
    if before is None:
        return Refused(N_("It had no supervisor before. Name another one instead."))
    held = queries.assignment_on(site, row.from_on)
    if (
        held is None
        or held.supervisor_id != after.id
        or held.from_on != row.from_on
        or held.assigned_at != row.at
    ):
        return Refused(N_("It was handed on since then."))
    try:
        assignments.demand_returnable(site, before, actor=actor)
    except Refused as problem:
        return problem
    return None


def undone_by(row: Handover) -> Handover | None:
    """The handover that undid this one."""
    return db.session.scalars(sa.select(Handover).where(Handover.undoes_id == row.id)).one_or_none()


def minutes_left(row: Handover, now: datetime) -> int:
    """How many minutes it may still be undone, begun ones counted; none for what is itself an undoing, or undone."""
    left = row.at + UNDONE_WITHIN - now
    if row.undoes_id is not None or left <= timedelta() or undone_by(row) is not None:
        return 0
    return -(-int(left.total_seconds()) // 60)


def undo(row: Handover, *, actor: User, now: datetime) -> Handover:
    """Hand back every site that did not move on since. Raises NotAllowed, Refused when it is too late or nothing goes back."""
    if not minutes_left(row, now):
        raise Refused(N_("This handover can no longer be undone. Hand the sites over again instead."))
    returning = [line for line in lines(row, actor=actor) if line.problem is None]
    if not returning:
        raise Refused(N_("No site of this handover can go back; the reasons stand beside them."))
    kept = []
    for line in returning:
        assert line.before is not None
        assignments.put(line.site, line.before, row.from_on, actor=actor, now=now, note=row.note)
        kept.append({"site": line.site.id, "before": line.after.id, "after": line.before.id})
    return _added(Handover(from_on=row.from_on, note=row.note, moves=kept, undoes_id=row.id), actor, now)
