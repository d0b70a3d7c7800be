"""Which backups stay, by the words of the options; and that no photo goes that one of them names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests import cast
from tests.operations.operator import file_with_photo, succeed
from xuncha.core.clock import local_day
from xuncha.operations.manifest import name_of
from xuncha.operations.retention import Keep, kept

START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.lists(st.integers(0, 400 * 24), unique=True, min_size=1, max_size=60).map(
    lambda hours: [START + timedelta(hours=hour) for hour in hours]
)
COUNTS = st.integers(0, 12)


def newest_of_each(moments: list[datetime], period: str, count: int) -> set[datetime]:
    """Told another way: walk from the newest and take the first of a day, week or month not met before."""
    met: list[str] = []
    taken = set()
    for moment in sorted(moments, reverse=True):
        label = local_day(moment).strftime(period)
        if label not in met:
            met.append(label)
            if len(met) <= count:
                taken.add(moment)
    return taken


@given(moments=MOMENTS, daily=COUNTS, weekly=COUNTS, monthly=COUNTS)
def test_the_newest_of_each_of_the_last_days_weeks_and_months_stays(
    moments: list[datetime], daily: int, weekly: int, monthly: int
) -> None:
    stay = kept([name_of(moment) for moment in moments], Keep(daily, weekly, monthly))
    wanted = {max(moments)}
    for period, count in (("%Y-%m-%d", daily), ("%G-%V", weekly), ("%Y-%m", monthly)):
        wanted |= newest_of_each(moments, period, count)
    assert stay == {name_of(moment) for moment in (wanted if daily + weekly + monthly else moments)}


def test_photos_of_deleted_backups_go_unless_another_names_them(
    app: Flask, tmp_path_factory: pytest.TempPathFactory
) -> None:
    backups = tmp_path_factory.mktemp("disk")
    first = file_with_photo("wang", "huaxin", 1)
    succeed(app, "backup", backups)
    stray = backups / "photos" / "00" / "11" / ("0011" + "a" * 60)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"of a backup that is gone")
    for days in (1, 2):
        with time_machine.travel(cast.NOW + timedelta(days=days), tick=True):
            told = succeed(app, "backup", backups, "--keep-daily", 2)
    assert told.count("deleted") == 1
    assert len(list(backups.glob("*Z"))) == 2
    assert [path.name for path in (backups / "photos").rglob("*") if path.is_file()] == [first]
    succeed(app, "backup", "verify", backups)
    assert Path(backups / "photos").is_dir()
