"""Papers by their number, as people name it: whole, 2026-12, or the bare serial of this year."""

from __future__ import annotations

from flask import current_app, url_for

from ..accounts.models import User
from ..core.access import allowed
from ..core.clock import today
from ..core.db import db
from ..core.i18n import label
from ..core.web import permission_of
from ..reports import queries
from ..reports.printing import Kind
from ..reports.views import FOUND


def papers_found(actor: User, text: str) -> list[tuple[str, str, str]]:
    """Number, address and kind of each paper that bears the number and that the actor may open."""
    if not any(character.isdigit() for character in text):
        return []
    found = []
    for kind, (visible, model, endpoint) in FOUND.items():
        permission = permission_of(current_app, endpoint)
        if permission is None or not allowed(actor, permission):
            continue
        paper = db.session.scalars(queries.numbered(visible(actor), model, text, today().year)).first()
        if paper is not None:
            found.append((paper.number, url_for(endpoint, number=paper.id), label(Kind(kind))))
    return found
