"""Pulses of idle sites, as phones hand them over."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import Response, request
from flask_login import current_user

from ..accounts.models import User
from ..checks.pulses import PulsePart, PulseReceipt, take_pulse
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import commit, db
from ..core.web import needs
from . import forms
from .authors import author_of
from .blueprint import pages, receipt_answer


@pages.post("/sync/pulses")
@needs(Permission.FILE_PULSE)
def take_pulse_of_phone() -> tuple[Response, int]:
    """Take a pulse once: 201 at the first time, 200 with the same receipt ever after; `?for=<user>` as for filings."""
    body = request.get_data(cache=False)
    digest = forms.body_hash(body, request.headers.get("X-Filing-SHA256"), request.mimetype)
    told = forms.read_pulse(body)
    now = utcnow()
    offset = forms.clock_offset_s(request.headers.get("X-Phone-Time"), now)
    try:
        receipt = _taken(told, now, offset)
    except sa.exc.IntegrityError:
        # Taken by another request at the same moment: now it is known.
        db.session.rollback()
        receipt = _taken(told, now, offset)
    return receipt_answer(receipt, digest)


def _taken(told: PulsePart, now: datetime, offset: int) -> PulseReceipt:
    author, deliverer = author_of(db.session.get_one(User, current_user.id))
    receipt = take_pulse(told, actor=author, now=now, clock_offset_s=offset, delivered_by=deliverer)
    commit()
    return receipt
