"""How hazards with a due date are followed up. What was mended on the spot is left out: it took no follow-up."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from ...core.clock import day_end
from ...core.labels import N_
from ...hazards.lifecycle import Act
from ...hazards.models import Hazard, HazardEvent
from .. import hazard_state as then
from ..definition import Question, figure, hazard_figure, rate
from ..kept import Axis, Condition

LATELY = 15  # days
# What somebody did about it; what the system does by itself at night is none of it.
PURSUED = (Act.REMIND, Act.SEND_BACK, Act.REFUSE_EXTENSION, Act.SUPERVISE, Act.REFER)


@hazard_figure(
    Axis.FOUND,
    N_("Set deadlines that came"),
    N_("Hazards that came due, those mended on the spot left out."),
)
def deadlines_due() -> Condition:
    """限期整改到期数"""
    return sa.and_(then.due, sa.not_(then.fixed_on_spot))


@hazard_figure(
    Axis.FOUND,
    N_("Set deadlines kept"),
    N_("Of those, reported on or before the valid due date and verified since."),
)
def deadlines_kept() -> Condition:
    """限期内整改数"""
    return sa.and_(deadlines_due(), then.done_in_time)


@figure(
    Hazard,
    N_("Overdue hazards pursued"),
    N_(
        "Of the overdue hazards, those whose enterprise was reminded, sent back, refused an extension, "
        "warned by a supervision letter or referred within the last 15 days."
    ),
)
def overdue_pursued(asked: Question) -> Condition:
    """已跟进的逾期隐患数"""
    day = asked.period.as_of
    acted = sa.select(HazardEvent.id).where(
        HazardEvent.hazard_id == Hazard.id,
        HazardEvent.act.in_(PURSUED),
        HazardEvent.at >= day_end(day - timedelta(days=LATELY)),
        HazardEvent.at < day_end(day),
    )
    return sa.and_(Hazard.found_on <= day, then.unsettled, then.past_due, sa.exists(acted))


rate(
    "deadline_rate",
    N_("Deadlines kept"),
    N_("Set deadlines kept of those that came; what was mended on the spot is in neither."),
    part="deadlines_kept",
    whole="deadlines_due",
)
rate(
    "pursuit_rate",
    N_("Overdue dealt with"),
    N_("Overdue hazards that were pursued within the last 15 days."),
    part="overdue_pursued",
    whole="hazards_overdue",
)
