"""Hazards: what was found in the period and what became of it by the as-of day; the stock of that day."""

from __future__ import annotations

import sqlalchemy as sa

from ...core.labels import N_
from ...hazards.models import Hazard, LookBack, Source
from .. import hazard_state as then
from ..definition import Question, figure, hazard_figure, rate
from ..kept import Axis, Condition


@hazard_figure(Axis.FOUND, N_("Hazards found"), N_("Hazards found in the period, void ones left out."))
def hazards_found() -> Condition:
    """发现隐患数"""
    return sa.true()


@hazard_figure(
    Axis.FOUND,
    N_("Hazards rectified"),
    N_(
        "Of the hazards found in the period, those verified and closed by the as-of day; reported alone does not count."
    ),
)
def hazards_closed() -> Condition:
    """已整改数"""
    return then.closed


@hazard_figure(
    Axis.FOUND,
    N_("Rectified on the spot"),
    N_(
        "Of the hazards found in the period, those mended before the visit ended; also counted as found and rectified."
    ),
)
def fixed_on_spot() -> Condition:
    """当场整改数"""
    return then.fixed_on_spot


@hazard_figure(
    Axis.FOUND,
    N_("Of those found, to be verified"),
    N_("Found in the period, reported rectified and not yet verified or approved."),
)
def found_to_verify() -> Condition:
    """待复查（本期发现）"""
    return then.awaits_decision


@hazard_figure(
    Axis.FOUND,
    N_("Of those found, overdue"),
    N_("Found in the period, past the valid due date and not reported rectified."),
)
def found_overdue() -> Condition:
    """逾期（本期发现）"""
    return sa.and_(then.unsettled, sa.not_(then.awaits_decision), then.past_due)


@hazard_figure(
    Axis.FOUND,
    N_("Of those found, being rectified"),
    N_("Found in the period, not closed, not reported and not past the valid due date."),
)
def found_in_progress() -> Condition:
    """整改中（本期发现）"""
    return sa.and_(then.unsettled, sa.not_(then.awaits_decision), sa.not_(then.past_due))


@hazard_figure(
    Axis.CLOSED,
    N_("Closed in the period"),
    N_("Hazards closed in the period whenever they were found; a flow, not a rate."),
)
def closed_in_period() -> Condition:
    """期内销号数"""
    return then.closed


@hazard_figure(
    Axis.STOCK,
    N_("Overdue hazards"),
    N_("Not closed, and the valid due date lies before the as-of day, whenever found."),
)
def hazards_overdue() -> Condition:
    """逾期未改数"""
    return sa.and_(then.unsettled, then.past_due)


@hazard_figure(
    Axis.STOCK,
    N_("Hazards to be verified"),
    N_("Reported rectified by the as-of day and not yet verified, whenever found."),
)
def hazards_to_verify() -> Condition:
    """待复查数"""
    return then.awaits_decision


@hazard_figure(
    Axis.STOCK, N_("Hazards not closed"), N_("Neither closed nor void on the as-of day, whenever found.")
)
def hazards_unsettled() -> Condition:
    """未销号数"""
    return then.unsettled


@hazard_figure(
    Axis.FOUND,
    N_("Hazards that came due"),
    N_("Found in the period, with a valid due date up to the as-of day."),
    by_supervisor=True,
)
def hazards_due() -> Condition:
    """到期应改数"""
    return then.due


@hazard_figure(
    Axis.FOUND,
    N_("Rectified in time"),
    N_("Of those that came due, reported on or before the valid due date and verified since."),
    by_supervisor=True,
)
def hazards_in_time() -> Condition:
    """按期整改数"""
    return sa.and_(hazards_due(), then.done_in_time)


@hazard_figure(
    Axis.FOUND,
    N_("Hazards to be re-inspected"),
    N_(
        "Found in the period, and reported rectified, past due or re-inspected by the as-of day; on-the-spot ones left out."
    ),
    by_supervisor=True,
)
def recheck_due() -> Condition:
    """应复查数"""
    # Who mended it before the visit ended was looked at there and then.
    open_then_due = sa.and_(then.past_due, sa.not_(then.fixed_on_spot))
    return sa.or_(then.reported, then.looked_at, open_then_due)


@hazard_figure(
    Axis.FOUND,
    N_("Hazards re-inspected"),
    N_("Of those to be re-inspected, the ones that were, passed or not."),
    by_supervisor=True,
)
def rechecked() -> Condition:
    """已复查数"""
    return sa.and_(recheck_due(), then.looked_at)


@hazard_figure(
    Axis.FOUND, N_("Major hazards found"), N_("Found in the period and confirmed as major by the as-of day.")
)
def major_found() -> Condition:
    """重大隐患数"""
    return then.major


@hazard_figure(
    Axis.FOUND, N_("Major hazards rectified"), N_("Of the major hazards found in the period, those closed.")
)
def major_closed() -> Condition:
    """重大隐患已整改数"""
    return sa.and_(major_found(), then.closed)


@hazard_figure(
    Axis.FOUND,
    N_("Suspected major hazards"),
    N_("Found in the period, suspected as major and not decided; listed apart."),
)
def suspected_found() -> Condition:
    """疑似重大隐患数"""
    return then.suspected


@hazard_figure(
    Axis.FOUND, N_("Hazards found by experts"), N_("Hazards found in the period at expert checks.")
)
def expert_hazards_found() -> Condition:
    """专家发现隐患数"""
    return Hazard.source == Source.EXPERT


@hazard_figure(
    Axis.FOUND, N_("Experts' hazards rectified"), N_("Of those found by experts in the period, those closed.")
)
def expert_hazards_closed() -> Condition:
    """专家发现隐患已整改数"""
    return sa.and_(expert_hazards_found(), then.closed)


@hazard_figure(
    Axis.FOUND,
    N_("Repeat hazards"),
    N_(
        "Found in the period where the same item had failed at the same enterprise within twelve months before."
    ),
)
def hazards_repeated() -> Condition:
    """重复隐患数"""
    return Hazard.repeat_of_id.is_not(None)


@figure(
    Hazard,
    N_("Hazards looked back at"),
    N_("Closed hazards of the sample that were looked at once more in the period."),
)
def looked_back(asked: Question) -> Condition:
    """回头看隐患数"""
    return Hazard.id.in_(_looked_back(asked))


@figure(
    Hazard,
    N_("Relapsed hazards"),
    N_("Of those looked back at in the period, the ones that were back again."),
)
def relapsed(asked: Question) -> Condition:
    """回头看发现反弹数"""
    return Hazard.id.in_(_looked_back(asked).where(LookBack.relapse_id.is_not(None)))


def _looked_back(asked: Question) -> sa.Select[int]:
    return sa.select(LookBack.hazard_id).where(asked.falls(LookBack.done_on))


rate(
    "relapse_rate",
    N_("Relapse rate"),
    N_("Back again of those looked back at."),
    part="relapsed",
    whole="looked_back",
)
rate(
    "rectification_rate",
    N_("Rectification rate"),
    N_("Rectified of those found, the same hazards above and below the line."),
    part="hazards_closed",
    whole="hazards_found",
)
rate(
    "on_time_rate",
    N_("Rate rectified in time"),
    N_("Rectified in time of those that came due."),
    part="hazards_in_time",
    whole="hazards_due",
)
rate(
    "recheck_rate",
    N_("Re-inspection rate"),
    N_("Re-inspected of those reported rectified or past due."),
    part="rechecked",
    whole="recheck_due",
)
rate(
    "major_rate",
    N_("Rectification rate of major hazards"),
    N_("Closed of the confirmed major hazards; suspected ones are listed apart."),
    part="major_closed",
    whole="major_found",
)
rate(
    "expert_rate",
    N_("Rectification rate of experts' hazards"),
    N_("Closed of the hazards found by experts."),
    part="expert_hazards_closed",
    whole="expert_hazards_found",
)
