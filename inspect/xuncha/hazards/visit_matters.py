"""What hazards give a supervisor to do on a visit: rectifications to verify, overdue hazards, look-backs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from flask_babel import ngettext

from ..core.db import db
from ..schedule.planner import Asked, Matter, plans
from .follow_up import look_backs
from .lifecycle import UNSETTLED, State
from .lists.filters import Criteria, View
from .models import Hazard


@plans
def _reinspections(asked: Asked) -> Iterator[Matter]:
    reported = Hazard.state == State.REPORTED_DONE
    overdue = sa.and_(~reported, Hazard.due_on < asked.day)
    count = sa.func.count()
    query = (
        sa.select(
            Hazard.site_id,
            count.filter(reported),
            sa.func.min(Hazard.due_on).filter(reported),
            count.filter(overdue),
            sa.func.min(Hazard.due_on).filter(overdue),
        )
        .where(Hazard.site_id.in_(asked.sites), Hazard.state.in_(UNSETTLED), sa.or_(reported, overdue))
        .group_by(Hazard.site_id)
    )
    for site, to_verify, first_due, behind, since in db.session.execute(query):
        if to_verify:
            words = ngettext("%(num)s re-inspection", "%(num)s re-inspections", to_verify)
            yield Matter(site, "verify", words, first_due, _list(View.VERIFY, site), counts=False)
        if behind:
            words = ngettext("%(num)s overdue hazard", "%(num)s overdue hazards", behind)
            yield Matter(site, "overdue", words, since, _list(View.OVERDUE, site), late=True, counts=False)


def _list(view: View, site: int) -> tuple[str, Mapping[str, object]]:
    return "hazards.index", Criteria(view=view, site=site).to_args()


@plans
def _look_backs(asked: Asked) -> Iterator[Matter]:
    waiting: dict[int, int] = {}
    for look in db.session.scalars(look_backs.waiting(asked.supervisor)):
        waiting[look.hazard.site_id] = waiting.get(look.hazard.site_id, 0) + 1
    for site, count in waiting.items():
        if site in asked.sites:
            words = ngettext("%(num)s look-back", "%(num)s look-backs", count)
            yield Matter(site, "look-back", words, opens=("hazards.look_backs", {}), rides=True, counts=False)
