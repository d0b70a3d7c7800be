"""Holiday patrols proposed from the calendar (domain 6): before, during and after each holiday; each is decided once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Mapped, mapped_column

from ..accounts.models import User
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import Base, Pk, db
from ..core.errors import ActedFirst
from ..core.i18n import use_language
from ..core.labels import N_, Labelled
from ..schedule.models import CalendarDay, DayKind
from . import actions
from .models import Campaign, CampaignKind

AHEAD = timedelta(days=45)
DAY = timedelta(days=1)
BEFORE, AFTER = timedelta(days=10), timedelta(days=7)


class Phase(Labelled):
    """Which part of a holiday a patrol belongs to."""

    BEFORE = "before", N_("Before the holiday")
    DURING = "during", N_("During the holiday")
    AFTER = "after", N_("After the holiday: work starts again")


NAMES = {
    Phase.BEFORE: N_("%(holiday)s %(year)s: patrol before the holiday"),
    Phase.DURING: N_("%(holiday)s %(year)s: patrol during the holiday"),
    Phase.AFTER: N_("%(holiday)s %(year)s: patrol when work starts again"),
}
BASIS = N_("Calendar of holidays and workdays; checklist HOL")
GOALS = {
    Phase.BEFORE: N_("Check all key enterprises before the holiday."),
    Phase.DURING: N_("Check at random, and test the duty phones."),
    Phase.AFTER: N_("Check how work starts again in the first seven days."),
}


class ProposedPatrol(Base):
    """What was decided on a proposed patrol: the campaign that it became, or none where it was put aside."""

    __tablename__ = "proposed_patrols"
    __table_args__ = (sa.UniqueConstraint("holiday_on", "phase"),)

    id: Mapped[Pk]
    holiday_on: Mapped[date]
    phase: Mapped[Phase]
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaigns.id"))
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))


@dataclass(frozen=True)
class Proposal:
    """A patrol that the calendar proposes: both days inclusive; `holiday_on` is the first day off."""

    holiday_on: date
    phase: Phase
    name: str
    name_en: str
    starts_on: date
    ends_on: date


def proposals(day: date) -> list[Proposal]:
    """The patrols of the holidays that begin within the next weeks or have just ended, not over and not yet decided."""
    query = sa.select(CalendarDay).where(
        CalendarDay.kind == DayKind.OFF, CalendarDay.day.between(day - AHEAD, day + AHEAD + AHEAD)
    )
    off = list(db.session.scalars(query.order_by(CalendarDay.day)))
    decided = {(row.holiday_on, row.phase) for row in db.session.scalars(sa.select(ProposedPatrol))}
    found = [
        one
        for first, last in _holidays(off)
        for one in _patrols(first, last)
        if day <= one.ends_on and first.day <= day + AHEAD and (one.holiday_on, one.phase) not in decided
    ]
    return sorted(found, key=lambda one: one.starts_on)


def _holidays(off: list[CalendarDay]) -> Iterator[tuple[CalendarDay, CalendarDay]]:
    """The first and the last row of each run of days off."""
    start = 0
    for at, row in enumerate(off):
        ends = at + 1 == len(off) or off[at + 1].day != row.day + DAY
        if ends:
            yield off[start], row
            start = at + 1


def _patrols(first: CalendarDay, last: CalendarDay) -> Iterator[Proposal]:
    days = {
        Phase.BEFORE: (first.day - BEFORE, first.day - DAY),
        Phase.DURING: (first.day, last.day),
        Phase.AFTER: (last.day + DAY, last.day + AFTER),
    }
    for phase, (starts_on, ends_on) in days.items():
        names = []
        for lang, holiday in (("zh", first.name_zh), ("en", first.name_en or first.name_zh)):
            with use_language(lang):
                names.append(gettext(NAMES[phase], year=first.day.year, holiday=holiday))
        yield Proposal(first.day, phase, names[0], names[1], starts_on, ends_on)


def decide(proposal: Proposal, *, accept: bool, actor: User, now: datetime) -> Campaign | None:
    """Make a proposed patrol a campaign, or put it aside; either way it is never proposed again."""
    demand(actor, Permission.MANAGE_CAMPAIGNS)
    if proposal not in proposals(local_day(now)):
        raise ActedFirst(N_("This patrol is decided already."))
    campaign = None
    if accept:
        campaign = actions.create(
            name=proposal.name,
            name_en=proposal.name_en,
            kind=CampaignKind.HOLIDAY,
            starts_on=proposal.starts_on,
            ends_on=proposal.ends_on,
            basis=gettext(BASIS),
            goal=gettext(GOALS[proposal.phase]),
            actor=actor,
            now=now,
        )
        db.session.flush()
    db.session.add(
        ProposedPatrol(
            holiday_on=proposal.holiday_on,
            phase=proposal.phase,
            campaign_id=campaign.id if campaign else None,
            decided_at=now,
            decided_by_id=actor.id,
        )
    )
    return campaign
