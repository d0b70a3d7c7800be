"""Every act by every person in any order."""

from __future__ import annotations

from flask import Flask
from hypothesis.stateful import run_state_machine_as_test
from tests.hazards.state_machine import HazardMachine, machine_settings

from xuncha.core.db import db

EXAMPLES = {"sqlite": 50, "postgresql": 10}


def test_whatever_people_try_the_history_holds(app: Flask) -> None:
    run_state_machine_as_test(HazardMachine, settings=machine_settings(EXAMPLES[db.engine.dialect.name]))
