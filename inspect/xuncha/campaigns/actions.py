"""What is done to campaigns and illegal cases; checks that are filed for campaigns are linked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ..accounts.models import User
from ..checks.actions import when_filed
from ..checks.filing import Filing
from ..checks.models import Check
from ..checks.queries import visible_to as checks_visible_to
from ..checks.snapshot import FiledItem
from ..core import history
from ..core.access import Permission, allowed, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import ActedFirst, NotAllowed, Refused
from ..core.labels import N_
from ..enterprises import assignments
from ..enterprises.models import Engagement, Site
from ..enterprises.queries import ids_visible_to
from ..photos.queries import by_hashes
from . import case_papers, queries
from .case_papers import CasePaper, CasePaperKind
from .models import (
    FITTING,
    Campaign,
    CampaignCheck,
    CampaignKind,
    CaseKind,
    CaseOutcome,
    CasePhoto,
    IllegalCase,
)

OWN = ("name", "name_en", "kind", "starts_on", "ends_on", "basis", "goal")
LARGEST_M2 = 10_000_000
MOST_PHOTOS = 60


def _demand_version(thing: Any, version: int) -> None:
    if thing.version != version:
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))


def create(
    *,
    name: str,
    kind: CampaignKind,
    starts_on: date,
    ends_on: date,
    basis: str = "",
    goal: str = "",
    name_en: str = "",
    actor: User,
    now: datetime,
) -> Campaign:
    """Set up a campaign; both days of its period are inclusive."""
    demand(actor, Permission.MANAGE_CAMPAIGNS)
    campaign = Campaign(created_at=now, created_by_id=actor.id)
    _write(campaign, name=name, name_en=name_en, kind=kind, starts_on=starts_on, ends_on=ends_on)
    _write(campaign, basis=basis, goal=goal)
    _demand_sound(campaign)
    db.session.add(campaign)
    history.record(campaign, "create", actor=actor, now=now, after=_values(campaign))
    return campaign


def change(campaign: Campaign, *, version: int, actor: User, now: datetime, **facts: Any) -> Campaign:
    """Change a campaign's facts. Raises ActedFirst when `version` is no longer the present one."""
    demand(actor, Permission.MANAGE_CAMPAIGNS)
    _demand_version(campaign, version)
    before = _values(campaign)
    with db.session.no_autoflush:
        _write(campaign, **{name: facts[name] for name in OWN if name in facts})
        _demand_sound(campaign)
    after = _values(campaign)
    changed = [name for name in OWN if before[name] != after[name]]
    if changed:
        old, new = ({name: told[name] for name in changed} for told in (before, after))
        history.record(campaign, "change", actor=actor, now=now, before=old, after=new)
    return campaign


def _write(thing: Any, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(thing, name, value.strip() if type(value) is str else value)


def _demand_sound(campaign: Campaign) -> None:
    if not campaign.name:
        raise Refused(N_("Fill this in."), field="name")
    if campaign.ends_on < campaign.starts_on:
        raise Refused(N_("The last day lies before the first."), field="ends_on")


def _values(campaign: Campaign) -> dict[str, Any]:
    return {name: str(getattr(campaign, name)) for name in OWN}


def link_check(check: Check, campaign_ids: Iterable[int], *, actor: User, now: datetime) -> list[Campaign]:
    """Let a check count for campaigns whose period covers the visit.

    Others are left out and named in the check's flags: a phone that returns late must not lose its check over this.
    """
    wanted = set(campaign_ids)
    found = db.session.scalars(sa.select(Campaign).where(Campaign.id.in_(wanted))).all() if wanted else ()
    fitting = [campaign for campaign in found if campaign.covers(check.visited_on)]
    linked = set(
        db.session.scalars(sa.select(CampaignCheck.campaign_id).where(CampaignCheck.check_id == check.id))
    )
    for campaign in fitting:
        if campaign.id not in linked:
            db.session.add(CampaignCheck(campaign_id=campaign.id, check_id=check.id))
    left_out = sorted(wanted - {campaign.id for campaign in fitting})
    if left_out:
        check.flags = [*check.flags, *(f"campaign_left_out:{number}" for number in left_out)]
    if fitting:
        numbers = sorted(campaign.id for campaign in fitting)
        history.record(check, "link_campaigns", actor=actor, now=now, after={"campaigns": numbers})
    return fitting


@when_filed
def link_filed(
    check: Check, filing: Filing, _items: Mapping[int, FiledItem], *, actor: User, now: datetime
) -> None:
    """Link a filed check; a correction that names no campaign stays with those of the version it replaces."""
    ids = list(filing.campaign_ids)
    if not ids and check.replaces_id is not None:
        links = sa.select(CampaignCheck.campaign_id).where(CampaignCheck.check_id == check.replaces_id)
        ids = list(db.session.scalars(links))
    if ids:
        link_check(check, ids, actor=actor, now=now)


def engage(
    campaign: Campaign,
    expert: User,
    sites: Sequence[Site],
    from_on: date,
    until_on: date,
    body: str = "",
    *,
    actor: User,
    now: datetime,
) -> list[Engagement]:
    """Engage an expert for sites under an expert campaign, from a day to a day, both inclusive and in its period."""
    demand(actor, Permission.MANAGE_CAMPAIGNS)
    if campaign.kind is not CampaignKind.EXPERT:
        raise Refused(N_("Experts are engaged under an expert hazard screening."))
    if not sites:
        raise Refused(N_("Choose at least one enterprise."), field="site_ids")
    for field, day in (("from_on", from_on), ("until_on", until_on)):
        if not campaign.covers(day):
            raise Refused(N_("This day lies outside the campaign's period."), field=field)
    made = []
    for site in sites:
        try:
            made.append(assignments.engage(expert, site, from_on, until_on, body, actor=actor, now=now))
        except Refused as problem:
            if problem.field != "from_on":
                raise
            raise Refused(
                N_("%(name)s is engaged at %(site)s in these days already. Leave it out or change the days."),
                field="site_ids",
                name=expert.name,
                site=site.name,
            ) from None
    names = [site.name for site in sites]
    after = {"expert": expert.name, "from_on": str(from_on), "until_on": str(until_on), "sites": names}
    history.record(campaign, "engage", actor=actor, now=now, after=after)
    return made


def record_case(
    *,
    kind: CaseKind,
    place: str,
    description: str,
    found_on: date,
    site_id: int | None = None,
    check_id: int | None = None,
    campaign_id: int | None = None,
    photos: Sequence[str] = (),
    actor: User,
    now: datetime,
) -> IllegalCase:
    """Record an illegal installation or act with its evidence, photos named by their hashes."""
    demand(actor, Permission.RECORD_CASE)
    for name, value in (("place", place), ("description", description)):
        if not value.strip():
            raise Refused(N_("Fill this in."), field=name)
    if found_on > local_day(now):
        raise Refused(N_("This date lies in the future."), field="found_on")
    _demand_links(site_id, check_id, campaign_id, actor)
    case = IllegalCase(
        kind=kind,
        place=place.strip(),
        description=description.strip(),
        found_on=found_on,
        site_id=site_id,
        check_id=check_id,
        campaign_id=campaign_id,
        recorded_by_id=actor.id,
        recorded_at=now,
        outcome=CaseOutcome.PENDING,
    )
    db.session.add(case)
    _add_photos(case, photos, actor, after=False)
    history.record(case, "record", actor=actor, now=now, after={"kind": kind.value, "place": case.place})
    return case


def _demand_links(site_id: int | None, check_id: int | None, campaign_id: int | None, actor: User) -> None:
    for number, query, column, field in (
        (site_id, ids_visible_to(actor), Site.id, "site_id"),
        (check_id, checks_visible_to(actor), Check.id, "check_id"),
        (campaign_id, queries.visible_to(actor), Campaign.id, "campaign_id"),
    ):
        if number and db.session.scalar(query.where(column == number).limit(1)) is None:
            raise Refused(N_("This is not in your list. Choose another."), field=field)


def settle_case(
    case: IllegalCase,
    outcome: CaseOutcome,
    outcome_on: date,
    *,
    version: int,
    note: str = "",
    department: str = "",
    reply_by: date | None = None,
    area_m2: float | None = None,
    photos: Sequence[str] = (),
    actor: User,
    now: datetime,
) -> IllegalCase:
    """Write what became of a case: removed, stopped, banned, or referred (then settled again with its result).

    Referring issues the letter to the department.

    `area_m2` is the area removed. Raises ActedFirst when it was settled meanwhile.
    """
    _demand_mine(case, actor)
    _demand_version(case, version)
    if not case.is_open:
        raise ActedFirst(N_("This case is settled already."))
    if outcome not in FITTING[case.kind]:
        raise Refused(
            N_("This outcome does not fit: installations are removed, acts are stopped."), field="outcome"
        )
    if not case.found_on <= outcome_on <= local_day(now):
        raise Refused(N_("This date lies before the case was found, or in the future."), field="outcome_on")
    if outcome is CaseOutcome.REFERRED and not department.strip():
        raise Refused(N_("Say to which department it is referred."), field="department")
    if reply_by is not None and reply_by < local_day(now):
        raise Refused(N_("This date must not be in the past."), field="reply_by")
    if area_m2 is not None and not 0 <= area_m2 <= LARGEST_M2:
        raise Refused(N_("An area is 0 to %(most)s m²."), field="area_m2", most=LARGEST_M2)
    before = {"outcome": case.outcome.value}
    case.outcome, case.outcome_on, case.outcome_note = outcome, outcome_on, note.strip()
    case.department = department.strip() or case.department
    case.reply_by = reply_by if outcome is CaseOutcome.REFERRED else None
    case.area_m2 = area_m2 if case.kind is CaseKind.INSTALLATION else None
    _add_photos(case, photos, actor, after=True)
    after = {"outcome": outcome.value, "outcome_on": str(outcome_on), "department": case.department}
    history.record(case, "settle", actor=actor, now=now, note=case.outcome_note, before=before, after=after)
    if outcome is CaseOutcome.REFERRED:
        case_papers.issue(case, CasePaperKind.REFERRAL, actor=actor, now=now)
    return case


def issue_record(case: IllegalCase, *, actor: User, now: datetime) -> CasePaper:
    """Issue the record of a case as it stands now; issued again later it gets a number of its own."""
    _demand_mine(case, actor)
    paper = case_papers.issue(case, CasePaperKind.RECORD, actor=actor, now=now)
    history.record(case, "paper", actor=actor, now=now, note=paper.number)
    return paper


def reopen_case(case: IllegalCase, reason: str, *, actor: User, now: datetime) -> IllegalCase:
    """Take a wrong outcome back; the office's act, with the reason."""
    demand(actor, Permission.MANAGE_CAMPAIGNS)
    if case.outcome is CaseOutcome.PENDING:
        raise ActedFirst(N_("This case is open already."))
    if not reason.strip():
        raise Refused(N_("Say why the outcome is taken back."), field="reason")
    before = {"outcome": case.outcome.value, "outcome_on": str(case.outcome_on), "area_m2": case.area_m2}
    case.outcome, case.outcome_on, case.outcome_note, case.area_m2 = CaseOutcome.PENDING, None, "", None
    history.record(case, "reopen", actor=actor, now=now, note=reason.strip(), before=before)
    return case


def _demand_mine(case: IllegalCase, actor: User) -> None:
    demand(actor, Permission.RECORD_CASE, case)
    seen = queries.cases_visible_to(actor).where(IllegalCase.id == case.id).with_only_columns(IllegalCase.id)
    if db.session.scalar(seen) is None:
        raise NotAllowed(N_("You may not do this. Ask the safety office if you think you should."))


def _add_photos(case: IllegalCase, hashes: Sequence[str], actor: User, *, after: bool) -> None:
    wanted = list(dict.fromkeys(hashes))
    if len(wanted) > MOST_PHOTOS:
        raise Refused(N_("At most %(most)s photos."), field="photos", most=MOST_PHOTOS)
    found = by_hashes(wanted)
    for position, sha256 in enumerate(wanted):
        photo = found.get(sha256)
        if photo is None or not allowed(actor, Permission.SEE_PHOTO, photo):
            raise Refused(N_("A photo has not arrived. Choose it again."), field="photos")
        columns = {"taken_at": photo.taken_at, "latitude": photo.latitude, "longitude": photo.longitude}
        case.photos.append(CasePhoto(photo=photo, after=after, position=position, **columns))
