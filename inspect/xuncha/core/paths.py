"""The running application, its data folder (database, photos, key) and its static files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app

PACKAGE = Path(__file__).resolve().parents[1]
SHIPPED = PACKAGE / "shipped"
# A wheel carries templates, static and migrations inside the package; in a checkout they stand beside its source root.
ROOT = SHIPPED if SHIPPED.is_dir() else PACKAGE.parents[1]
# Where a relative data folder lies: nothing is written among installed packages.
HOME = Path.cwd() if ROOT == SHIPPED else ROOT


def running_app() -> Flask:
    """The application itself, for what outlives the request or command that asks for it."""
    proxy: Any = current_app
    return cast(Flask, proxy._get_current_object())


def data_folder() -> Path:
    """Where this application keeps its data."""
    return cast(Path, current_app.config["DATA"])


def photo_store() -> tuple[str, int]:
    """The address of the bucket that keeps the photos, empty for the data folder, and how many bytes of it to cache."""
    return current_app.config["PHOTO_STORE"], current_app.config["PHOTO_CACHE_BYTES"]


def static_folder() -> Path:
    """Where set-up put browser code, icons and fonts."""
    return Path(current_app.static_folder or "static")
