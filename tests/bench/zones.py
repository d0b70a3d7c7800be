"""The zones in which is measured: the demo zone, the same with more hazards, and a province.

`BENCH_ZONE` names a folder with a demo zone that was made before. `BENCH_PROVINCE` is the size of the province, enterprises x
years (10000x5 for a million hazards), or a folder with one that was made before.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pysqlite3.dbapi2
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import build
from tests.multiply import multiply
from tests.served import Served
from xuncha.accounts.models import User
from xuncha.core.access import Role
from xuncha.core.db import db, keep_statistics
from xuncha.stats.totals import rebuild

LARGE = 9_800
PROVINCE = os.environ.get("BENCH_PROVINCE", "200x2")


def temporary() -> Path:
    """A folder that goes when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _closed(folder: Path) -> Path:
    """A folder whose database is in its one file."""
    base = pysqlite3.dbapi2.connect(str(folder / "xuncha.db"))
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()
    return folder


@cache
def demo() -> Path:
    """The demo zone, made once a run; to be copied by who writes."""
    if made := os.environ.get("BENCH_ZONE"):
        return Path(made)
    folder = temporary()
    Served(folder).flask("demo", "load")
    return _closed(folder)


@cache
def province() -> Path:
    """A province of the size that was asked for."""
    if "x" not in PROVINCE or "/" in PROVINCE:
        return Path(PROVINCE)
    folder = temporary()
    enterprises, years = PROVINCE.split("x")
    Served(folder).flask("demo", "province", "--enterprises", enterprises, "--years", years)
    return _closed(folder)


def copied(folder: Path, *, photos: bool = False) -> Path:
    """The database of a zone in a folder of its own, with its photos if they are asked for."""
    own = temporary()
    if photos:
        shutil.copytree(folder / "photos", own / "photos")
    shutil.copy(folder / "xuncha.db", own)
    shutil.copy(folder / "secret-key", own)
    return own


def opened(folder: Path) -> Flask:
    """The application on a zone."""
    return build(f"sqlite:///{folder / 'xuncha.db'}", folder)


@cache
def grown(hazards: int, sites: int = 1, *, figures: bool = False) -> Path:
    """The demo zone with as many hazards, six times the checks and so many times the sites; with `figures` their events too,
    and what is counted from them. Without papers and photos."""
    folder = copied(demo())
    with opened(folder).app_context():
        _grow(hazards, sites, events=figures)
        if figures:
            rebuild.make(db.session.connection())
        keep_statistics()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return folder


def _grow(hazards: int, sites: int, *, events: bool) -> None:
    known, site_base, check_base, hazard_base = db.session.execute(
        sa.text(
            "SELECT (SELECT count(*) FROM hazards), (SELECT max(id) FROM sites), (SELECT max(id) FROM checks), "
            "(SELECT max(id) FROM hazards)"
        )
    ).one()
    site = f"site_id + {site_base} * (n % {sites})"
    number = "id + {base} * n"
    if sites > 1:
        multiply("sites", sites - 1, {"id": number, "name": "name || '第' || n || '分厂'", "uscc": "NULL"})
    own = {"id": number, "uuid": "lower(hex(randomblob(16)))", "serial": number, "site_id": site}
    check = {
        "number": "'（开安）检记〔2026〕' || (id + {base} * n) || '号'",
        "task_id": "NULL",
        "replaces_id": "NULL",
    }
    multiply("checks", 5, own | check)
    db.session.execute(
        sa.text(
            "INSERT INTO campaign_checks (campaign_id, check_id) SELECT campaign_id, check_id + :base * n FROM "
            "campaign_checks, (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5)"
        ),
        {"base": check_base},
    )
    found = {
        "number": "'YH2025-' || (id + {base} * n)",
        "year": "2025",
        "check_id": f"check_id + {check_base} * (n % 6)",
        "notice_id": "NULL",
        "repeat_of_id": "NULL",
        "description": "description || '，编号' || (n * 7919 % 100003)",
    }
    times = hazards // known - 1
    multiply(
        "hazards",
        times,
        own | found | {day: _earlier(day) for day in ("found_on", "original_due_on", "due_on")},
    )
    if events:
        moved = {"id": number, "hazard_id": f"hazard_id + {hazard_base} * n", "check_id": "NULL"}
        moved["at"] = "date(at, '-' || (n * 13 % 700) || ' days') || substr(at, 11)"
        multiply("hazard_events", times, moved | {"due_on": _earlier("due_on")})
    # Copies happened earlier than their numbers say. As in a zone that lives, a hundred events are new to its readers.
    db.session.execute(
        sa.text(
            "INSERT OR REPLACE INTO news_looks (user_id, event_id, at) SELECT users.id, last.id - 100, last.at "
            "FROM users, (SELECT max(id) AS id, max(at) AS at FROM hazard_events) AS last"
        )
    )


def _earlier(day: str) -> str:
    """Copies spread over two years, each hazard with all of its days."""
    return f"date({day}, '-' || (n * 13 % 700) || ' days')"


def signed_in(app: Flask, number: int) -> FlaskClient:
    """A plain client: the rules that the tests' own client keeps are none of the server's work."""
    client = FlaskClient(app, app.response_class)
    with client.session_transaction() as session:
        session["_user_id"] = f"{number}.1"
    return client


def administrator(folder: Path) -> FlaskClient:
    """The office's browser at a zone."""
    app = opened(folder)
    with app.app_context():
        number = db.session.scalars(sa.select(User.id).where(User.role == Role.OFFICE_ADMIN)).first()
        db.session.remove()
    assert number is not None
    return signed_in(app, number)


def hazards_in(folder: Path) -> int:
    """How many hazards a zone has."""
    with opened(folder).app_context():
        count = db.session.scalar(sa.text("SELECT count(*) FROM hazards"))
        db.session.remove()
    return int(count or 0)
