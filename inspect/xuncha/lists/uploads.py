"""Uploaded files kept between two pages under the hash of their content, for a day at most."""

from __future__ import annotations

import hashlib
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from flask import abort

from ..core.clock import utcnow
from ..core.paths import data_folder

KEPT_S = 24 * 3600


def _folder() -> Path:
    folder = data_folder() / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep(data: bytes) -> str:
    """Put a file aside; its digest finds it again. What is a day old goes."""
    digest = hashlib.sha256(data).hexdigest()
    now = utcnow().timestamp()
    for old in _folder().iterdir():
        with suppress(FileNotFoundError):  # another process was first
            if now - old.stat().st_mtime > KEPT_S:
                old.unlink()
    with tempfile.NamedTemporaryFile(dir=_folder(), delete=False) as file:
        file.write(data)
    Path(file.name).replace(_folder() / f"{digest}.list")
    return digest


def kept(digest: str) -> bytes:
    """A file that was put aside; 404 where there is none."""
    path = _folder() / f"{digest}.list"
    if not re.fullmatch("[0-9a-f]{64}", digest) or not path.is_file():
        abort(404)
    return path.read_bytes()
