"""Settings that the office keeps on a page: the environment goes before, then the newest row, then the default.

Nothing is kept longer than one GET, which changes none: several processes serve one database, and a change holds from
the next look. Papers and numbers that were issued keep what they printed; they read it from their own frozen facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

import sqlalchemy as sa
from flask import current_app, has_request_context, request
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base, Code, Pk, db
from .errors import ActedFirst
from .history import Named
from .labels import N_
from .parsing import read_number

LONGEST_TERM, LONGEST_SOON, LONGEST_AGE = 365, 60, 730
MOST_TERMS = 6
FIRST_STEPS, AWAY, SHOWN = "first_steps", "away", "shown"
MAP_TILES, MAP_SHIFTED = "map_tiles", "map_shifted"  # set on the page of the map alone
OFFICE_PLACE = "office_place"  # latitude and longitude, on that page too
PULSE_DAYS = "pulse_days"
# Visits a year that the organ has published, by legal mode; 0 where it has published none.
CAPS = ("cap_enforcement", "cap_zone_check", "cap_service", "cap_expert")
MOST_VISITS = 365
# Of the appraisal: the weights of its components, together 100 (domain 5.3); days to appeal; the tasks a score needs.
WEIGHTS = {
    "weight_completion": "30",
    "weight_recheck": "20",
    "weight_deadline": "15",
    "weight_record": "15",
    "weight_overdue": "10",
    "weight_entry": "10",
}
APPEAL_DAYS, FEWEST_TASKS = "appeal_days", "fewest_tasks"
MOST_TASKS = 100
# Points for a record found false, the most of them in a period, and the days in which the person is heard before.
DEDUCTION_POINTS, DEDUCTION_MOST, HEARING_DAYS = "deduction_points", "deduction_most", "hearing_days"
MOST_POINTS, SHORTEST_HEARING = 20, 3


class SettingRow(Base):
    """What somebody set, and when. Rows are only added; two people who set the same at one moment meet at `edition`."""

    __tablename__ = "settings"
    __table_args__ = (sa.UniqueConstraint("key", "edition"),)

    id: Mapped[Pk]
    key: Mapped[Code]
    edition: Mapped[int]
    value: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(default="")


def given() -> Mapping[str, str]:
    """What the environment says; nobody can change it on the page."""
    found: Mapping[str, str] = current_app.config["SETTINGS_GIVEN"]
    return found


def defaults() -> dict[str, str]:
    """What holds where nobody set anything."""
    own = {
        FIRST_STEPS: SHOWN,
        MAP_TILES: "",
        MAP_SHIFTED: "0",
        OFFICE_PLACE: "",
        PULSE_DAYS: "14",
        **dict.fromkeys(CAPS, "0"),
    }
    own |= {**WEIGHTS, APPEAL_DAYS: "15", FEWEST_TASKS: "6"}
    own |= {DEDUCTION_POINTS: "5", DEDUCTION_MOST: "20", HEARING_DAYS: "5"}
    return own | current_app.config["SETTINGS_DEFAULT"]


# Made once: every page asks for it, and making a statement takes longer than running it.
NEWEST = SettingRow.id.in_(sa.select(sa.func.max(SettingRow.id)).group_by(SettingRow.key))
NEWEST_VALUES = sa.select(SettingRow.key, SettingRow.value).where(NEWEST)


# What `read_once` keeps for the work inside it; empty until something asks.
_kept: ContextVar[dict[str, str] | None] = ContextVar("settings", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Inside, settings are read once at most: for one piece of work in one transaction that asks for several."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def values() -> dict[str, str]:
    """Every setting as it holds now."""
    kept = _kept.get()
    if kept is None and has_request_context() and request.method in {"GET", "HEAD"}:
        kept = request.environ.setdefault("xuncha.settings", {})  # a page that only reads asks once
    if kept:
        return dict(kept)
    # Asked in the middle of a filing: what is half written must not be flushed for it.
    with db.session.no_autoflush:
        written = {row.key: row.value for row in db.session.execute(NEWEST_VALUES)}
    now = defaults() | written | dict(given())
    if kept is not None:
        kept.update(now)
    return now


def value(key: str) -> str:
    """One setting as it holds now."""
    return values()[key]


def bilingual(name: str) -> dict[str, str]:
    """A name in both languages: `zone` or `org`."""
    now = values()
    return {lang: now[f"{name}_{lang}"] for lang in ("zh", "en")}


def number(key: str) -> int:
    """A setting that is a number."""
    found = read_number(value(key))
    return int(defaults()[key]) if found is None else found


def read_terms(text: str) -> list[int] | None:
    """Deadlines in days, as people list them; None where one is no number of 1 to 365, or there are none or too many."""
    for mark in ",;\uff0c\u3001\uff1b":
        text = text.replace(mark, " ")
    found = [read_number(part) for part in text.split()]
    fine = [one for one in found if one and one <= LONGEST_TERM]
    if not found or len(found) > MOST_TERMS or len(fine) < len(found):
        return None
    return sorted(set(fine))


def terms() -> list[int]:
    """The deadlines, in days, that pages offer: those of the list, and the one that is proposed."""
    now = values()
    proposed = read_number(now["term"])
    return sorted({*(read_terms(now["terms"]) or ()), *([proposed] if proposed else ())})


def newest_row() -> int:
    """The number of the newest row: it changes with every change."""
    return db.session.scalar(sa.select(sa.func.max(SettingRow.id))) or 0


def history() -> list[SettingRow]:
    """Every change, newest first."""
    return list(db.session.scalars(sa.select(SettingRow).order_by(SettingRow.id.desc())))


def write(wanted: Mapping[str, str], *, actor: Named | None, now: datetime) -> list[str]:
    """Add a row for each setting that is to be another than it is; what changed. Raises ActedFirst when overtaken."""
    rows = {row.key: row for row in db.session.scalars(sa.select(SettingRow).where(NEWEST))}
    present = defaults() | {key: row.value for key, row in rows.items()}
    changed = [key for key, text in wanted.items() if text != present[key]]
    for key in changed:
        edition = rows[key].edition + 1 if key in rows else 1
        name, number = (actor.name, actor.id) if actor else ("", None)
        db.session.add(
            SettingRow(key=key, edition=edition, value=wanted[key], at=now, actor_id=number, actor_name=name)
        )
    try:
        db.session.flush()
    except sa.exc.IntegrityError:
        db.session.rollback()
        raise ActedFirst(
            N_("Somebody else changed this first. Look at it as it is now and decide again.")
        ) from None
    return changed
