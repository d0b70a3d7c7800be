"""Hazards: what was found in the period and what became of it by the as-of day; the stock of that day."""

from __future__ import annotations

import sqlalchemy as sa

from ...core.labels import N_
from ...hazards.models import Grade, Hazard, Source
from ..figure import Condition, Question, figure, rate


def _of_found(asked: Question, *conditions: Condition) -> Condition:
    """Of the hazards found in the period, those that meet the conditions."""
    return sa.and_(asked.found(), *conditions)


@figure(Hazard, N_("Hazards found"), N_("Hazards found in the period, void ones left out."))
def hazards_found(asked: Question) -> Condition:
    """发现隐患数"""
    return asked.found()


@figure(
    Hazard,
    N_("Hazards rectified"),
    N_(
        "Of the hazards found in the period, those verified and closed by the as-of day; reported alone does not count."
    ),
)
def hazards_closed(asked: Question) -> Condition:
    """已整改数"""
    return _of_found(asked, asked.state_as_of.closed)


@figure(
    Hazard,
    N_("Rectified on the spot"),
    N_(
        "Of the hazards found in the period, those mended before the visit ended; also counted as found and rectified."
    ),
)
def fixed_on_spot(asked: Question) -> Condition:
    """当场整改数"""
    return _of_found(asked, asked.state_as_of.fixed_on_spot)


@figure(
    Hazard,
    N_("Of those found, to be verified"),
    N_("Found in the period, reported rectified and not yet verified or approved."),
)
def found_to_verify(asked: Question) -> Condition:
    """待复查（本期发现）"""
    return _of_found(asked, asked.state_as_of.awaits_decision)


@figure(
    Hazard,
    N_("Of those found, overdue"),
    N_("Found in the period, past the valid due date and not reported rectified."),
)
def found_overdue(asked: Question) -> Condition:
    """逾期（本期发现）"""
    now = asked.state_as_of
    return _of_found(asked, now.unsettled, sa.not_(now.awaits_decision), now.past_due)


@figure(
    Hazard,
    N_("Of those found, being rectified"),
    N_("Found in the period, not closed, not reported and not past the valid due date."),
)
def found_in_progress(asked: Question) -> Condition:
    """整改中（本期发现）"""
    now = asked.state_as_of
    return _of_found(asked, now.unsettled, sa.not_(now.awaits_decision), sa.not_(now.past_due))


@figure(
    Hazard,
    N_("Closed in the period"),
    N_("Hazards closed in the period whenever they were found; a flow, not a rate."),
)
def closed_in_period(asked: Question) -> Condition:
    """期内销号数"""
    return sa.and_(asked.state_as_of.closed, asked.falls(asked.state_as_of.closed_on))


@figure(
    Hazard,
    N_("Overdue hazards"),
    N_("Not closed, and the valid due date lies before the as-of day, whenever found."),
)
def hazards_overdue(asked: Question) -> Condition:
    """逾期未改数"""
    return sa.and_(_known(asked), asked.state_as_of.unsettled, asked.state_as_of.past_due)


@figure(
    Hazard,
    N_("Hazards to be verified"),
    N_("Reported rectified by the as-of day and not yet verified, whenever found."),
)
def hazards_to_verify(asked: Question) -> Condition:
    """待复查数"""
    return sa.and_(_known(asked), asked.state_as_of.awaits_decision)


@figure(Hazard, N_("Hazards not closed"), N_("Neither closed nor void on the as-of day, whenever found."))
def hazards_unsettled(asked: Question) -> Condition:
    """未销号数"""
    return sa.and_(_known(asked), asked.state_as_of.unsettled)


def _known(asked: Question) -> Condition:
    return Hazard.found_on <= asked.period.as_of


@figure(
    Hazard, N_("Hazards that came due"), N_("Found in the period, with a valid due date up to the as-of day.")
)
def hazards_due(asked: Question) -> Condition:
    """到期应改数"""
    return _of_found(asked, asked.state_as_of.due_on <= asked.period.as_of)


@figure(
    Hazard,
    N_("Rectified in time"),
    N_("Of those that came due, reported on or before the valid due date and verified since."),
)
def hazards_in_time(asked: Question) -> Condition:
    """按期整改数"""
    return sa.and_(hazards_due(asked), asked.state_as_of.done_in_time)


@figure(
    Hazard,
    N_("Hazards to be re-inspected"),
    N_(
        "Found in the period, and reported rectified, past due or re-inspected by the as-of day; on-the-spot ones left out."
    ),
)
def recheck_due(asked: Question) -> Condition:
    """应复查数"""
    now = asked.state_as_of
    # Who mended it before the visit ended was looked at there and then.
    open_then_due = sa.and_(now.past_due, sa.not_(now.fixed_on_spot))
    return _of_found(asked, sa.or_(now.reported, now.looked_at, open_then_due))


@figure(
    Hazard, N_("Hazards re-inspected"), N_("Of those to be re-inspected, the ones that were, passed or not.")
)
def rechecked(asked: Question) -> Condition:
    """已复查数"""
    return sa.and_(recheck_due(asked), asked.state_as_of.looked_at)


@figure(Hazard, N_("Major hazards found"), N_("Found in the period and confirmed as major by the as-of day."))
def major_found(asked: Question) -> Condition:
    """重大隐患数"""
    return _of_found(asked, asked.state_as_of.major)


@figure(Hazard, N_("Major hazards rectified"), N_("Of the major hazards found in the period, those closed."))
def major_closed(asked: Question) -> Condition:
    """重大隐患已整改数"""
    return sa.and_(major_found(asked), asked.state_as_of.closed)


@figure(
    Hazard,
    N_("Suspected major hazards"),
    N_("Found in the period, suspected as major and not decided; listed apart."),
)
def suspected_found(asked: Question) -> Condition:
    """疑似重大隐患数"""
    return _of_found(asked, Hazard.grade == Grade.SUSPECTED, asked.state_as_of.undecided)


@figure(Hazard, N_("Hazards found by experts"), N_("Hazards found in the period at expert checks."))
def expert_hazards_found(asked: Question) -> Condition:
    """专家发现隐患数"""
    return _of_found(asked, Hazard.source == Source.EXPERT)


@figure(
    Hazard, N_("Experts' hazards rectified"), N_("Of those found by experts in the period, those closed.")
)
def expert_hazards_closed(asked: Question) -> Condition:
    """专家发现隐患已整改数"""
    return sa.and_(expert_hazards_found(asked), asked.state_as_of.closed)


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
