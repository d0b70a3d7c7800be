"""The pictures of the lines of a list: of each kind one, as a small copy on the disk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ..core.db import db
from ..core.errors import Refused
from .models import Photo
from .views import plain_copy


def pictures(
    use: Any, of: Any, roles: Collection[str], numbers: Sequence[int], latest: Collection[str] = ()
) -> dict[tuple[int, str], Path]:
    """Of each thing the first photo in each role, in some roles the last; none where the disk has lost it.

    `use` is the model of the uses of photos, `of` its column that names the thing.
    """
    query = sa.select(of, use.role, Photo).join(Photo, Photo.id == use.photo_id)
    wanted = query.where(of.in_(numbers), use.role.in_(roles)).order_by(use.id)
    found: dict[tuple[int, str], Photo] = {}
    for number, role, photo in db.session.execute(wanted):
        if role in latest or (number, role) not in found:
            found[number, role] = photo
    copies = {place: _copy(photo) for place, photo in found.items()}
    return {place: path for place, path in copies.items() if path is not None}


def _copy(photo: Photo) -> Path | None:
    try:
        return plain_copy(photo, "small")
    except Refused:
        return None
