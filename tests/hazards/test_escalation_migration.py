"""Migration 0016 with rows in the tables: evidence stays guarded and whole, up and down."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade
from tests.hazards.builders import NOW, in_state

from xuncha.core.db import db
from xuncha.hazards.commands import escalate_all
from xuncha.hazards.lifecycle import State

COUNTS = ("hazard_events", "hazard_photos", "hazards")


def scalar(statement: str) -> object:
    with db.engine.connect() as connection:
        return connection.exec_driver_sql(statement).scalar()


def test_events_and_photos_survive_the_way_down_and_up(app: Flask) -> None:
    in_state(State.REPORTED_DONE)
    assert escalate_all(now=NOW + timedelta(days=10)) == 1
    db.session.remove()
    before = [scalar(f"SELECT count(*) FROM {table}") for table in COUNTS]
    downgrade(revision="0013")
    assert scalar("SELECT count(*) FROM hazard_events WHERE act = 'escalate'") == 0
    assert scalar("SELECT count(*) FROM hazard_events WHERE act = 'remind'") == 1
    for statement in ("UPDATE hazard_events SET note = 'x'", "DELETE FROM hazard_events"):
        with pytest.raises(sa.exc.DBAPIError, match="evidence"):
            scalar(statement)
    with db.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql(
            "INSERT INTO hazard_events (hazard_id, at, actor_name, act, to_state, note, brought)"
            " VALUES (1, '2026-01-01', '', 'escalate', 'open', '', '{}')"
        )
    upgrade()
    assert [scalar(f"SELECT count(*) FROM {table}") for table in COUNTS] == before
    if (
        db.engine.dialect.name == "sqlite"
    ):  # PostgreSQL holds its rows against the constraints when they are made
        assert scalar("PRAGMA integrity_check") == "ok"
        assert scalar("SELECT count(*) FROM pragma_foreign_key_check") == 0
    for statement in ("UPDATE hazard_events SET note = 'x'", "DELETE FROM hazard_events"):
        with pytest.raises(sa.exc.DBAPIError, match="evidence"):
            scalar(statement)
    assert escalate_all(now=NOW + timedelta(days=11)) == 1, "what the release before forgot is taken anew"
