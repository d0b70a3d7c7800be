"""Two people act on one hazard at one moment: one wins, the other is told, and nothing happens twice."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm.exc import StaleDataError
from tests.hazards.builders import BROUGHT, NOW, in_state, person

from xuncha.core.db import commit, db
from xuncha.core.errors import ActedFirst
from xuncha.hazards.actions import step
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard, HazardEvent

ROUNDS = 10


def race(app: Flask, number: int, tries: list[tuple[Act, str]]) -> list[str]:
    """Each try in its own thread and session, begun together; what came of each."""
    start = threading.Barrier(len(tries))
    outcomes = [""] * len(tries)

    def run(index: int, act: Act, name: str) -> None:
        with app.app_context():
            start.wait()
            try:
                hazard = db.session.get_one(Hazard, number)
                step(hazard, act, actor=person(name), now=NOW, brought=BROUGHT.get(act, {}))
                commit()
                outcomes[index] = "done"
            # Pages answer both with 409. PostgreSQL lets the second read what it then finds changed.
            except (ActedFirst, StaleDataError):
                outcomes[index] = str(ActedFirst.status)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(index, *one)) for index, one in enumerate(tries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_two_who_verify_one_wins(app: Flask) -> None:
    for _ in range(ROUNDS):
        number = in_state(State.REPORTED_DONE).id
        db.session.remove()
        assert sorted(race(app, number, [(Act.VERIFY, "wang"), (Act.VERIFY, "lin")])) == ["409", "done"]
        closings = sa.select(sa.func.count()).where(
            HazardEvent.hazard_id == number, HazardEvent.act == Act.VERIFY
        )
        assert db.session.scalar(closings) == 1
        db.session.remove()


def test_a_verification_and_a_sending_back_do_not_both_hold(app: Flask) -> None:
    number = in_state(State.REPORTED_DONE).id
    db.session.remove()
    outcomes = race(app, number, [(Act.VERIFY, "wang"), (Act.SEND_BACK, "lin")])
    hazard = db.session.get_one(Hazard, number)
    # Sending back first leaves a hazard that may be verified on site at once: then both are done, one after the other.
    assert hazard.state is hazard.events[-1].to_state
    both_read_first = [["409", "done"]] if db.engine.dialect.name == "postgresql" else []
    assert outcomes in (["done", "409"], ["done", "done"], *both_read_first)
    assert (hazard.closed_at is not None) == (hazard.state is State.CLOSED)


def test_the_version_stops_a_writer_who_read_too_early(app: Flask) -> None:
    number = in_state(State.REPORTED_DONE).id
    hazard = db.session.get_one(Hazard, number)
    hazard.place = "二车间"
    with db.session.no_autoflush:
        # Another process wrote between our reading and our writing, as PostgreSQL allows.
        bump = sa.text("UPDATE hazards SET version = version + 1 WHERE id = :id")
        db.session.connection().execute(bump, {"id": number})
    with pytest.raises(ActedFirst):
        commit()
