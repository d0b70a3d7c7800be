"""How the planned checks that were carried out are on record: whole, and entered on the day of the visit.

They count tasks, not visits: a visit beyond the plan can neither raise nor lower these rates.
"""

from __future__ import annotations

import sqlalchemy as sa

from ...checks.models import Check, CheckPhoto, Party, Signature
from ...checks.queries import valid
from ...core.labels import N_
from ...hazards.models import Hazard, HazardPhoto
from ...schedule.lifecycle import TaskState
from ...schedule.models import Task
from ...schedule.queries import state_filter
from ..definition import Question, figure, rate, task_figure
from ..kept import Condition

CARRIED_OUT = (TaskState.DONE, TaskState.DONE_LATE)

task_figure(  # 已执行任务数
    "tasks_carried_out",
    N_("Planned checks carried out"),
    N_("Planned tasks carried out by the as-of day, within their half-month or after it."),
    *CARRIED_OUT,
)


def _on_record(asked: Question, *whole: Condition) -> Condition:
    """Carried out, and a check that was filed for it is so."""
    filed = valid(sa.select(Check)).where(
        Check.task_id == Task.id, Check.visited_on <= asked.period.as_of, *whole
    )
    return sa.and_(
        state_filter(CARRIED_OUT, asked.period.as_of), sa.exists(filed.with_only_columns(Check.id))
    )


def _signed(*parties: Party) -> Condition:
    signed = sa.select(Signature.id).where(Signature.check_id == Check.id, Signature.party.in_(parties))
    return sa.exists(signed)


@figure(
    Task,
    N_("Planned checks on complete record"),
    N_(
        "Of those carried out, the ones whose record has a photo, a legal basis for each hazard, "
        "and both signatures or the refusal to sign."
    ),
)
def tasks_recorded(asked: Question) -> Condition:
    """记录完整的任务数"""
    found = sa.select(Hazard.id).where(Hazard.check_id == Check.id)
    pictured = found.join(HazardPhoto, HazardPhoto.hazard_id == Hazard.id)
    return _on_record(
        asked,
        sa.or_(
            sa.exists(sa.select(CheckPhoto.id).where(CheckPhoto.check_id == Check.id)), sa.exists(pictured)
        ),
        ~sa.exists(found.where(Hazard.basis == "")),
        _signed(Party.INSPECTOR),
        _signed(Party.SITE, Party.WITNESS),
    )


@figure(
    Task,
    N_("Planned checks entered on their day"),
    N_("Of those carried out, the ones whose record was no late entry."),
)
def tasks_entered_in_time(asked: Question) -> Condition:
    """及时录入的任务数"""
    return _on_record(asked, Check.late_reason == "")


rate(
    "record_rate",
    N_("Complete records"),
    N_("Planned checks on complete record of those carried out."),
    part="tasks_recorded",
    whole="tasks_carried_out",
)
rate(
    "entry_rate",
    N_("Entered in time"),
    N_("Planned checks entered on their day of those carried out."),
    part="tasks_entered_in_time",
    whole="tasks_carried_out",
)
