"""The calendars that ship with the product, written into an empty or older database."""

from __future__ import annotations

import tomllib
from pathlib import Path

import sqlalchemy as sa

from ..core.db import db
from .models import CalendarDay, DayKind

DATA = Path(__file__).parent / "data"


def load_calendar() -> None:
    """Add the days of the shipped years that are missing; a day that the office entered stays as it is."""
    there = set(db.session.scalars(sa.select(CalendarDay.day)))
    for path in sorted(DATA.glob("calendar-*.toml")):
        content = tomllib.loads(path.read_text("utf-8"))
        for row in content["days"]:
            if row["date"] not in there:
                names = {"name_zh": row["name_zh"], "name_en": row["name_en"]}
                kind = DayKind(row["kind"])
                db.session.add(CalendarDay(day=row["date"], kind=kind, source=content["source_zh"], **names))
    db.session.flush()
