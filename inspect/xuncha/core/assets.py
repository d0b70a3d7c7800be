"""Static files under an address that changes with their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path

YEAR_S = 31_536_000


def version_of(static: Path) -> str:
    """A short hash of everything that a page loads from the static folder."""
    digest = hashlib.sha256()
    vendored = [static / "vendor" / name for name in ("idb.js", "signature_pad.js")]
    own = [path for folder in ("css", "js", "img") for path in sorted((static / folder).rglob("*"))]
    for path in (*own, *vendored):
        if path.is_file():
            digest.update(path.relative_to(static).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
