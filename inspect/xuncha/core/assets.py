"""Static files under an address that changes with their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote

from flask import Response, current_app, request

YEAR_S = 31_536_000
COMPRESSED = ".br"
# Pages with charts and maps need the server: no phone keeps what only they load.
ONLINE_ONLY = frozenset({"build/dashboard.css", "build/dashboard.js", "build/charts.js"})
# Cache-Control and ETag say when it is old, and the name would be that of the compressed copy.
NEEDLESS = ("Content-Disposition", "Expires", "Last-Modified", "Accept-Ranges")


def files_of(static: Path) -> list[Path]:
    """Everything that a page may load from the static folder; icons are inlined, fonts are for papers, js/ is built."""
    own = [path for folder in ("build", "img") for path in sorted((static / folder).rglob("*"))]
    return [
        path for path in own if path.is_file() and path.parent.name != "tour" and path.suffix != COMPRESSED
    ]


def version_of(static: Path) -> str:
    """A short hash of everything that a page loads from the static folder."""
    digest = hashlib.sha256()
    for path in files_of(static):
        digest.update(path.relative_to(static).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def inlined(path: Path) -> str:
    """A small picture as an address that costs no request."""
    return f"data:image/svg+xml,{quote(path.read_text('utf-8').strip())}"


def send(filename: str) -> Response:
    """A static file; as set-up has compressed it where there is such a copy and the browser takes it."""
    compressed = f"{filename}{COMPRESSED}"
    takes = request.accept_encodings.quality("br") > 0 and compressed in _compressed()
    response = current_app.send_static_file(compressed if takes else filename)
    response.vary.add("Accept-Encoding")
    for name in NEEDLESS:
        del response.headers[name]
    return response


def _compressed() -> set[str]:
    static = Path(current_app.static_folder or "")
    return {path.relative_to(static).as_posix() for path in (static / "build").glob(f"*{COMPRESSED}")}
