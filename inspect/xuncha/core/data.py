"""The data folder of the running application: database, photos, key."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from flask import current_app


def data_folder() -> Path:
    """Where this application keeps its data."""
    return cast(Path, current_app.config["DATA"])


def static_folder() -> Path:
    """Where set-up put browser code, icons and fonts."""
    return Path(current_app.static_folder or "static")
