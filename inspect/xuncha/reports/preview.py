"""Printed papers kept for an hour by content, and their pages as pictures for browsers that cannot show a PDF."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from uuid import uuid4

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from ..core.bucket import StoreAway
from . import printed_files, printing
from .layout import raster
from .layout.document import SavedDocument

PASS_S = 3600
WIDTH = 1240  # pixels of a page's picture: A4 upright at 150 dots an inch


def printed(order: printing.Order, lang: str) -> tuple[Path, SavedDocument]:
    """Print an order into the folder of papers, under the hash of its bytes."""
    folder = printed_files.folder()
    printed_files.clear_here()
    path = folder / f"{uuid4().hex}.tmp"
    try:
        saved = printing.write(order, path, lang)
        kept = folder / f"{saved.sha256}.pdf"
        path.replace(kept)
    finally:
        path.unlink(missing_ok=True)
    return kept, saved


def share(path: Path) -> None:
    """Let the other nodes have a paper whose pages are going to be asked for; without the bucket this one has it alone."""
    try:
        printed_files.keep(path.name, path)
    except StoreAway as problem:
        current_app.logger.warning("printed papers: %s", problem)


def _tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="paper")


def token(user_id: int, sha256: str) -> str:
    """The pass to the pages of one printed paper: for one person, for an hour."""
    return str(_tokens().dumps([user_id, sha256]))


def paper_of(passed: str, user_id: int) -> Path | None:
    """The printed paper of a pass; None when it is another person's, too old or made up."""
    try:
        owner, sha256 = _tokens().loads(passed, max_age=PASS_S)
    except (BadData, ValueError):
        return None
    return printed_files.find(f"{sha256}.pdf") if owner == user_id else None


def page_picture(path: Path, number: int) -> bytes | None:
    """A page of a PDF as a WebP picture; None when it has no such page."""
    picture = raster.page(path, number, width=WIDTH)
    if picture is None:
        return None
    out = BytesIO()
    picture.save(out, "WEBP", quality=85, method=2)
    return out.getvalue()
