"""Printed papers for a while: on this machine, and where the photos are in a bucket there too, so that every node has them."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app

from ..core.bucket import Bucket, StoreAway, away, client
from ..core.clock import utcnow
from ..core.paths import data_folder, photo_store
from ..jobs.kinds import upkeep

FOLDER = "papers"
OF_JOBS = "job-"
KEPT, KEPT_OF_JOBS = timedelta(hours=2), timedelta(days=1)
PIECE = 1024 * 1024
STORE = "printed papers"


def folder() -> Path:
    """Where they lie on this machine."""
    found = data_folder() / FOLDER
    found.mkdir(parents=True, exist_ok=True)
    return found


def _bucket() -> Any:
    address, _cached = photo_store()
    return client(Bucket.read(address), large=True) if address else None


def keep(name: str, path: Path) -> None:
    """Keep a file under a name. Raises StoreAway."""
    target = folder() / name
    path.replace(target)
    if (bucket := _bucket()) is not None:
        import obstore

        with away(STORE):
            obstore.put(bucket, f"{FOLDER}/{name}", target)


def find(name: str) -> Path | None:
    """A kept file, fetched from the bucket where another node made it; None when there is none. Raises StoreAway."""
    path = folder() / name
    if path.is_file():
        return path
    bucket = _bucket()
    return path if bucket is not None and _fetched(bucket, name, path) else None


def _fetched(bucket: Any, name: str, path: Path) -> bool:
    import obstore

    try:
        with away(STORE):
            stream = obstore.get(bucket, f"{FOLDER}/{name}").stream(min_chunk_size=PIECE)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix="part-", delete=False) as file:
                for piece in stream:
                    file.write(piece)
    except FileNotFoundError:
        return False
    Path(file.name).replace(path)
    return True


def _is_over(name: str, since: datetime, now: datetime) -> bool:
    return since < now - (KEPT_OF_JOBS if name.startswith(OF_JOBS) else KEPT)


def clear_here() -> None:
    """Delete what this machine has kept for long enough."""
    now = utcnow()
    for path in folder().iterdir():
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if path.is_file() and _is_over(path.name, written, now):
                path.unlink()
        except FileNotFoundError:
            continue  # another thread was first


@upkeep
def clear(now: datetime) -> None:
    """Delete what was kept for long enough, here and in the bucket."""
    clear_here()
    if (bucket := _bucket()) is None:
        return
    import obstore

    try:
        with away(STORE):
            found = [entry for page in obstore.list(bucket, prefix=FOLDER) for entry in page]
            for entry in found:
                if _is_over(entry["path"].rpartition("/")[2], entry["last_modified"], now):
                    obstore.delete(bucket, entry["path"])
    except StoreAway as problem:
        current_app.logger.warning("%s", problem)
