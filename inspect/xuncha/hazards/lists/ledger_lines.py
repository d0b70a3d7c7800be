"""The lines of a ledger read for printing: plain rows in portions, so that a long one takes level memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import aliased

from ...accounts.models import User
from ...checks.models import Check
from ...core.db import db
from ...core.i18n import label
from ...enterprises.models import Site
from ..contact_log import Reply
from ..lifecycle import Act
from ..models import Hazard, HazardEvent, basis_on_file, needs_file

PORTION = 500  # hazards read at a time, within what a statement may name
BRINGING = (Act.REPORT_DONE, Act.ACCEPT, Act.REMIND, Act.ESCALATE)
"""The steps of which a ledger prints what they brought."""


class Wording:
    """What a long list says again and again, each looked up once, in the language of now."""

    def __init__(self) -> None:
        self.label, self.say = cache(label), cache(gettext)


@dataclass(frozen=True, slots=True)
class Line:
    """A hazard with the names that its ledger prints, its basis in the language of now, and its events in their order."""

    hazard: sa.Row[Any]
    basis: str
    events: Sequence[sa.Row[Any]]


def urged_times(events: Iterable[sa.Row[Any]]) -> int:
    """How often the enterprise was reached, by some of a hazard's events."""
    return sum(
        event.act is Act.REMIND and event.brought.get("reply") != Reply.NOT_REACHED for event in events
    )


def lines(query: sa.Select[Hazard], acts: Collection[Act] = tuple(Act)) -> Iterator[Line]:
    """The hazards of a select in its order, a portion at a time, with their events of these acts."""
    # Of their own: the order of the select may join the same tables.
    site, finder, holder, looker = aliased(Site), aliased(User), aliased(User), aliased(User)
    earlier = aliased(Hazard)
    rows: sa.Select[Any] = (
        query.with_only_columns(
            *Hazard.__table__.columns,
            site.name.label("site_name"),
            site.uscc.label("site_uscc"),
            holder.name.label("supervisor_name"),
            finder.name.label("found_by_name"),
            looker.name.label("verified_by_name"),
            earlier.number.label("repeat_of_number"),
        )
        .join(site, site.id == Hazard.site_id)
        .join(finder, finder.id == Hazard.found_by_id)
        .outerjoin(holder, holder.id == site.supervisor_id)
        .outerjoin(looker, looker.id == Hazard.verified_by_id)
        .outerjoin(earlier, earlier.id == Hazard.repeat_of_id)
    )
    for portion in db.session.execute(rows, execution_options={"yield_per": PORTION}).partitions():
        events, items = _events([row.id for row in portion], acts), _items(portion)
        for row in portion:
            frozen = items.get(row.check_id, {}).get(row.item_code, {})
            yield Line(row, basis_on_file(row.grade, row.basis, frozen), events[row.id])


def _events(ids: Sequence[int], acts: Collection[Act]) -> dict[int, list[sa.Row[Any]]]:
    query = sa.select(
        HazardEvent.hazard_id,
        HazardEvent.at,
        HazardEvent.act,
        HazardEvent.from_state,
        HazardEvent.to_state,
        HazardEvent.due_on,
        HazardEvent.actor_name,
        sa.case((HazardEvent.act.in_(BRINGING), HazardEvent.brought)).label("brought"),
    )
    found = defaultdict(list)
    wanted = query.where(HazardEvent.hazard_id.in_(ids), HazardEvent.act.in_(acts)).order_by(HazardEvent.id)
    for row in db.session.execute(wanted):
        found[row.hazard_id].append(row)
    return found


def _items(portion: Sequence[sa.Row[Any]]) -> dict[int, dict[str, Any]]:
    """The items as the visits froze them, of the hazards whose basis stands there."""
    ids = {row.check_id for row in portion if row.check_id and needs_file(row.grade)}
    found = db.session.execute(sa.select(Check.id, Check.facts).where(Check.id.in_(ids))) if ids else ()
    return {number: facts["items"] for number, facts in found}
