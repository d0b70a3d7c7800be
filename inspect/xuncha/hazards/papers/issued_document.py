"""What every document has that was issued to an enterprise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from ...accounts.models import User
from ...core.db import Pk
from ...enterprises.models import Site


class IssuedDocument:
    """Columns of a document that was issued to an enterprise: its number, by whom and when, and the facts it printed."""

    id: Mapped[Pk]
    number: Mapped[str] = mapped_column(index=True)
    year: Mapped[int]
    serial: Mapped[int]
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    facts: Mapped[dict[str, Any]]

    @declared_attr
    @classmethod
    def site(cls) -> Mapped[Site]:
        """Where the hazards are."""
        return relationship()

    @declared_attr
    @classmethod
    def issued_by(cls) -> Mapped[User]:
        """Who issued it."""
        return relationship()

    @property
    def author_id(self) -> int:
        """Who issued it."""
        return self.issued_by_id
