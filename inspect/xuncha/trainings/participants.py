"""Who takes part by phone, without an account: a name and an enterprise as typed, and the address that hangs at a training."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..accounts.secret_addresses import SecretAddresses, note_opening
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import alike, visible_text
from ..enterprises.models import Site

OPENINGS = 3000  # of one address in ten minutes: a hall scans it together
NAME_AT_MOST, ENTERPRISE_AT_MOST, PHONE_AT_MOST = 60, 120, 40


@dataclass(frozen=True)
class Participant:
    """A person as the phone tells; nothing else is asked."""

    name: str
    enterprise: str
    phone: str = ""

    def demand_named(self) -> None:
        """Raise Refused unless there is a name and an enterprise that fit."""
        limits = (
            ("name", self.name, NAME_AT_MOST),
            ("enterprise", self.enterprise, ENTERPRISE_AT_MOST),
            ("phone", self.phone, PHONE_AT_MOST),
        )
        for field, words, most in limits:
            if not visible_text(words) and field != "phone":
                raise Refused(N_("Fill this in."), field=field)
            if len(words) > most:
                message = N_("At most %(most)s characters; these are %(count)s.")
                raise Refused(message, field=field, most=most, count=len(words))

    @property
    def site_id(self) -> int | None:
        """The site whose name or credit code was typed; none where nothing or several have it."""
        typed = visible_text(self.enterprise)
        found = list(
            db.session.scalars(
                sa.select(Site.id).where(sa.or_(Site.name == typed, Site.uscc == typed.upper())).limit(2)
            )
        )
        return found[0] if len(found) == 1 else None

    def key(self, site_id: int | None) -> str:
        """What makes the same person twice one: name and enterprise, however they are spaced."""
        return f"{alike(visible_text(self.name))}|{site_id or alike(visible_text(self.enterprise))}"


def opened_by(token: str, addresses: SecretAddresses[Any], *, address: str, now: datetime) -> int | None:
    """The number of what a token opens; None, and the try counted, where it opens nothing.

    The opening is written down. Raises TooManyTries: after twenty wrong ones from an address, or so many openings, in
    ten minutes.
    """
    found = addresses.opened_by(token, address=address, now=now)
    if found is None:
        return None
    note_opening(found, OPENINGS, now)
    return int(found.id)
