"""Printed papers kept for an hour by content, and their pages as pictures for browsers that cannot show a PDF."""

from __future__ import annotations

import time
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from ..core.paths import data_folder
from . import printing
from .layout import raster
from .layout.document import SavedDocument

KEPT_S = 3600
WIDTH = 1240  # pixels of a page's picture: A4 upright at 150 dots an inch


def _folder() -> Path:
    folder = data_folder() / "papers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def printed(order: printing.Order, lang: str) -> tuple[Path, SavedDocument]:
    """Print an order into the folder of papers, under the hash of its bytes."""
    folder = _folder()
    _clear(folder)
    path = folder / f"{uuid4().hex}.tmp"
    try:
        saved = printing.write(order, path, lang)
        kept = folder / f"{saved.sha256}.pdf"
        path.replace(kept)
    finally:
        path.unlink(missing_ok=True)
    return kept, saved


def _clear(folder: Path) -> None:
    limit = time.time() - 2 * KEPT_S
    for path in folder.iterdir():
        try:
            if path.is_file() and path.stat().st_mtime < limit:
                path.unlink()
        except FileNotFoundError:
            continue  # another thread was first


def _tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="paper")


def token(user_id: int, sha256: str) -> str:
    """The pass to the pages of one printed paper: for one person, for an hour."""
    return str(_tokens().dumps([user_id, sha256]))


def paper_of(passed: str, user_id: int) -> Path | None:
    """The printed paper of a pass; None when it is another person's, too old or made up."""
    try:
        owner, sha256 = _tokens().loads(passed, max_age=KEPT_S)
    except (BadData, ValueError):
        return None
    path = _folder() / f"{sha256}.pdf"
    return path if owner == user_id and path.is_file() else None


def page_picture(path: Path, number: int) -> bytes | None:
    """A page of a PDF as a WebP picture; None when it has no such page."""
    picture = raster.page(path, number, width=WIDTH)
    if picture is None:
        return None
    out = BytesIO()
    picture.save(out, "WEBP", quality=85, method=2)
    return out.getvalue()
