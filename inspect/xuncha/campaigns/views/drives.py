"""The list of campaigns, a campaign with what it came to, and the form that sets one up."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...accounts.models import User
from ...checks import queries as checks
from ...checks.models import Check, VisitKind
from ...core import history, paging
from ...core.access import Permission, allowed
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.errors import ActedFirst
from ...core.forms import attempt
from ...core.labels import N_
from ...core.panels import Panel
from ...core.parsing import read_number
from ...core.web import done, needs
from ...hazards.lifecycle import State
from ...hazards.lists.filters import Order
from ...hazards.lists.list_orders import order
from ...hazards.lists.list_queries import with_sites
from ...hazards.models import Hazard
from ...schedule.calendar_views import unknown_years
from .. import actions, holiday_patrols, queries
from ..forms import CampaignForm
from ..models import Campaign, CampaignKind
from .base import actor, pages, the_campaign

# The list behind the number of visits: every kind but the visits only to re-inspect, which count apart.
VISITS = ",".join(kind.value for kind in VisitKind if kind is not VisitKind.RECHECK)


@pages.get("")
@needs(Permission.SEE_CAMPAIGNS)
def index() -> str:
    """All campaigns, the latest first, with what each came to."""
    kind = request.args.get("kind", "")
    query = queries.visible_to(current_user)
    if kind in set(CampaignKind):
        query = query.where(Campaign.kind == CampaignKind(kind))
    page = paging.page(query, (Campaign.starts_on.desc(), Campaign.id.desc()), request.args)
    manages = allowed(current_user, Permission.MANAGE_CAMPAIGNS)
    return render_template(
        "campaigns/index.html",
        page=page,
        campaigns=page.rows,
        figures=queries.figures(current_user, [campaign.id for campaign in page.rows]),
        kinds=CampaignKind,
        kind=kind,
        today=today(),
        proposals=holiday_patrols.proposals(today()) if manages else [],
        years=unknown_years(today()) if manages else [],
    )


@pages.post("/proposals/<int:year>/<decision>")
@needs(Permission.MANAGE_CAMPAIGNS)
def decide_proposal(year: int, decision: str) -> Response:
    """Make a patrol that the calendar proposes a campaign (`take`), or put it aside."""
    wanted = (request.form.get("holiday", ""), request.form.get("phase", ""))
    offered = [
        one
        for one in holiday_patrols.proposals(today())
        if (one.holiday_on.isoformat(), one.phase.value) == wanted and one.holiday_on.year == year
    ]
    if not offered or decision not in ("take", "leave"):
        raise ActedFirst(N_("This patrol is decided already."))
    made = holiday_patrols.decide(offered[0], accept=decision == "take", actor=actor(), now=utcnow())
    if made is None:
        return done(gettext("It is not proposed again."), "campaigns.index")
    return done(gettext("The campaign is set up."), "campaigns.show", number=made.id)


@pages.get("/<int:number>")
@needs(Permission.SEE_CAMPAIGNS)
def show(number: int) -> str:
    """A campaign: its period, basis and goal, its checks, and what it came to."""
    campaign = the_campaign(number, Permission.SEE_CAMPAIGNS)
    visits = checks.Criteria(campaign=campaign.id, kinds=VISITS, visits="1")
    case_criteria = queries.CaseCriteria(campaign=campaign.id)
    return render_template(
        "campaigns/show.html",
        campaign=campaign,
        figures=queries.figures(current_user, [campaign.id])[campaign.id],
        cases=queries.case_totals(queries.cases(current_user, case_criteria)),
        case_criteria=case_criteria,
        latest=db.session.scalars(checks.filtered(current_user, visits).limit(20)).all(),
        visits=visits,
        engagements=_by_expert(campaign) if campaign.kind is CampaignKind.EXPERT else [],
        today=today(),
        rows=history.of(campaign),
    )


def _by_expert(campaign: Campaign) -> list[dict[str, Any]]:
    """One line for an expert and the same days: the enterprises together."""
    lines: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in queries.engaged_during(campaign):
        key = (row.expert_id, row.from_on, row.until_on, row.body)
        line = lines.setdefault(key, {"row": row, "sites": []})
        line["sites"].append(row.site)
    return list(lines.values())


@pages.get("/<int:number>/hazards")
@needs(Permission.SEE_CAMPAIGNS)
def hazards(number: int) -> str:
    """The hazards that the checks of a campaign found; `state=open` or `closed` narrows."""
    campaign = the_campaign(number, Permission.SEE_CAMPAIGNS)
    query = queries.hazards_of(current_user, campaign)
    state = request.args.get("state", "")
    if state in ("open", "closed"):
        query = query.where((Hazard.state == State.CLOSED) == (state == "closed"))
    page = paging.page(with_sites(query), order(Order.FOUND), request.args)
    return render_template(
        "campaigns/hazards.html",
        campaign=campaign,
        page=page,
        hazards=page.rows,
        state=state,
        today=today(),
    )


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_CAMPAIGNS)
def new() -> str | Response | tuple[str, int]:
    """Set up a campaign."""
    form = CampaignForm()
    if form.validate_on_submit():
        made = attempt(form, lambda: actions.create(**form.facts(), actor=actor(), now=utcnow()))
        if made:
            return done(gettext("The campaign is set up."), "campaigns.show", number=made.id)
    return _form_page(form, None)


@pages.route("/<int:number>/edit", methods=["GET", "POST"])
@needs(Permission.MANAGE_CAMPAIGNS)
def edit(number: int) -> str | Response | tuple[str, int]:
    """Change a campaign."""
    campaign = the_campaign(number, Permission.MANAGE_CAMPAIGNS)
    form = CampaignForm(obj=campaign)
    if form.validate_on_submit():
        version = read_number(form.version.data) or 0
        changed = attempt(
            form,
            lambda: actions.change(campaign, **form.facts(), version=version, actor=actor(), now=utcnow()),
        )
        if changed:
            return done(gettext("The changes are saved."), "campaigns.show", number=number)
    return _form_page(form, the_campaign(number, Permission.MANAGE_CAMPAIGNS))


def _form_page(form: CampaignForm, campaign: Campaign | None) -> str | tuple[str, int]:
    page = render_template("campaigns/edit.html", form=form, campaign=campaign)
    return (page, 422) if form.is_submitted() else page


@checks.check_panels.add
def _check_panel(check: Check, reader: User) -> Panel | None:
    """On a check's page: the campaigns it counts for."""
    campaigns = queries.campaigns_of(check) if allowed(reader, Permission.SEE_CAMPAIGNS) else []
    return Panel("campaigns/check_panel.html", {"campaigns": campaigns}, 60) if campaigns else None
