"""Selects of what phones reported."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from ..accounts.models import User
from ..core.access import READ_ALL, Role
from ..core.db import db
from .models import DeviceReport

OLD = timedelta(days=2)


def visible_to(actor: User) -> sa.Select[DeviceReport]:
    """The reports that a person may read: all, those of the team that he leads, else his own."""
    query = sa.select(DeviceReport).join(User)
    if actor.role in READ_ALL:
        return query
    if actor.role is Role.TEAM_LEAD and actor.team_id is not None:
        return query.where(sa.or_(User.team_id == actor.team_id, User.id == actor.id))
    return query.where(User.id == actor.id)


def need_a_hand(actor: User, now: datetime) -> list[DeviceReport]:
    """Phones that lost checks, then those on which one has waited for more than two days as far as they last said."""
    waits = sa.and_(DeviceReport.unsent > 0, DeviceReport.oldest_at <= now - OLD)
    query = (
        visible_to(actor)
        .where(sa.or_(DeviceReport.lost > 0, waits))
        .options(contains_eager(DeviceReport.user))
    )
    return list(
        db.session.scalars(query.order_by(DeviceReport.lost.desc(), DeviceReport.oldest_at, DeviceReport.id))
    )
