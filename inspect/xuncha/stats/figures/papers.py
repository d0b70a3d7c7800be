"""Papers that have not reached whom they are for."""

from __future__ import annotations

import sqlalchemy as sa

from ...core.clock import day_end
from ...core.labels import N_
from ...hazards.models import Hazard, Notice
from ...hazards.papers.deliveries import Delivery
from .. import hazard_state as then
from ..definition import Question, figure
from ..kept import Condition


@figure(
    Notice,
    N_("Notices not delivered"),
    N_("Issued by the as-of day, no delivery noted by then, and one of their hazards not closed."),
)
def notices_undelivered(asked: Question) -> Condition:
    """未送达的整改通知书"""
    day = asked.period.as_of
    open_hazards = then.joined(sa.select(Hazard), day).where(then.unsettled, Hazard.notice_id == Notice.id)
    delivered = sa.select(Delivery.notice_id).where(
        Delivery.notice_id == Notice.id, Delivery.delivered_on <= day
    )
    return sa.and_(
        Notice.issued_at < day_end(day),
        sa.exists(open_hazards.with_only_columns(Hazard.id)),
        ~sa.exists(delivered),
    )
