"""Marks on a photo: shapes on a layer of their own, in shares of its width and height; the photo stays untouched.

Each saving is a version of its own; the newest is shown.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

import sqlalchemy as sa
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from ..accounts.models import User
from ..core.access import ENTERPRISE, Permission, demand
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from .actions import Sender
from .models import Photo, PhotoMarks

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
MOST_SHAPES, MOST_POINTS = 40, 400


class NamedSender(Sender, Protocol):
    """Who sends photos without an account, and what this person is called."""

    @property
    def name(self) -> str:
        """What was typed; nobody has proved it."""


class Shape(BaseModel):
    """A circle within two corners, an arrow from one point to another, a stroke of a pen, or words at a point."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["circle", "arrow", "pen", "text"]
    points: Annotated[list[tuple[Share, Share]], Field(min_length=1, max_length=MOST_POINTS)]
    text: Annotated[str, StringConstraints(max_length=40, strip_whitespace=True, pattern=r"^[^\x00]*$")] = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Shape:
        wanted = {
            "circle": len(self.points) == 2,
            "arrow": len(self.points) == 2,
            "pen": len(self.points) > 1,
        }
        if not wanted.get(self.kind, len(self.points) == 1 and bool(self.text)):
            raise ValueError("a shape lacks points or words")
        return self


Shapes = Annotated[list[Shape], Field(max_length=MOST_SHAPES)]
_shapes: TypeAdapter[list[Shape]] = TypeAdapter(Shapes)
_by_photo: TypeAdapter[dict[str, list[Shape]]] = TypeAdapter(dict[str, Shapes])
UNREADABLE = N_("The marks on a photo could not be read. Draw them again; the photo is kept.")


def read_shapes(text: str) -> list[Shape]:
    """The shapes as a page posts them. Raises Refused."""
    try:
        return _shapes.validate_json(text or "[]")
    except ValidationError:
        raise Refused(UNREADABLE, field="marks") from None


def read_by_photo(text: str) -> dict[str, list[Shape]]:
    """The shapes of several photos by their SHA-256, as a form with photos posts them. Raises Refused."""
    try:
        return _by_photo.validate_json(text or "{}")
    except ValidationError:
        raise Refused(UNREADABLE, field="marks") from None


def mark(photo: Photo, shapes: Collection[Shape], *, actor: User, now: datetime) -> PhotoMarks | None:
    """Keep a version of the marks on a photo; none when they are those that are there. Raises NotAllowed."""
    demand(actor, Permission.MARK_PHOTO, photo)
    return _keep(photo, shapes, actor, now)


def _keep(
    photo: Photo, shapes: Collection[Shape], actor: User | NamedSender, now: datetime
) -> PhotoMarks | None:
    made = [shape.model_dump(mode="json", exclude_defaults=True) for shape in shapes]
    last = newest(photo)
    if json.dumps(made) == json.dumps(last.shapes if last else []):
        return None
    author = {"author_id": actor.id} if isinstance(actor, User) else dict([actor.sent_by])
    row = PhotoMarks(photo_id=photo.id, shapes=made, author_name=actor.name, at=now, **author)
    db.session.add(row)
    db.session.flush()
    return row


def mark_all(
    photos: Mapping[str, Photo],
    by_photo: Mapping[str, list[Shape]],
    *,
    actor: User | NamedSender,
    now: datetime,
) -> None:
    """Keep the marks of those photos that a step or a filing brought: who may take it may mark what it brings."""
    for sha256, shapes in by_photo.items():
        if shapes and sha256 in photos and _may_mark(photos[sha256], actor):
            _keep(photos[sha256], shapes, actor, now)


def _may_mark(photo: Photo, actor: User | NamedSender) -> bool:
    """An enterprise draws over its own photos only: one that the zone took stays as the zone showed it."""
    if isinstance(actor, User):
        return actor.role not in ENTERPRISE or photo.author_id == actor.id
    column, number = actor.sent_by
    return bool(getattr(photo, column) == number)


def newest(photo: Photo, until: datetime | None = None) -> PhotoMarks | None:
    """The marks on a photo, as they stood at a moment."""
    query = sa.select(PhotoMarks).where(PhotoMarks.photo_id == photo.id)
    if until is not None:
        query = query.where(PhotoMarks.at <= until)
    return db.session.scalar(query.order_by(PhotoMarks.id.desc()).limit(1))


def shapes_on(photo: Photo, until: datetime | None = None) -> list[dict[str, Any]]:
    """What is drawn on a photo; empty where nothing is."""
    row = newest(photo, until)
    return list(row.shapes) if row else []
