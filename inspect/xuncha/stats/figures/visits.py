"""Visits and the enterprises that they reached."""

from __future__ import annotations

import sqlalchemy as sa

from ...checks.models import PATROLS, Check, VisitKind
from ...checks.pulses import Pulse
from ...core.labels import N_
from ...enterprises.models import Sector, Site, SiteKind, WorkingState
from ..definition import Question, figure, rate, visit_figure
from ..kept import Condition, OfVisits
from ..scope import holder_of

VISITS = tuple(kind for kind in VisitKind if kind is not VisitKind.RECHECK)

visit_figure(  # 检查家次
    "visits",
    N_("Check visits"),
    N_(
        "Valid visits of the period, re-inspections left out: one enterprise or idle site on one day is one, whoever came along."
    ),
    OfVisits(VISITS),
)
visit_figure(  # 巡查家次
    "patrol_visits",
    N_("Patrol visits"),
    N_("Check visits for campaigns, holidays, idle sites and look-backs; part of the check visits."),
    OfVisits(PATROLS),
)
visit_figure(  # 闲置场所巡查家次
    "idle_site_visits",
    N_("Idle site visits"),
    N_("Check visits at idle plants, stores and land."),
    OfVisits(VISITS, SiteKind.IDLE),
)


@figure(
    Pulse,
    N_("Idle site pulses"),
    N_("Looks at idle sites from outside; no check visits and no patrols."),
)
def idle_pulses(asked: Question) -> Condition:
    """闲置场所速查次数"""
    return asked.falls(Pulse.taken_on)


visit_figure(  # 复查家次
    "recheck_visits",
    N_("Re-inspection visits"),
    N_("Visits for re-inspection only; not among the check visits."),
    OfVisits((VisitKind.RECHECK,)),
)
visit_figure(  # 检查企业（家）
    "enterprises_visited",
    N_("Enterprises checked"),
    N_("Different enterprises among the check visits."),
    OfVisits(VISITS, SiteKind.ENTERPRISE, reached=True),
)


@figure(
    Site,
    N_("Key enterprises on the list"),
    N_("Key enterprises at the end of the period that are not closed down."),
)
def key_enterprises(asked: Question) -> Condition:
    """重点企业数"""
    until = asked.period.until
    since = sa.or_(Site.key_since.is_(None), Site.key_since <= until)
    # What became key later bears its day; what no longer is one has it in the history.
    no_longer = [
        number
        for number, old in asked.before(Site, until).items()
        if old.get("key") and (old.get("key_since") or "") <= until.isoformat()
    ]
    return sa.and_(sa.or_(sa.and_(Site.key, since), Site.id.in_(no_longer)), on_the_list(asked))


def on_the_list(asked: Question) -> Condition:
    """Enterprises of the scope that were not closed down."""
    until = asked.period.until
    then = asked.before(Site, until)
    moved = {number: old["working_state"] for number, old in then.items() if "working_state" in old}
    open_then = [number for number, state in moved.items() if state != WorkingState.CLOSED]
    open_since = sa.and_(Site.working_state != WorkingState.CLOSED, Site.id.not_in(moved))
    listed = asked.scope.sites(asked.period.as_of).with_only_columns(Site.id)
    return sa.and_(
        Site.kind == SiteKind.ENTERPRISE,
        sa.or_(open_since, Site.id.in_(open_then)),
        Site.id.in_(listed),
    )


@figure(
    Site,
    N_("Key enterprises checked"),
    N_("Key enterprises on the list that had a check visit in the period."),
)
def key_enterprises_visited(asked: Question) -> Condition:
    """已检查的重点企业"""
    return sa.and_(key_enterprises(asked), Site.id.in_(asked.visited(VISITS)))


@figure(
    Site,
    N_("Key enterprises with a named supervisor"),
    N_("Of the key enterprises on the list, those that somebody was responsible for on the as-of day."),
)
def key_enterprises_held(asked: Question) -> Condition:
    """包保到人的重点企业"""
    return sa.and_(key_enterprises(asked), holder_of(Site.id, asked.period.as_of).is_not(None))


IN_FOCUS = sa.and_(
    Site.kind == SiteKind.ENTERPRISE,
    sa.or_(Site.crowded, Site.sector.in_((Sector.FIRE, Sector.CROWDED))),
)


@figure(
    Check,
    N_("Check visits at fire and crowded enterprises"),
    N_("Check visits at enterprises that are crowded, or of the sectors fire and crowded places."),
)
def focus_visits(asked: Question) -> Condition:
    """消防和人员密集企业检查家次"""
    return sa.and_(Check.kind.in_(VISITS), Check.site_id.in_(sa.select(Site.id).where(IN_FOCUS)))


@figure(
    Site,
    N_("Fire and crowded enterprises checked"),
    N_(
        "Different enterprises that are crowded, or of the sectors fire and crowded places, with a check visit."
    ),
)
def focus_enterprises(asked: Question) -> Condition:
    """已检查的消防和人员密集企业"""
    return sa.and_(IN_FOCUS, Site.id.in_(asked.visited(VISITS)))


visit_figure(  # 专家检查企业（家）
    "expert_enterprises",
    N_("Enterprises checked by experts"),
    N_("Different enterprises with an expert check in the period."),
    OfVisits((VisitKind.EXPERT,), SiteKind.ENTERPRISE, reached=True),
)
rate(
    "coverage",
    N_("Coverage"),
    N_("Key enterprises checked of the key enterprises on the list at the end of the period."),
    part="key_enterprises_visited",
    whole="key_enterprises",
)
