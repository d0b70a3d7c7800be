"""The principal's signature on the rectification of a major hazard (主要负责人签字): who must give it, and what unmakes it."""

from __future__ import annotations

from ..core.access import Bearer, Role
from ..core.errors import Refused
from ..core.labels import N_
from . import queries
from .actors import Actor
from .lifecycle import Act
from .models import Hazard

# After these the principal signs anew before it is reported rectified.
UNSIGNING = frozenset({Act.SEND_BACK, Act.REOPEN, Act.CONFIRM_MAJOR})


def signed_off(hazard: Hazard) -> bool:
    """Whether the principal signed since it was last begun or found to be major."""
    signed = False
    for event in hazard.events:
        signed = event.act is Act.SIGN_OFF or (signed and event.act not in UNSIGNING)
    return signed


def needs_sign_off(hazard: Hazard, actor: Actor) -> bool:
    """Whether the principal signs first: for every major hazard, where the principal has an account to sign with.

    A principal who reports it himself signs by that. Under a notice an enterprise without such an account signs by the
    link of the paper, or on paper; what it found itself has no other paper of its own.
    """
    if not hazard.is_major or actor.role is Role.ENT_PRINCIPAL or signed_off(hazard):
        return False
    return hazard.is_own_finding or queries.has_principal(hazard.site_id)


def same_person(name: str, other: object) -> bool:
    """Whether two names as people write them are one person's."""
    return "".join(name.split()).casefold() == "".join(str(other or "").split()).casefold()


def demand_principal(hazard: Hazard, actor: Actor) -> None:
    """By link a name is typed: raise Refused unless it is one that the zone has of the principal."""
    if actor.role is not Bearer.NOTICE_LINK:
        return
    if not any(same_person(actor.name, known) for known in queries.names_of_principals(hazard.site)):
        raise Refused(
            N_(
                "This is not the name of the principal that the safety office has. The principal signs here, or with the"
                " enterprise's own account; if the name has changed, tell your supervisor."
            ),
            field="who",
        )
