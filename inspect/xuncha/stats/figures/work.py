"""The plan of the half-months, illegal cases, trainings."""

from __future__ import annotations

import sqlalchemy as sa

from ...campaigns.models import CaseKind, CaseOutcome, IllegalCase
from ...core.labels import N_
from ...schedule.lifecycle import TaskState
from ...schedule.models import Task
from ...schedule.queries import state_filter
from ...trainings.models import Audience, Material, Training
from ..definition import Question, figure, rate, task_figure
from ..kept import Condition

# A postponed check is asked for on its new day: until then it is neither done nor missing.
PLANNED = tuple(state for state in TaskState if state not in {TaskState.EXCUSED, TaskState.POSTPONED})

task_figure(  # 计划任务数
    "tasks_planned",
    N_("Checks planned"),
    N_(
        "Tasks of the half-months that lie in the period and have begun; left out are excused ones, and postponed ones until"
        " their new day."
    ),
    *PLANNED,
)
task_figure(  # 按期完成任务数
    "tasks_done",
    N_("Planned checks done"),
    N_("Planned tasks carried out within their half-month, or by the day to which they were postponed."),
    TaskState.DONE,
)
task_figure(  # 补查任务数
    "tasks_done_late",
    N_("Planned checks done late"),
    N_(
        "Planned tasks made up after their half-month, or after the day to which they were postponed; shown apart."
    ),
    TaskState.DONE_LATE,
)
task_figure(  # 逾期未查任务数
    "tasks_not_done",
    N_("Planned checks late or missed"),
    N_("Planned tasks past their due day and not carried out."),
    TaskState.LATE,
    TaskState.MISSED,
)
task_figure(  # 经批准免查任务数
    "tasks_excused",
    N_("Excused checks"),
    N_("Tasks whose excuse was accepted by the as-of day; in no rate."),
    TaskState.EXCUSED,
)


@figure(
    Task,
    N_("Checks late"),
    N_("Planned tasks past their due day that were not carried out and can still be made up."),
)
def tasks_late(asked: Question) -> Condition:
    """逾期未查、尚可补查的任务数"""
    return state_filter(TaskState.LATE, asked.period.as_of)


@figure(
    IllegalCase,
    N_("Illegal installations removed"),
    N_("Cases of illegal installations whose removal falls in the period."),
)
def illegal_installations_removed(asked: Question) -> Condition:
    """拆除违法设施（处）"""
    return _settled(asked, CaseKind.INSTALLATION, CaseOutcome.REMOVED)


@figure(IllegalCase, N_("Illegal acts stopped"), N_("Cases of illegal acts that were stopped in the period."))
def illegal_acts_stopped(asked: Question) -> Condition:
    """制止违法行为（起）"""
    return _settled(asked, CaseKind.ACT, CaseOutcome.STOPPED)


def _settled(asked: Question, kind: CaseKind, outcome: CaseOutcome) -> Condition:
    stands = sa.and_(IllegalCase.outcome == outcome, asked.falls(IllegalCase.outcome_on))
    first, until = asked.period.first.isoformat(), asked.period.until.isoformat()
    taken_back = [
        number
        for number, old in asked.before(IllegalCase, asked.period.as_of).items()
        if old.get("outcome") == outcome and first <= old.get("outcome_on", "") <= until
    ]
    return sa.and_(IllegalCase.kind == kind, sa.or_(stands, IllegalCase.id.in_(taken_back)))


@figure(Training, N_("Trainings held"), N_("Valid trainings and drills held in the period."))
def trainings(asked: Question) -> Condition:
    """培训场次"""
    return asked.falls(Training.held_on)


@figure(
    Training,
    N_("Training attendances"),
    N_("The sum of heads of the trainings of the period; a person at two of them counts twice."),
    amount=Audience.headcount,
)
def attendances(asked: Question) -> Condition:
    """培训人次"""
    return trainings(asked)


@figure(
    Training,
    N_("Materials given"),
    N_("Copies handed out at the trainings of the period."),
    amount=Material.count,
)
def materials(asked: Question) -> Condition:
    """发放资料（份）"""
    return trainings(asked)


rate(
    "completion_rate",
    N_("Plan completion"),
    N_(
        "Planned checks done within their half-month, or by the day to which they were postponed, of the planned ones;"
        " excused ones are in neither."
    ),
    part="tasks_done",
    whole="tasks_planned",
)
