"""The conditions of a running site. `/readyz`, `flask doctor` and `flask alarms` all ask these and no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from ..core import health, last_backup, replica
from ..core.bucket import StoreAway
from ..core.clock import local_day
from ..core.db import db
from ..core.labels import N_
from ..core.schema_version import revisions
from ..hazards.models import HazardEvent
from ..jobs import queries
from ..photos.object_store import ObjectPhotoStore
from ..photos.queries import store as photo_store
from ..reminders.deliveries import is_quiet
from ..schedule import workdays
from ..sync.queries import OLD
from . import certificate, kept_moment, measures

MOST_LOG = 64 * 1024 * 1024
QUEUE_AGE = timedelta(hours=6)
JOB_AGE = timedelta(minutes=15)
CLOCK_DIFFERS = timedelta(seconds=60)
BACKUP_AGE = timedelta(hours=26)
# The State Council announces the next year's holidays in November.
ANNOUNCED = 12


@dataclass(frozen=True)
class Condition:
    """How one thing stands; `fault` is None when all is well, True when it must be mended, False for a warning."""

    message: str
    params: dict[str, Any]
    fault: bool | None = None

    @property
    def told(self) -> str:
        """The sentence in English, for the command line and monitors."""
        return self.message % self.params if self.params else self.message


def _found(fault: bool | None, message: str, **params: Any) -> Condition:
    return Condition(message, params, fault)


def database(_now: datetime) -> Condition:
    """Whether the database answers."""
    if health.database_answers():
        return _found(None, N_("The database answers."))
    return _found(True, N_("The database does not answer."))


def schema(_now: datetime) -> Condition:
    """Whether the tables are those of this release."""
    now, newest = revisions()
    fault = None if now == newest else True
    return _found(
        fault,
        N_("The tables are of revision %(now)s, this program's are of %(newest)s."),
        now=now or "-",
        newest=newest or "-",
    )


def photos(_now: datetime) -> Condition:
    """Whether the photo store takes what is written."""
    if health.storage_takes():
        return _found(None, N_("The folder of the photos takes what is written."))
    return _found(True, N_("The folder of the photos takes nothing: its disk is full, gone or read-only."))


def store(now: datetime) -> Condition:
    """Whether the object store takes photos, and how its clock stands to this node's."""
    kept = photo_store()
    if not isinstance(kept, ObjectPhotoStore):
        return _found(None, N_("Photos are in this machine's folder; no object store is named."))
    try:
        theirs = kept.now()
    except StoreAway as problem:
        current_app.logger.error("condition store: %s", problem)
        return _found(True, N_("The object store of the photos does not answer, or takes nothing."))
    seconds = round(abs((theirs - now).total_seconds()))
    fault = True if seconds > CLOCK_DIFFERS.total_seconds() else None
    return _found(
        fault,
        N_("The object store takes photos; its clock differs by %(seconds)s seconds from this machine's."),
        seconds=seconds,
    )


def copy(_now: datetime) -> Condition:
    """Whether the copy for figures is read."""
    found = replica.replica()
    if found is None:
        return _found(None, N_("Figures are read from the one database; no copy is named."))
    behind = found.behind_s()
    if behind is None:
        return _found(False, N_("The copy for figures does not answer; the database itself is read."))
    if behind > found.most_s:
        return _found(False, N_("The copy for figures is too far behind; the database itself is read."))
    return _found(None, N_("The copy for figures is %(seconds)s seconds behind."), seconds=round(behind))


def disk(_now: datetime) -> Condition:
    """How much of the disk is free."""
    free, share = measures.disk_free()
    fault = None
    if share < current_app.config["FREE_WARN"]:
        fault = share < current_app.config["FREE_LEAST"]
    return _found(
        fault,
        N_("%(share)s%% of the disk is free, %(gigabytes)s GB."),
        share=f"{share * 100:.0f}",
        gigabytes=f"{free / 1e9:.1f}",
    )


def wal(_now: datetime) -> Condition:
    """Whether SQLite's log is copied into the database, as it is unless a reader never ends."""
    size = measures.log_bytes() or 0
    fault = False if size > MOST_LOG else None
    return _found(fault, N_("The database's log holds %(megabytes)s MB."), megabytes=size // 1_000_000)


def queue(now: datetime) -> Condition:
    """Whether digests leave."""
    count, failing = measures.waiting_digests(now - QUEUE_AGE), measures.failing_channels(now - QUEUE_AGE)
    return _found(
        False if failing or (count and not is_quiet(now)) else None,
        N_(
            "Digests that have waited for more than six hours: %(count)s. Channels that have failed for as long: %(failing)s."
        ),
        count=count,
        failing=failing,
    )


def jobs(now: datetime) -> Condition:
    """Whether the queue of jobs is worked off, and nothing was given up."""
    found = queries.standing(now)
    return _found(
        False if found.dead or found.oldest > JOB_AGE else None,
        N_("Jobs: %(waiting)s wait, the first for %(minutes)s minutes; %(dead)s were given up."),
        waiting=found.waiting,
        minutes=int(found.oldest.total_seconds() // 60),
        dead=found.dead,
    )


def phones(now: datetime) -> Condition:
    """Whether filings wait on phones for long."""
    count = measures.phones_waiting(now - OLD)
    return _found(
        False if count else None,
        N_("Phones on which work has waited for more than two days: %(count)s."),
        count=count,
    )


def clock(now: datetime) -> Condition:
    """Whether the clock has gone backwards, or differs from the database's."""
    last = [db.session.scalar(sa.select(sa.func.max(HazardEvent.at))), kept_moment.read()]
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        theirs = connection.exec_driver_sql("select clock_timestamp()").scalar_one().astimezone(UTC)
        last += [theirs, now - (theirs - now)]
    latest = max((moment for moment in last if moment), default=now)
    seconds = max(0, round((latest - now).total_seconds()))
    fault = True if seconds > CLOCK_DIFFERS.total_seconds() else None
    return _found(
        fault, N_("The clock differs by %(seconds)s seconds from what was seen before."), seconds=seconds
    )


def holds(now: datetime) -> Condition:
    """Until when the certificate of the public address holds."""
    address = current_app.config["PUBLIC_URL"]
    if not address.startswith("https://"):
        return _found(None, N_("There is no certificate to look at: no public address with HTTPS is set."))
    until = certificate.holds_until(address)
    if until is None:
        return _found(False, N_("%(address)s does not answer with a certificate."), address=address)
    if until <= now:
        ended = (now - until).days
        return _found(
            True, N_("The certificate of %(address)s ended %(days)s days ago."), address=address, days=ended
        )
    days = (until - now).days
    fault = None if days >= certificate.RENEW_DAYS else False
    return _found(
        fault, N_("The certificate of %(address)s holds for %(days)s days."), address=address, days=days
    )


def calendar(now: datetime) -> Condition:
    """Whether the workdays of this year are known, and in December those of the next."""
    day = local_day(now)
    years = [day.year, *([day.year + 1] if day.month >= ANNOUNCED else [])]
    missing = ", ".join(str(year) for year in years if not workdays.year_known(year))
    if missing:
        return _found(
            False, N_("The workdays of %(years)s are not entered; plain weeks are used."), years=missing
        )
    return _found(None, N_("The calendar of workdays is complete."))


def backup(now: datetime) -> Condition:
    """How old the last backup is, if that is known."""
    last = last_backup.moment()
    if last is None:
        return _found(None, N_("When the last backup ended is not known."))
    hours = int((now - last).total_seconds() // 3600)
    fault = False if now - last > BACKUP_AGE else None
    return _found(fault, N_("The last backup ended %(hours)s hours ago."), hours=hours)


ALL: dict[str, Callable[[datetime], Condition]] = {
    "database": database,
    "schema": schema,
    "photos": photos,
    "store": store,
    "copy": copy,
    "disk": disk,
    "wal": wal,
    "queue": queue,
    "jobs": jobs,
    "phones": phones,
    "clock": clock,
    "certificate": holds,
    "calendar": calendar,
    "backup": backup,
}
# Without these a server takes no requests.
READY = ("database", "schema", "photos", "disk")


def look_at(name: str, now: datetime) -> Condition:
    """How one thing stands now; what cannot be looked at is a fault."""
    try:
        return ALL[name](now)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        db.session.rollback()
        current_app.logger.error("condition %s: %s", name, error)
        return _found(True, N_("This could not be looked at; the server's log says why."))
