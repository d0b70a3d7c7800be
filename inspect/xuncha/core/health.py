"""`GET /healthz`: for monitors, whether the database and the data folder take what is written, and the version."""

from __future__ import annotations

import os
import tempfile

import sqlalchemy as sa
from flask import Blueprint, current_app, jsonify
from werkzeug.wrappers import Response

from ..version import VERSION
from .access import Permission
from .db import db
from .paths import data_folder
from .web import needs

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@needs(Permission.BE_ANYONE)
def healthz() -> tuple[Response, int]:
    """200 when all is well, otherwise 503; `checks` names what is not."""
    checks = {"database": database_answers(), "storage": storage_takes()}
    sound = all(checks.values())
    answer = {name: "ok" if passed else "fault" for name, passed in checks.items()}
    return jsonify(status="ok" if sound else "fault", version=VERSION, checks=answer), 200 if sound else 503


def database_answers() -> bool:
    """Whether the database answers at all."""
    try:
        db.session.execute(sa.text("select 1"))
    except sa.exc.SQLAlchemyError as error:
        current_app.logger.error("health: database: %s", error)
        return False
    return True


def storage_takes() -> bool:
    """Whether a file in the photos' folder can be written through to the disk and removed again."""
    folder = data_folder() / "photos"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"health")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        current_app.logger.error("health: storage: %s", error)
        return False
    return True
