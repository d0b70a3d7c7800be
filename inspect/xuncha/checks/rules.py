"""The rules that a filing must meet before anything is written: duty, times, kind of visit, what belongs together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..checklists.queries import compose
from ..core.access import Permission, allowed, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import Missing, NotAllowed, Refused
from ..core.labels import N_
from ..enterprises.models import Site
from ..enterprises.queries import OnDay
from ..schedule.models import Task
from .clock_correction import LONGEST_VISIT
from .filing import MAX_PHOTOS, Filing
from .legal_mode import demand_officers
from .models import Check, Result, VisitKind


@dataclass(frozen=True)
class Fitting:
    """What a filing that may be taken is about; `duty_changed` when its author is not in charge of the site any more."""

    site: Site
    task: Task | None
    replaced: Check | None
    duty_changed: bool


def demand_fitting(filing: Filing, actor: User, now: datetime, delivered_by: User | None = None) -> Fitting:
    """What a filing is about, once it is sure that it may be taken. Raises Missing, NotAllowed, Refused."""
    # The contacts stand in the snapshot of the site.
    site = db.session.get(Site, filing.site_id, options=[joinedload(Site.contacts)])
    if site is None:
        raise Missing(N_("This enterprise is not in the list any more. Keep the check and ask the office."))
    replaced = _replaced(filing, site, actor)
    changed = replaced is None and _duty_changed(site, local_day(filing.started_at), actor, delivered_by)
    task = db.session.get(Task, filing.task_id) if filing.task_id else None
    if task is not None and task.site_id != site.id:
        raise Refused(
            N_("This task belongs to another enterprise. Open the task again and start from there.")
        )
    _demand_whole(filing, site, now)
    demand_officers(filing, replaced.inspector if replaced else actor)
    return Fitting(site, task, replaced, changed)


def _duty_changed(site: Site, day: date, actor: User, delivered_by: User | None) -> bool:
    """Whether the actor was in charge on the day of the visit and is not any more: that work is kept, and flagged.

    The day of a handover belongs to both: the visit may have been made before the office wrote it down. What the phone
    alone may not file, whoever decides on checks of the site may bring in: else it would be lost.
    """
    if allowed(actor, Permission.FILE_CHECK, site):
        return False
    if delivered_by is not None and allowed(delivered_by, Permission.DECIDE_CHECK, site):
        return True
    if any(allowed(actor, Permission.FILE_CHECK, OnDay(site, one)) for one in (day, day - timedelta(days=1))):
        return True
    if not any(held.supervisor_id == actor.id for held in site.assignments):
        demand(actor, Permission.FILE_CHECK, site)
    raise NotAllowed(
        N_(
            "On %(day)s, the day of this visit, you were not in charge of this enterprise any more. The check stays on the"
            " phone: hand it to the office as a rescue file."
        ),
        day=day.isoformat(),
    )


def _demand_whole(filing: Filing, site: Site, now: datetime) -> None:
    if filing.finished_at < filing.started_at:
        raise Refused(N_("The visit ends before it begins. Correct the times."), field="finished_at")
    if filing.finished_at - filing.started_at > LONGEST_VISIT:
        raise Refused(N_("A visit lasts at most a day. Correct the times."), field="finished_at")
    # Not in the schema: what was taken before this rule must still be read.
    if len({ref.sha256 for ref in filing.photo_refs()}) > MAX_PHOTOS:
        raise Refused(
            N_("A check takes at most %(count)s photos. Take some out, or file a second check."),
            field="scene",
            count=MAX_PHOTOS,
        )
    if len({answer.item_id for answer in filing.answers}) != len(filing.answers):
        raise Refused(N_("An item is answered twice. Load the page again."))
    _demand_answered(filing, site)
    if site.is_idle != (filing.kind is VisitKind.IDLE_PATROL) and (
        site.is_idle or filing.kind is VisitKind.IDLE_PATROL
    ):
        raise Refused(
            N_("An idle site is visited as an idle site patrol, and only an idle site is."), field="kind"
        )
    added = [part for part in filing.findings if part.fixed_on_spot and part.adds_to]
    if added:
        raise Refused(
            N_("This hazard is open already: choose its result under “Earlier hazards”, or file it as new."),
            field=f"findings.{added[0].uuid}.adds_to",
        )
    unseen = [part for part in filing.findings if part.fixed_on_spot and not part.after]
    if unseen and not site.no_phone:
        raise Refused(
            N_("Rectified on the spot: add a photo of how it looks now, or choose a due date."),
            field=f"findings.{unseen[0].uuid}.after",
        )
    if filing.replaces is None and not filing.late_reason and _is_late(filing, now):
        raise Refused(
            N_("This visit was on an earlier day. Say why it is entered late."), field="late_reason"
        )


def _demand_answered(filing: Filing, site: Site) -> None:
    """A visit that has a list looked at something on it. An idle site may be seen to be empty from its gate."""
    answered = any(answer.result is not Result.UNCHECKED for answer in filing.answers)
    if answered or filing.kind is VisitKind.IDLE_PATROL:
        return
    if sections := compose(site, filing.kind.value):
        raise Refused(
            N_("No item is answered. Go through the list before you submit."),
            field=f"answers.{sections[0].items[0].id}.result",
        )


def _is_late(filing: Filing, now: datetime) -> bool:
    """补录. A phone without signal signs on the day of the visit and sends later: that is none."""
    # A visit over midnight has two days.
    days = {local_day(filing.started_at), local_day(filing.finished_at)}
    if max(days) >= local_day(now):
        return False
    signed = [part.signed_at for part in filing.signatures if part.signed_at]
    return not signed or any(local_day(moment) not in days for moment in signed)


def _replaced(filing: Filing, site: Site, actor: User) -> Check | None:
    if filing.replaces is None:
        return None
    old = db.session.scalar(sa.select(Check).where(Check.uuid == str(filing.replaces)))
    if old is None or old.site_id != site.id:
        raise Missing(N_("The check that is to be corrected is not there."))
    demand(actor, Permission.CORRECT_CHECK, old)
    if old.replaced_by is not None:
        raise Refused(
            N_("This check was corrected before, as %(number)s. Correct that version."),
            number=old.replaced_by.number,
        )
    if old.set_aside is not None:
        raise Refused(N_("This check is set aside. A manager must first let it count again."))
    if not filing.correction_reason:
        raise Refused(N_("Say why the check is corrected."), field="correction_reason")
    return old
