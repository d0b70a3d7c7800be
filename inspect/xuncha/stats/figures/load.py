"""What is carried: enterprises held, their risk, open major hazards. It stands beside a score, never in it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ...core.labels import N_
from ...enterprises.models import Assignment, Risk, Site
from .. import hazard_state as then
from ..definition import Question, figure, hazard_figure
from ..kept import Axis, Condition
from ..scope import holder_of
from .visits import on_the_list

HIGH = (Risk.RED, Risk.ORANGE)


@figure(
    Site,
    N_("Enterprises held"),
    N_("Enterprises, not closed down, that somebody was responsible for on the as-of day."),
)
def enterprises_held(asked: Question) -> Condition:
    """包保企业数"""
    return sa.and_(on_the_list(asked), holder_of(Site.id, asked.period.as_of).is_not(None))


@figure(
    Site, N_("Of higher risk"), N_("Of the enterprises held, those of major or greater risk (red or orange).")
)
def higher_risk_held(asked: Question) -> Condition:
    """其中重大、较大风险企业数"""
    moved = {
        number: old["risk"] for number, old in asked.before(Site, asked.period.until).items() if "risk" in old
    }
    high_then = [number for number, risk in moved.items() if risk in HIGH]
    high_since = sa.and_(Site.risk.in_(HIGH), Site.id.not_in(moved))
    return sa.and_(enterprises_held(asked), sa.or_(high_since, Site.id.in_(high_then)))


@figure(
    Site,
    N_("Newly taken over"),
    N_("Of the enterprises held, those that came from another supervisor within the period."),
)
def enterprises_taken_over(asked: Question) -> Condition:
    """期内接手企业数"""
    day, before = asked.period.as_of, aliased(Assignment)
    earlier = sa.exists(
        sa.select(before.id).where(
            before.site_id == Assignment.site_id,
            before.from_on < Assignment.from_on,
            before.supervisor_id != Assignment.supervisor_id,
        )
    )
    came = sa.select(Assignment.id).where(
        Assignment.site_id == Site.id,
        Assignment.supervisor_id == holder_of(Site.id, day),
        asked.falls(Assignment.from_on),
        earlier,
    )
    return sa.and_(enterprises_held(asked), sa.exists(came))


@hazard_figure(
    Axis.STOCK,
    N_("Open major hazards"),
    N_("Confirmed as major and neither closed nor void on the as-of day, whenever found."),
)
def major_unsettled() -> Condition:
    """未销号重大隐患数"""
    return sa.and_(then.unsettled, then.major)


LOAD: tuple[str, ...] = ("enterprises_held", "higher_risk_held", "major_unsettled", "enterprises_taken_over")
"""In the order in which they are shown."""
