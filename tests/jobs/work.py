"""Working off the queue of an application in a test, by the command that an operator types."""

from __future__ import annotations

from flask import Flask, current_app

from xuncha.core.db import db


def work_off(app: Flask | None = None) -> str:
    """Do what is due now; what the command said."""
    db.session.rollback()  # the test's own session must not keep the jobs' writes waiting
    done = (app or current_app).test_cli_runner().invoke(args=["jobs", "work", "--once"])
    assert done.exit_code == 0, (done.output, done.exception)
    return str(done.output)
