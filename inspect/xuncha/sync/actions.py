"""Reports of phones: record one with the burden of its visits, mark it as settled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import db, insert_new
from .models import DEVICE_LENGTH, DeviceReport, VisitBurden

MOST = 1_000_000
MOST_VISITS = 100  # in one report


class Visit(BaseModel):
    """What a visit cost: minutes that its page was seen, taps, and whether it was left without being filed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    uuid: UUID
    minutes: int = Field(ge=0, le=MOST)
    taps: int = Field(ge=0, le=MOST)
    left: bool


class Report(BaseModel):
    """What a phone says: how many checks wait, since when by its own clock, how many drafts, how many were lost, MB free."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    device: Annotated[str, StringConstraints(pattern=rf"^[0-9A-Za-z-]{{8,{DEVICE_LENGTH}}}$")]
    unsent: int = Field(ge=0, le=MOST)
    oldest: AwareDatetime | None = None
    drafts: int = Field(default=0, ge=0, le=MOST)
    lost: int = Field(default=0, ge=0, le=MOST)
    storage_free: int | None = Field(default=None, ge=0)
    visits: list[Visit] = Field(default=[], max_length=MOST_VISITS)


def report_device(report: Report, *, actor: User, now: datetime, clock_offset_s: int = 0) -> DeviceReport:
    """Keep the newest report of a phone. `clock_offset_s`, its clock less the server's, mends the moment it tells."""
    query = sa.select(DeviceReport).where(
        DeviceReport.user_id == actor.id, DeviceReport.device == report.device
    )
    row = db.session.scalar(query) or DeviceReport(user_id=actor.id, device=report.device)
    row.at = now
    row.unsent = report.unsent
    row.oldest_at = None
    if report.unsent and report.oldest is not None:
        row.oldest_at = min(report.oldest - timedelta(seconds=clock_offset_s), now)
    row.drafts = report.drafts
    row.lost = max(row.lost or 0, report.lost)
    row.free_mb = None if report.storage_free is None else min(report.storage_free, MOST)
    db.session.add(row)
    db.session.flush()
    _count_visits(report.visits, now)
    return row


def _count_visits(visits: list[Visit], now: datetime) -> None:
    """Keep what visits cost, apart from who reported it; told again, they stay as they were told first."""
    if visits:
        day = local_day(now)
        rows = [
            {
                "uuid": str(one.uuid),
                "abandoned": one.left,
                "minutes": one.minutes,
                "taps": one.taps,
                "counted_on": day,
            }
            for one in visits
        ]
        db.session.execute(insert_new(VisitBurden), rows)


def settle_phone(report: DeviceReport, *, actor: User, now: datetime) -> None:
    """Forget what a phone reported: it is lost or broken, or its checks came in another way."""
    demand(actor, Permission.SETTLE_PHONE, report)
    before = {
        "unsent": report.unsent,
        "lost": report.lost,
        "name": report.user.name,
        "at": report.at.isoformat(),
    }
    history.record(report, "settle", actor=actor, now=now, before=before)
    db.session.delete(report)
    db.session.flush()
