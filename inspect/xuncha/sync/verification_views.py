"""Decisions on reported rectifications, as phones hand them over."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import Response, request
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError

from ..accounts.models import User
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import commit, db
from ..core.errors import ActedFirst
from ..core.web import needs
from ..hazards.verification.verifications import Verification, VerificationReceipt, take_verification
from . import forms
from .authors import author_of
from .blueprint import pages, receipt_answer


@pages.post("/sync/verifications")
@needs(Permission.VERIFY_HAZARD)
def take() -> tuple[Response, int]:
    """Take a decision once: 201 at the first time, 200 with the same receipt ever after; `?for=<user>` as for filings."""
    body = request.get_data(cache=False)
    digest = forms.body_hash(body, request.headers.get("X-Filing-SHA256"), request.mimetype)
    told = forms.read_verification(body)
    now = utcnow()
    offset = forms.clock_offset_s(request.headers.get("X-Phone-Time"), now)
    try:
        receipt = _taken(told, now, offset)
    except (sa.exc.IntegrityError, StaleDataError, ActedFirst):
        # Taken by another request at the same moment, on PostgreSQL while this one waited for the hazard: now it is
        # known, or the hazard has moved on.
        db.session.rollback()
        receipt = _taken(told, now, offset)
    return receipt_answer(receipt, digest)


def _taken(told: Verification, now: datetime, offset: int) -> VerificationReceipt:
    author, deliverer = author_of(db.session.get_one(User, current_user.id))
    receipt = take_verification(told, actor=author, now=now, clock_offset_s=offset, delivered_by=deliverer)
    commit()
    return receipt
