"""Who acts on hazards: a person with an account, or whoever holds the paper of a notice and acts for its enterprise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..accounts.models import User
from ..core.access import Bearer, relation


@dataclass(frozen=True)
class LinkBearer:
    """Whoever opened the link of a notice. `name` is what this person typed; nobody has proved it."""

    link_id: int
    notice_id: int
    notice_number: str
    name: str = ""

    id: None = None
    role: Bearer = Bearer.NOTICE_LINK
    is_active: bool = True
    is_enterprise: bool = True

    @property
    def sent_by(self) -> tuple[str, int]:
        """The column of a photo that names the sender, and the number there."""
        return "link_id", self.link_id


Actor = User | LinkBearer


@relation("named_in_notice")
def is_named_in_notice(actor: Any, thing: Any) -> bool:
    """The hazard stands in the notice whose link the actor holds."""
    return bool(getattr(thing, "notice_id", None) == actor.notice_id)


def columns_of(actor: Actor | None) -> dict[str, Any]:
    """Who acted, as the columns of an event; nobody where the system did."""
    if actor is None:
        return {"actor_id": None, "actor_name": "", "link_id": None}
    link_id = actor.link_id if isinstance(actor, LinkBearer) else None
    return {"actor_id": actor.id, "actor_name": actor.name, "link_id": link_id}
