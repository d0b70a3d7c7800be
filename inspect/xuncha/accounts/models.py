"""Users and their teams."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.access import ENTERPRISE, MANAGERS, Role
from ..core.db import Base, Code, Pk
from ..core.pinyin import keep_pinyin, pinyin_of


class Team(Base):
    """Supervisors of one area or sector, with a lead."""

    __tablename__ = "teams"

    id: Mapped[Pk]
    name_zh: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str] = mapped_column(default="")


class User(Base):
    """A person who signs in."""

    __tablename__ = "users"

    id: Mapped[Pk]
    username: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    role: Mapped[Role]
    certificate: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    enterprise_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sites.id", use_alter=True), index=True)
    password_hash: Mapped[str] = mapped_column(default="!")
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)
    lang: Mapped[str | None] = mapped_column(sa.String(8))
    created_at: Mapped[datetime]
    pinyin: Mapped[str] = pinyin_of("name")

    team: Mapped[Team | None] = relationship()

    @property
    def is_active(self) -> bool:
        """Whether the person may use the account (the name is Flask-Login's)."""
        return self.active

    @property
    def is_authenticated(self) -> bool:
        """A loaded user is signed in (the name is Flask-Login's)."""
        return self.active

    @property
    def is_anonymous(self) -> bool:
        """A loaded user is somebody (the name is Flask-Login's)."""
        return False

    def get_id(self) -> str:
        """What the session keeps: a changed version ends every other session at once."""
        return f"{self.id}.{self.session_version}"

    @property
    def is_manager(self) -> bool:
        """Office administrator or leader."""
        return self.role in MANAGERS

    @property
    def is_enterprise(self) -> bool:
        """Acts for an enterprise."""
        return self.role in ENTERPRISE


keep_pinyin(User, "name")


class SecretColumns:
    """What is kept of a secret address (`secret_addresses.py`)."""

    salt: Mapped[str] = mapped_column(sa.String(32))
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)


class Revocable(SecretColumns):
    """A secret address that somebody made, and somebody may revoke."""

    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class FailedSignIn(Base):
    """A wrong password, kept so that guessing is slowed per account and per address."""

    __tablename__ = "failed_sign_ins"

    id: Mapped[Pk]
    username: Mapped[Code] = mapped_column(index=True)
    address: Mapped[Code] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
