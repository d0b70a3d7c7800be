"""What hazards put on the pages of lower domains: a site's page, a check's page, Today, the load of supervisors."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from ..accounts.asker import asked_of, first_of
from ..accounts.models import User
from ..checks.models import Check
from ..checks.queries import check_panels
from ..core import paging
from ..core.access import ENTERPRISE, FIELD, MANAGERS, Permission, Role, allowed
from ..core.asked import Asked
from ..core.clock import today
from ..core.db import db
from ..core.i18n import label, write_day, write_moment
from ..core.labels import N_
from ..core.panels import Panel, Summary
from ..enterprises.models import Site
from ..enterprises.queries import site_panels, tally
from ..photos.models import Photo
from ..schedule.queries import today_sections
from . import queries, rules
from .follow_up import look_backs, same_hazard
from .follow_up.escalation_steps import EscalationStep
from .lifecycle import UNSETTLED, State
from .lists import list_queries
from .lists.filters import Criteria, Order, View
from .models import Hazard, LookBack
from .public import worker_reports
from .public.worker_reports import WorkerReport

SHOWN = 5
TITLES = {
    View.TO_DO: N_("Hazards to rectify"),
    View.PLAN_DUE: N_("Plans to submit"),
    View.ISSUE: N_("Notices to issue"),
    View.VERIFY: N_("Wait for your verification"),
    View.EXTENSION: N_("Extensions to decide"),
    View.CLOSURE: N_("Closures to approve"),
    View.PLAN: N_("Plans to decide"),
    View.PROGRESS: N_("Progress missing on major hazards"),
    View.TO_PUSH: N_("To be pushed: nobody reached since"),
    View.OVERDUE: N_("Overdue hazards"),
}


def _unsettled_of(supervisor: User) -> str:
    args: dict[str, Any] = dict(Criteria(view=View.UNSETTLED, supervisor=supervisor.id).to_args())
    return url_for("hazards.index", **args)


@tally(N_("Open hazards"), link=_unsettled_of, position=20)
def _open_by_site(numbers: Collection[int], _day: date) -> Mapping[int, int]:
    query = sa.select(Hazard.site_id, sa.func.count()).where(
        Hazard.site_id.in_(numbers), Hazard.state.in_(UNSETTLED)
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Hazard.site_id))}


@site_panels.add
def _of_site(site: Site, reader: User) -> Panel | None:
    if not allowed(reader, Permission.SEE_HAZARD, site):
        return None
    day = today()
    criteria = Criteria(view=View.UNSETTLED, site=site.id)
    hazards = list(db.session.scalars(list_queries.filtered(reader, criteria, day).limit(SHOWN)))
    total = paging.count(list_queries.filtered(reader, Criteria(site=site.id), day))
    looked = queries.reinspections(site) if allowed(reader, Permission.VERIFY_HAZARD, site) else []
    here = list_queries.narrowed(reader, Criteria(site=site.id), day)
    owed = list_queries.counted(here, (View.PLAN_DUE, View.PROGRESS))
    data = {
        "owed": {view: count for view, count in owed.items() if count},
        "hazards": hazards,
        "total": total,
        "criteria": criteria,
        "day": day,
        "site": site,
        "looked": len(looked),
    }
    return Panel("hazards/site_panel.html", data, position=30)


@check_panels.add
def _of_check(check: Check, reader: User) -> Panel | None:
    query = queries.visible_to(reader).where(Hazard.check_id == check.id).order_by(Hazard.id)
    hazards = list(db.session.scalars(query))
    sights = same_hazard.sights_of(check).values()
    again = [event for event in sights if allowed(reader, Permission.SEE_HAZARD, event.hazard)]
    if not hazards and not again:
        return None
    drafts = sum(hazard.state is State.DRAFT for hazard in hazards)
    unconfirmed = any(rules.awaits_confirmation(hazard) for hazard in hazards if hazard.state is State.DRAFT)
    data = {"hazards": hazards, "again": again, "drafts": drafts, "unconfirmed": unconfirmed}
    data |= {"check": check, "day": today()}
    return Panel("hazards/check_panel.html", data, position=10)


@check_panels.add
def _photos_of_check(check: Check, reader: User) -> Panel | None:
    uses = queries.check_photos_seen_before(check, reader)
    if not uses:
        return None
    numbers = [use.photo_id for use in uses]
    query = sa.select(Photo.id, Photo.sha256).where(Photo.id.in_(numbers))
    hashes = {row.id: row.sha256 for row in db.session.execute(query)}
    return Panel("hazards/photos_panel.html", {"uses": uses, "hashes": hashes, "check": check}, position=5)


@today_sections.add
def _of_today(day: date, reader: User) -> Panel | None:
    """What waits for this person; each list opens whole."""
    if not allowed(reader, Permission.SEE_HAZARD):
        return None
    of_views = _of_own if reader.role in FIELD else _of_all
    cards = [*of_views(reader, day), *_pushes(reader, day)]
    if not cards:
        return None
    told = tuple(
        Summary(card["title"], card["total"], tuple(line_of(one) for one in card["hazards"]))
        for card in cards
    )
    return Panel("hazards/today_panel.html", {"cards": cards, "day": day}, position=20, summaries=told)


def _of_own(reader: User, day: date) -> list[dict[str, Any]]:
    """Of the sites that a supervisor or team lead holds: two statements, whatever waits."""
    totals = list_queries.counted_of_own(reader, day, _views_of(reader))
    views = [view for view, total in totals.items() if total]
    firsts = list_queries.first_of_own(reader, day, views, SHOWN) if views else {}
    own = Criteria(supervisor=reader.id, order=Order.DUE)
    return [_card(replace(own, view=view), totals[view], hazards) for view, hazards in firsts.items()]


def _of_all(reader: User, day: date) -> list[dict[str, Any]]:
    """Of all that the reader sees."""
    views, criteria = _views_of(reader), Criteria(order=Order.DUE)
    totals = list_queries.counted(list_queries.narrowed(reader, criteria, day), views) if views else {}
    asked = [(replace(criteria, view=view), total) for view, total in totals.items()]
    return [_card(one, total, _first(reader, one, day)) for one, total in asked if total]


def _pushes(reader: User, day: date) -> list[dict[str, Any]]:
    """What has come to a step of the escalation that is the reader's to answer."""
    steps = [Criteria(view=View.TO_PUSH, step=step) for step in STEPS_OF.get(reader.role, ())]
    asked = [(one, paging.count(list_queries.filtered(reader, one, day))) for one in steps]
    return [_card(one, total, _first(reader, one, day)) for one, total in asked if total]


def _first(reader: User, criteria: Criteria, day: date) -> list[Hazard]:
    query = list_queries.filtered(reader, criteria, day).options(joinedload(Hazard.site))
    return list(db.session.scalars(query.limit(SHOWN)))


def _card(criteria: Criteria, total: paging.Total, hazards: list[Hazard]) -> dict[str, Any]:
    title = (
        gettext("To be pushed: %(step)s", step=label(criteria.step))
        if criteria.step
        else gettext(TITLES[criteria.view])
    )
    return {
        "view": criteria.view,
        "criteria": criteria,
        "title": title,
        "total": total,
        "hazards": hazards,
    }


def line_of(hazard: Hazard) -> str:
    """A hazard in a digest: where, its number, when it is due."""
    parts = [hazard.site.name, hazard.number]
    if hazard.due_on:
        parts.append(gettext("due %(day)s", day=write_day(hazard.due_on)))
    return " · ".join(parts)


# The steps of the escalation that are theirs to answer; a supervisor answers all of his own sites.
STEPS_OF = {
    Role.TEAM_LEAD: (EscalationStep.TEAM_LEADER,),
    Role.LEADER: (EscalationStep.SUPERVISION_LETTER, EscalationStep.INTERVIEW),
    Role.OFFICE_ADMIN: (EscalationStep.SUPERVISION_LETTER, EscalationStep.INTERVIEW),
}


def _look_backs_of(_day: date, reader: User) -> Iterator[Asked[LookBack]]:
    if reader.role in FIELD:
        yield asked_of(look_backs.waiting, reader)


@today_sections.where(_look_backs_of)
def _look_backs(_day: date, reader: User) -> Panel:
    """The closed hazards that a supervisor looks at once more."""
    waiting, total = first_of(asked_of(look_backs.waiting, reader), SHOWN)
    lines = tuple(f"{look.hazard.site.name} · {look.hazard.number}" for look in waiting)
    told = (Summary(gettext("To be looked back at"), total, lines),)
    data = {"waiting": waiting, "total": total}
    return Panel("hazards/look_backs_panel.html", data, position=25, summaries=told)


def _worker_reports_of(_day: date, reader: User) -> Iterator[Asked[WorkerReport]]:
    if reader.role in FIELD | ENTERPRISE:
        yield asked_of(_reports_for, reader)


@today_sections.where(_worker_reports_of)
def _worker_reports(_day: date, reader: User) -> Panel:
    """What workers reported and nobody has decided: at a supervisor's own sites, at one's own enterprise."""
    waiting, total = first_of(asked_of(_reports_for, reader), SHOWN)
    lines = tuple(f"{report.site.name} · {write_moment(report.received_at)}" for report in waiting)
    told = (Summary(gettext("Workers' reports to decide"), total, lines),)
    data = {"waiting": waiting, "total": total}
    return Panel("hazards/worker_reports_today.html", data, position=26, summaries=told)


def _reports_for(reader: User) -> sa.Select[WorkerReport]:
    query = worker_reports.waiting(reader)
    if reader.role in FIELD:
        query = query.join(WorkerReport.site).where(Site.supervisor_id == reader.id)
    return query.options(joinedload(WorkerReport.site)).order_by(WorkerReport.id.desc())


def _views_of(reader: User) -> tuple[View, ...]:
    if reader.role in MANAGERS:
        return View.CLOSURE, View.PLAN, View.EXTENSION, View.PROGRESS, View.OVERDUE
    if reader.role in FIELD:
        return View.ISSUE, View.VERIFY, View.EXTENSION, View.TO_PUSH, View.PROGRESS, View.OVERDUE
    if reader.role in ENTERPRISE:  # they have no Today, but a digest
        return View.OVERDUE, View.PLAN_DUE, View.PROGRESS, View.TO_DO
    return ()
