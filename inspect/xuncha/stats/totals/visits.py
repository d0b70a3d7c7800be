"""What visits contribute to the figures: each on its day, and each site with the day of the visit before.

In any run of days a site is reached once if it is counted at that visit whose visit before lies outside of the run: so
different sites are summed up like anything else, by the cohort of the visit before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from ...checks.models import Check, SetAside, VisitKind
from ...checks.queries import valid
from ...enterprises.models import Site, SiteKind
from ..definition import FIGURES
from ..kept import OfVisits
from .changes import EVERY, WHOLE, Cell, Changes

Row = sa.Row[*tuple[Any, ...]]


class Touched:
    """The sites whose visits a flush changes: by checks that are filed or set aside; a filed check never changes."""

    def __init__(self, things: Iterable[Any]) -> None:
        things = list(things)
        moved = [thing for thing in things if isinstance(thing, Site) and _is_other(thing)]
        self._filed = [thing for thing in things if isinstance(thing, Check) and not thing.id]
        asides = [thing for thing in things if isinstance(thing, SetAside)]
        gone = [aside.check for aside in asides if aside.check]
        gone += [check.replaces for check in self._filed if check.replaces]
        checks = [*self._filed, *gone]
        self._sites = moved + [check.site for check in checks if check.site]
        self._numbers = {check.site_id for check in checks if not check.site}
        self._others = {check.replaces_id for check in self._filed if check.replaces_id}
        self._others |= {aside.check_id for aside in asides if not aside.check}
        self._only_more = not (moved or gone or self._others)

    def __bool__(self) -> bool:
        return bool(self._sites or self._numbers or self._others)

    def _known(self) -> set[int]:
        return {site.id for site in self._sites if site.id} | self._numbers

    def add_before(self, connection: sa.Connection, changes: Changes) -> None:
        """Add what they contributed; the rows still are as they were."""
        if self._only_more:
            return
        if self._others:
            of_others = sa.select(Check.site_id).where(Check.id.in_(self._others))
            self._numbers |= set(connection.scalars(of_others))
        add_changes(connection, self._known(), changes)

    def add_after(self, connection: sa.Connection, changes: Changes) -> None:
        """Add what they contribute now. Where checks are only added, before was the same without them: one read less."""
        new = {check.id for check in self._filed} if self._only_more else set()
        visits = _read(connection, self._known(), new)
        _add(changes, visits)
        if self._only_more:
            before: Changes = Counter()
            _add(before, [visit for visit in visits if not visit.is_new])
            changes.subtract(before)


def _is_other(site: Site) -> bool:
    state = sa.inspect(site)
    return bool(state.persistent and state.attrs.kind.history.has_changes())


def add_changes(connection: sa.Connection, sites: Collection[int], changes: Changes) -> None:
    """Add what the valid checks of sites contribute."""
    _add(changes, _read(connection, sites))


# Made once: making a statement takes longer than running it.
_VISITS = (
    valid(sa.select(Check))
    .join(Site, Site.id == Check.site_id)
    .where(Check.site_id.in_(sa.bindparam("sites", expanding=True)))
    .with_only_columns(
        Check.site_id,
        Site.kind.label("site_kind"),
        Check.visited_on,
        Check.kind,
        Check.id.in_(sa.bindparam("new", expanding=True)).label("is_new"),
    )
    .order_by(Check.site_id)
    .distinct()
)


def _read(connection: sa.Connection, sites: Collection[int], new: Collection[int] = ()) -> Sequence[Row]:
    """The days and kinds of the valid checks of sites, those of the new ones apart."""
    return connection.execute(_VISITS, {"sites": list(sites), "new": list(new)}).all() if sites else []


def _add(changes: Changes, visits: Iterable[Row]) -> None:
    for _site, rows in groupby(visits, key=attrgetter("site_id")):
        one = list(rows)
        _add_site(changes, one[0].site_kind, [(row.visited_on, row.kind) for row in one])


def _add_site(changes: Changes, site_kind: SiteKind, visits: list[tuple[date, VisitKind]]) -> None:
    for name, figure in FIGURES.items():
        kept = figure.kept
        if not isinstance(kept, OfVisits) or kept.site_kind not in (None, site_kind):
            continue
        days = sorted({day for day, kind in visits if kind in kept.kinds})
        for before, day in pairwise([EVERY, *days]):
            changes[Cell(name, WHOLE, "", before if kept.reached else EVERY), day] += 1
