"""Every act by every person in any order on SQLite; tests/test_postgresql.py runs the same machine."""

from __future__ import annotations

from flask import Flask
from hypothesis.stateful import run_state_machine_as_test
from tests.hazards.state_machine import HazardMachine, machine_settings


def test_whatever_people_try_the_history_holds(app: Flask) -> None:
    run_state_machine_as_test(HazardMachine, settings=machine_settings(50))
