"""The running application, its data folder (database, photos, key) and its static files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app


def running_app() -> Flask:
    """The application itself, for what outlives the request or command that asks for it."""
    proxy: Any = current_app
    return cast(Flask, proxy._get_current_object())


def data_folder() -> Path:
    """Where this application keeps its data."""
    return cast(Path, current_app.config["DATA"])


def static_folder() -> Path:
    """Where set-up put browser code, icons and fonts."""
    return Path(current_app.static_folder or "static")
