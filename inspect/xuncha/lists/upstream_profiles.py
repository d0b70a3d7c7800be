"""The profiles of outer platforms that an office may choose: those that are shipped and those that it wrote itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..core.access import Permission, demand
from ..core.db import Base, Code, Pk, db
from ..core.errors import Refused
from ..core.i18n import language
from ..core.labels import N_
from . import upstream_profile
from .upstream_profile import Field, Profile

AT_MOST = 50


class UpstreamProfile(Base):
    """A profile that the office wrote: its TOML as it was entered."""

    __tablename__ = "upstream_profiles"
    __table_args__ = (sa.UniqueConstraint("name"),)

    id: Mapped[Pk]
    list: Mapped[Code]
    name: Mapped[str]
    text: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))


@dataclass(frozen=True)
class Source:
    """A list that is exported for outer platforms: its title (a message), who may export it, its fields in the language
    of now, the rows of an address, how a row is named, the page that it comes from, the shipped profiles."""

    title: str
    permission: Permission
    fields: Callable[[], Mapping[str, Field]]
    rows: Callable[[Mapping[str, str]], Iterable[Any]]
    name: Callable[[Any], str]
    page: str
    folder: Path


@dataclass(frozen=True)
class Offered:
    """A profile to choose: its key in addresses, its TOML, what it says."""

    key: str
    text: str
    profile: Profile
    row: UpstreamProfile | None = None

    @property
    def title(self) -> str:
        """Its name in the language of now."""
        return self.profile.name_en if language() == "en" and self.profile.name_en else self.profile.name


sources: dict[str, Source] = {}


def offer(name: str, source: Source) -> None:
    """Register a list that is exported for outer platforms."""
    sources[name] = source


def all_fields() -> dict[str, Mapping[str, Field]]:
    """The fields of every list."""
    return {name: source.fields() for name, source in sources.items()}


def shipped() -> list[Offered]:
    """The examples that come with the program."""
    known = all_fields()
    files = [path for source in sources.values() for path in sorted(source.folder.glob("*.toml"))]
    texts = [(path.stem, path.read_text("utf-8")) for path in files]
    return [Offered(key, text, upstream_profile.read(text, known)) for key, text in texts]


def offered(name: str = "") -> list[Offered]:
    """The profiles of a list, or of all; the office's own first."""
    known = all_fields()
    rows = db.session.scalars(sa.select(UpstreamProfile).order_by(UpstreamProfile.name)).all()
    own = []
    for row in rows:
        with suppress(Refused):  # of a list or field that is no more
            own.append(Offered(str(row.id), row.text, upstream_profile.read(row.text, known), row))
    return [one for one in [*own, *shipped()] if name in ("", one.profile.list)]


def by_key(key: str) -> Offered | None:
    """The profile of a key."""
    return next((one for one in offered() if one.key == key), None)


def save(text: str, *, row: UpstreamProfile | None = None, actor: Any, now: datetime) -> UpstreamProfile:
    """Keep a profile of the office. Raises NotAllowed, or Refused, which names the column at fault."""
    demand(actor, Permission.MANAGE_SETTINGS)
    profile = upstream_profile.read(text, all_fields())
    same = sa.select(UpstreamProfile.id).where(UpstreamProfile.name == profile.name)
    if db.session.scalar(same.where(UpstreamProfile.id != (row.id if row else 0))):
        raise Refused(N_("There is a profile of this name already. Choose another name."), field="text")
    if row is None:
        count = db.session.scalar(sa.select(sa.func.count()).select_from(UpstreamProfile)) or 0
        if count >= AT_MOST:
            raise Refused(N_("There are %(most)s profiles. Delete one first."), field="text", most=AT_MOST)
        row = UpstreamProfile()
        db.session.add(row)
    row.list, row.name, row.text = profile.list, profile.name, text
    row.changed_at, row.changed_by_id = now, actor.id
    db.session.flush()
    return row


def delete(row: UpstreamProfile, *, actor: Any) -> None:
    """Delete a profile of the office. Raises NotAllowed."""
    demand(actor, Permission.MANAGE_SETTINGS)
    db.session.delete(row)
