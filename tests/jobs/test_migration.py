"""Print jobs of an earlier release go on in the queue, and go back with it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests import cast
from xuncha.core.clock import utcnow
from xuncha.core.db import db
from xuncha.jobs.models import Job

COLUMNS = "actor_id, lang, kind, check_ids, asked, total, done, state, problem, created_at, finished_at"
EARLIER = (
    ("records", [4, 5], {}, "running", "", timedelta(minutes=1), None),
    ("records", [4], {"joined": True}, "done", "", timedelta(minutes=9), timedelta(minutes=8)),
    ("ledger", [], {"scope": {}, "draft": True}, "failed", "OSError", timedelta(hours=2), timedelta(hours=2)),
    ("file", [], {"site": 1, "year": None}, "running", "", timedelta(days=9), None),
    ("file", [], {"site": 1, "year": 2026}, "cancelled", "", timedelta(days=9), timedelta(days=9)),
)


def _moment(ago: timedelta | None) -> Any:
    return utcnow().replace(tzinfo=None) - ago if ago is not None else None


def test_print_jobs_go_over_into_the_queue_and_back(app: Flask) -> None:
    downgrade(revision="0047")
    places = ", ".join(f":{name.strip()}" for name in COLUMNS.split(","))
    for kind, checks, asked, state, problem, begun, ended in EARLIER:
        values = (1, "zh", kind, json.dumps(checks), json.dumps(asked), 7, 3, state, problem)
        row = dict(zip(COLUMNS.split(", "), (*values, _moment(begun), _moment(ended)), strict=True))
        db.session.execute(sa.text(f"INSERT INTO print_jobs ({COLUMNS}) VALUES ({places})"), row)
    db.session.commit()
    before = db.session.execute(sa.text(f"SELECT id, {COLUMNS} FROM print_jobs ORDER BY id")).all()
    db.session.rollback()
    upgrade()
    found = db.session.scalars(sa.select(Job).order_by(Job.id)).all()
    assert [(job.kind, job.state.value, job.error, job.done) for job in found] == [
        ("print.records", "waiting", "", 0),
        ("print.records", "done", "", 3),
        ("print.ledger", "dead", "OSError", 3),
        ("print.file", "dead", "the server was stopped", 3),
        ("print.file", "cancelled", "", 3),
    ]
    assert [job.args for job in found] == [
        {"checks": [4, 5], "joined": False, "lang": "zh"},
        {"checks": [4], "joined": True, "lang": "zh"},
        {"asked": {"scope": {}, "draft": True}, "lang": "zh"},
        {"site": 1, "year": None, "lang": "zh"},
        {"site": 1, "year": 2026, "lang": "zh"},
    ]
    assert [job.result for job in found] == [None, {"file": f"job-{found[1].id}.pdf"}, None, None, None]
    db.session.add(
        Job(kind="photos.compare", args={}, most_attempts=5, run_after=cast.NOW, asked_at=cast.NOW)
    )
    db.session.commit()
    downgrade(revision="0047")
    after = db.session.execute(sa.text(f"SELECT id, {COLUMNS} FROM print_jobs ORDER BY id")).all()
    db.session.rollback()
    assert [(row.id, row.kind, row.check_ids, row.total) for row in after] == [
        (row.id, row.kind, row.check_ids, row.total) for row in before
    ]
    assert [row.state for row in after] == ["running", "done", "failed", "failed", "cancelled"]
    assert [row.asked for row in after if row.kind != "records"] == [
        row.asked for row in before if row.kind != "records"
    ]
    upgrade()
