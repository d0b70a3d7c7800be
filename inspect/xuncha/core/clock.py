"""Time: moments are UTC, days are China's days whatever the server's zone (GB calendar days, Asia/Shanghai)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def utcnow() -> datetime:
    """The present moment; read only at the edge (views, commands) and passed on."""
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """The day in the zone on which a moment falls."""
    return moment.astimezone(ZONE).date()


def today() -> date:
    """Today in the zone."""
    return local_day(utcnow())


def day_start(day: date) -> datetime:
    """The first moment of a day in the zone."""
    return datetime.combine(day, time.min, ZONE).astimezone(UTC)


def day_end(day: date) -> datetime:
    """The first moment after a day in the zone."""
    return day_start(day + timedelta(days=1))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A clock time of a day in the zone."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)
