"""Static files under an address that changes with their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path

YEAR_S = 31_536_000


def files_of(static: Path) -> list[Path]:
    """Everything that a page may load from the static folder; icons are inlined, fonts are for papers, js/ is built."""
    own = [path for folder in ("build", "img") for path in sorted((static / folder).rglob("*"))]
    return [path for path in own if path.is_file() and path.parent.name != "tour"]


def version_of(static: Path) -> str:
    """A short hash of everything that a page loads from the static folder."""
    digest = hashlib.sha256()
    for path in files_of(static):
        digest.update(path.relative_to(static).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
