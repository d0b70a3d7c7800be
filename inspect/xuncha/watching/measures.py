"""What is measured of a site for its monitor: sizes, free room, what waits. Each is asked anew; nothing is kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from ..checks.models import Check
from ..core import last_backup
from ..core.db import db
from ..core.paths import data_folder
from ..jobs import queries as jobs
from ..photos.models import Photo
from ..reminders.models import Channel, Delivery, DeliveryState
from ..sync.models import DeviceReport


class Measure(NamedTuple):
    """One figure under its name in Prometheus; `total` only grows."""

    name: str
    meaning: str
    value: float
    total: bool = False


def disk_free() -> tuple[int, float]:
    """Free bytes of the disk with the data, and their share of it."""
    usage = shutil.disk_usage(data_folder())
    return usage.free, usage.free / usage.total


def database_bytes() -> int:
    """How large the database is."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        return int(connection.exec_driver_sql("select pg_database_size(current_database())").scalar_one())
    pages = connection.exec_driver_sql("pragma page_count").scalar_one()
    return int(pages) * int(connection.exec_driver_sql("pragma page_size").scalar_one())


def log_bytes() -> int | None:
    """How large SQLite's write-ahead log is; None where another database keeps its own."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    try:
        return Path(f"{url.database}-wal").stat().st_size
    except FileNotFoundError:
        return 0


def waiting_digests(made_before: datetime) -> int:
    """How many digests were prepared by then and are not sent."""
    query = sa.select(sa.func.count()).select_from(Delivery)
    waits = query.where(Delivery.state == DeliveryState.PENDING, Delivery.made_at <= made_before)
    return db.session.scalar(waits) or 0


def failing_channels(since: datetime) -> int:
    """How many channels have taken nothing since then: each morning's digest is a new one and has not waited yet."""
    query = sa.select(sa.func.count()).select_from(Channel)
    return db.session.scalar(query.where(Channel.removed_at.is_(None), Channel.failing_since <= since)) or 0


def phones_waiting(since_before: datetime) -> int:
    """On how many phones something has waited since then, as far as they last said."""
    query = sa.select(sa.func.count()).select_from(DeviceReport)
    waits = query.where(DeviceReport.unsent > 0, DeviceReport.oldest_at <= since_before)
    return db.session.scalar(waits) or 0


def of_the_site(now: datetime) -> Iterator[Measure]:
    """Every figure of the site but those of its requests."""
    checks = db.session.scalar(sa.select(sa.func.count()).select_from(Check)) or 0
    photos, size = db.session.execute(sa.select(sa.func.count(), sa.func.sum(Photo.size))).one()
    later = now + timedelta(days=365)  # phones whose clock runs ahead wait too
    yield Measure("xuncha_checks", "Checks filed.", checks, total=True)
    yield Measure("xuncha_photos", "Photos taken in.", photos, total=True)
    yield Measure("xuncha_photos_bytes", "Bytes of all original photos.", size or 0)
    yield Measure("xuncha_digests_waiting", "Digests prepared and not sent.", waiting_digests(now))
    queue = jobs.standing(now)
    yield Measure("xuncha_jobs_waiting", "Jobs that wait for a worker.", queue.waiting)
    yield Measure("xuncha_jobs_running", "Jobs that run.", queue.running)
    yield Measure("xuncha_jobs_dead", "Jobs that were given up.", queue.dead)
    age = queue.oldest.total_seconds()
    yield Measure(
        "xuncha_jobs_oldest_seconds", "Seconds for which the first job that is due has waited.", age
    )
    yield Measure("xuncha_phones_waiting", "Phones with unsent work.", phones_waiting(later))
    yield Measure("xuncha_database_bytes", "Bytes of the database.", database_bytes())
    if (log := log_bytes()) is not None:
        yield Measure("xuncha_database_log_bytes", "Bytes of SQLite's write-ahead log.", log)
    free, share = disk_free()
    yield Measure("xuncha_disk_free_bytes", "Free bytes of the disk with the data.", free)
    yield Measure("xuncha_disk_free_ratio", "Their share of the disk.", round(share, 4))
    if (backup := last_backup.moment()) is not None:
        since = (now - backup).total_seconds()
        yield Measure("xuncha_backup_age_seconds", "Seconds since the last backup ended.", since)
