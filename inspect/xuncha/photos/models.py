"""A photo's row: the facts of the stored bytes. What it shows, and where it is used, stands in the domain that uses it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Pk
from ..core.labels import N_, Labelled


class PhotoSource(Labelled):
    """Where the picture came from, as the phone declares it."""

    CAMERA = "camera", N_("Camera")
    ALBUM = "album", N_("From album")
    OTHER_DEVICE = "other_device", N_("Other device")


def _index_of_few(column: str) -> sa.Index:
    """An index of the photos that have a value there: one of all would be written for each photo of a filing."""
    has = sa.text(f"{column} IS NOT NULL")
    return sa.Index(f"ix_photos_{column}", column, sqlite_where=has, postgresql_where=has)


class Photo(Base):
    """Bytes stored once; the same picture may serve several answers, hazards or trainings."""

    __tablename__ = "photos"
    __table_args__ = (
        sa.CheckConstraint(
            "CASE WHEN received_from_id IS NULL THEN 0 ELSE 1 END + CASE WHEN link_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN poster_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one_sender",
        ),
        _index_of_few("link_id"),
        _index_of_few("poster_id"),
    )

    id: Mapped[Pk]
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(sa.String(40))
    width: Mapped[int]
    height: Mapped[int]
    taken_at: Mapped[datetime | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    received_at: Mapped[datetime]
    received_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notice_links.id"))
    poster_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posters.id"))

    received_from: Mapped[User | None] = relationship()

    @property
    def author_id(self) -> int | None:
        """Who sent it; nobody where it came by the link of a notice or by a poster."""
        return self.received_from_id


class PhotoUse:
    """Columns of a row that uses a photo: which, for what, in which order, with what declared."""

    photo_id: Mapped[int] = mapped_column(sa.ForeignKey("photos.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    caption: Mapped[str] = mapped_column(default="")
    source: Mapped[PhotoSource] = mapped_column(default=PhotoSource.CAMERA)
    taken_at: Mapped[datetime | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy_m: Mapped[float | None]

    @declared_attr
    @classmethod
    def photo(cls) -> Mapped[Photo]:
        """The photo used."""
        return relationship()


class PhotoPrint(Base):
    """The hash of what a photo shows (photos.fingerprint): made after it arrived, empty where it shows too little."""

    __tablename__ = "photo_prints"

    photo_id: Mapped[int] = mapped_column(sa.ForeignKey("photos.id"), primary_key=True)
    edition: Mapped[int]
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(16))


class PhotoLikeness(Base):
    """Two photos that are one picture, or a part of it: the later one and the earlier one, and how well they cover each other."""

    __tablename__ = "photo_likenesses"

    photo_id: Mapped[int] = mapped_column(sa.ForeignKey("photos.id"), primary_key=True)
    earlier_id: Mapped[int] = mapped_column(sa.ForeignKey("photos.id"), primary_key=True, index=True)
    score: Mapped[float]


class PhotoMarks(Base):
    """A version of what somebody drew over a photo (photos.marks): only added; the newest is shown, the photo stays."""

    __tablename__ = "photo_marks"
    __table_args__ = (sa.CheckConstraint("(author_id IS NULL) <> (link_id IS NULL)", name="one_author"),)

    id: Mapped[Pk]
    photo_id: Mapped[int] = mapped_column(sa.ForeignKey("photos.id"), index=True)
    shapes: Mapped[list[Any]]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notice_links.id"))
    author_name: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[datetime]

    author: Mapped[User | None] = relationship()
