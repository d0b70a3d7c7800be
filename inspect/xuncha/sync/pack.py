"""The pack: which pages a person needs to work on without a network. A phone keeps these pages as they are.

Each entry has a version: a hash of what its page is made of, cheap to tell, so that unchanged pages are not fetched again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..checklists.models import ChecklistVersion, Criterion
from ..checks.models import Check, VisitKind
from ..checks.pulses import Pulse
from ..checks.queries import background, offered_campaigns
from ..core import settings
from ..core.access import Permission, Role, allowed
from ..core.db import db
from ..core.history import HistoryRow
from ..core.i18n import language
from ..enterprises.models import Site
from ..enterprises.queries import visible_to as sites_visible_to
from ..hazards.lifecycle import UNSETTLED
from ..hazards.models import Hazard, HazardEvent
from ..hazards.verification import verification_queue
from ..schedule.lifecycle import window_of
from ..schedule.models import Task
from ..schedule.queries import OPEN, state_filter, today_sections

AHEAD = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """A page to keep: its address, what it is in the reader's words, what kind of page, its version."""

    url: str
    title: str
    kind: str
    version: str


@dataclass(frozen=True)
class Pack:
    """What a phone keeps for one person, in the order in which it is fetched."""

    home: str
    entries: list[Entry]
    thumbs: list[str]


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def pack_for(actor: User, day: date, static_version: str) -> Pack:
    """The pack of a person on a day: own sites, their tasks and open hazards, nothing of anybody else's."""
    sites = _own_sites(actor)
    states = _states_of([site.id for site in sites])
    base = _hash(
        static_version,
        language(),
        day,
        actor.id,
        actor.name,
        actor.role,
        actor.certificate,
        _lists(day),
        settings.newest_row(),
    )
    pulse = _hash(base, _newest(HistoryRow.id), _newest(HazardEvent.id))
    named = {site.id: site for site in sites}
    entries = [
        *_lists_of(actor, day, base, pulse),
        *(_tasks(named, day, base, states) if allowed(actor, Permission.SEE_SCHEDULE) else ()),
        *_hazards(named, day, base),
        *_sites(actor, sites, base, states),
        *_records(named, base, states),
    ]
    home = "checks.start" if actor.role is Role.EXPERT else "schedule.today"
    return Pack(url_for(home), entries, _thumbs(sites, day) + _queue_thumbs(actor))


def _newest(column: sa.orm.InstrumentedAttribute[int]) -> int:
    return db.session.scalar(sa.select(sa.func.max(column))) or 0


def _lists(day: date) -> tuple[object, ...]:
    """What every check page holds: the checklists' versions and the campaigns of the day."""
    return (
        _newest(ChecklistVersion.id),
        _newest(Criterion.id),
        [(campaign.id, campaign.name) for campaign in offered_campaigns(day)],
    )


def _own_sites(actor: User) -> list[Site]:
    """The sites that a person is sent to; those that a manager merely sees are not kept on a phone."""
    if not allowed(actor, Permission.FILE_CHECK):
        return []
    query = sites_visible_to(actor)
    if actor.role is not Role.EXPERT:
        query = query.where(Site.supervisor_id == actor.id)
    return list(db.session.scalars(query.order_by(Site.kind, Site.name)))


def _states_of(numbers: Collection[int]) -> dict[int, tuple[object, ...]]:
    """For each site, numbers that change whenever one of its pages does."""
    states: dict[int, tuple[object, ...]] = dict.fromkeys(numbers, ())
    for query in (
        sa.select(Site.id, Site.version).where(Site.id.in_(numbers)),
        sa.select(Check.site_id, sa.func.max(Check.id))
        .where(Check.site_id.in_(numbers))
        .group_by(Check.site_id),
        sa.select(Task.site_id, sa.func.sum(Task.version), sa.func.count())
        .where(Task.site_id.in_(numbers))
        .group_by(Task.site_id),
        sa.select(Pulse.site_id, sa.func.max(Pulse.id))
        .where(Pulse.site_id.in_(numbers))
        .group_by(Pulse.site_id),
        sa.select(Hazard.site_id, sa.func.sum(Hazard.version), sa.func.count())
        .where(Hazard.site_id.in_(numbers))
        .group_by(Hazard.site_id),
    ):
        for row in db.session.execute(query):
            states[row[0]] = (*states[row[0]], *row[1:], "|")
    return states


def _lists_of(actor: User, day: date, base: str, pulse: str) -> Iterator[Entry]:
    """The pages on which work begins, and those that Today names."""
    if allowed(actor, Permission.SEE_SCHEDULE):
        yield Entry(url_for("schedule.today"), gettext("Today"), "page", pulse)
        for panel in today_sections.of(day, actor):
            for card in panel.data.get("cards", ()):
                address = url_for("hazards.index", **card["criteria"].to_args())
                yield Entry(address, gettext("Hazards"), "page", pulse)
    if allowed(actor, Permission.FILE_CHECK):
        yield Entry(url_for("checks.start"), gettext("Start a check"), "page", pulse)
    yield Entry(url_for("checks.index"), gettext("Checks"), "page", pulse)
    yield Entry(url_for("hazards.index"), gettext("Hazards"), "page", pulse)
    if allowed(actor, Permission.VERIFY_HAZARD):
        yield Entry(url_for("hazards.verification"), gettext("To be verified"), "page", pulse)
    yield Entry(url_for("enterprises.index"), gettext("Enterprises"), "page", pulse)
    if allowed(actor, Permission.FILE_PULSE):
        yield Entry(url_for("checks.pulses"), gettext("Pulses"), "page", pulse)
    if allowed(actor, Permission.SEE_SCHEDULE):
        yield Entry(url_for("schedule.calendar"), gettext("Calendar"), "page", pulse)
    if allowed(actor, Permission.FILE_CHECK) and allowed(actor, Permission.SEE_CHECKLISTS):
        yield Entry(url_for("checklists.criteria"), gettext("Criteria for major hazards"), "page", base)
    yield Entry(url_for("accounts.me"), gettext("Me"), "page", pulse)
    yield Entry(url_for("sync.help"), gettext("On the phone"), "page", pulse)
    yield Entry(url_for("sync.offline"), gettext("No connection"), "page", pulse)


def _tasks(
    sites: dict[int, Site], day: date, base: str, states: dict[int, tuple[object, ...]]
) -> Iterator[Entry]:
    """The open tasks of this half-month and the next, nearest due first: their check page and their own."""
    window = window_of(day)
    following = window_of(window.end + AHEAD)
    query = sa.select(Task).where(
        Task.site_id.in_(sites), Task.window_start <= following.start, state_filter(OPEN, day)
    )
    for task in db.session.scalars(query.order_by(Task.due_on, Task.id)):
        name = sites[task.site_id].name
        version = _hash(base, task.id, states[task.site_id])
        yield Entry(url_for("checks.new", task=task.id), name, "check", version)
        yield Entry(url_for("schedule.task", number=task.id), name, "task", version)


def _hazards(sites: dict[int, Site], day: date, base: str) -> Iterator[Entry]:
    query = (
        sa.select(Hazard)
        .where(Hazard.site_id.in_(sites), Hazard.state.in_(UNSETTLED))
        .order_by(Hazard.due_on, Hazard.id)
    )
    for hazard in db.session.scalars(query.options(joinedload(Hazard.notice))):
        version = _hash(base, hazard.id, hazard.version, hazard.notice_id)
        yield Entry(url_for("hazards.show", number=hazard.id), hazard.number, "hazard", version)


def _kinds(actor: User, site: Site) -> tuple[VisitKind | None, ...]:
    """The kinds of visit whose page differs; none is the page that proposes the usual kind."""
    if site.is_idle or actor.role is Role.EXPERT:
        return (None,)
    return None, VisitKind.HOLIDAY, VisitKind.RECHECK


def _sites(
    actor: User, sites: list[Site], base: str, states: dict[int, tuple[object, ...]]
) -> Iterator[Entry]:
    """For each own site its page, and a check page for visits that no task asks for."""
    for site in sites:
        version = _hash(base, site.id, states[site.id])
        yield Entry(url_for("enterprises.show", number=site.id), site.name, "site", version)
        for kind in _kinds(actor, site):
            address = url_for("checks.new", site=site.id, kind=kind.value if kind else None)
            yield Entry(address, site.name, "check", version)
        if site.is_idle and allowed(actor, Permission.FILE_PULSE, site):
            yield Entry(url_for("checks.pulse", site=site.id), site.name, "check", version)


def _records(sites: dict[int, Site], base: str, states: dict[int, tuple[object, ...]]) -> Iterator[Entry]:
    """The last filed check of each own site."""
    newest = sa.select(sa.func.max(Check.id)).where(Check.site_id.in_(sites)).group_by(Check.site_id)
    for check in db.session.scalars(sa.select(Check).where(Check.id.in_(newest)).order_by(Check.id.desc())):
        version = _hash(base, check.id, states[check.site_id])
        yield Entry(url_for("checks.show", number=check.id), check.number, "record", version)


def _thumbs(sites: list[Site], day: date) -> list[str]:
    """The pictures that check pages show: those of open hazards."""
    hashes = dict.fromkeys(
        one.photo for site in sites for one in background(site, day).open_hazards if one.photo
    )
    return [url_for("photos.show", sha256=sha256, kind="small") for sha256 in hashes]


def _queue_thumbs(actor: User) -> list[str]:
    """The pictures of the queue of rectifications to verify."""
    if not allowed(actor, Permission.VERIFY_HAZARD):
        return []
    cards = verification_queue.cards(verification_queue.waiting_for(actor))
    shown = [use for card in cards for use in (card.before, *card.after[:1]) if use]
    hashes = dict.fromkeys(use.photo.sha256 for use in shown)
    return [url_for("photos.show", sha256=sha256, kind="thumb") for sha256 in hashes]


def as_json(pack: Pack) -> dict[str, object]:
    """The pack as the phone reads it; an address stands once, where it is needed first."""
    once = {entry.url: entry for entry in reversed(pack.entries)}
    ordered = [entry for entry in pack.entries if once.get(entry.url) is entry]
    return {"home": pack.home, "entries": [asdict(entry) for entry in ordered], "thumbs": pack.thumbs}
