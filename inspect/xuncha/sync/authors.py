"""Whose work a phone hands over: the signed-in person's own, or a colleague's from a rescue file."""

from __future__ import annotations

from flask import request

from ..accounts.models import User
from ..core.access import Permission, demand
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import read_number


def author_of(actor: User) -> tuple[User, User | None]:
    """Whose filing this is, and who delivers it when that is somebody else."""
    number = read_number(request.args.get("for", actor.id))
    if number == actor.id:
        return actor, None
    demand(actor, Permission.DELIVER_FILING)
    author = db.session.get(User, number) if number else None
    # An account that has ended, or changed its role, leaves true work behind: file_check asks who may bring it in.
    if author is None or author.is_enterprise:
        raise Refused(
            N_("The person who made this check may not file checks here any more. Ask the safety office.")
        )
    return author, actor
