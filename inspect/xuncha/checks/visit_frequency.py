"""Visit frequency: how often an enterprise was visited in a year by legal mode, beside the cap that the organ has published.

It warns and never refuses: a visit that was made is filed (国办发〔2024〕54号; domain 2.0).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..core import settings
from ..core.db import db
from ..core.labels import N_, Labelled
from ..core.parsing import read_number
from ..enterprises.models import Site, SiteKind
from ..enterprises.queries import visible_to as sites_visible_to
from .models import Check, LegalMode, VisitKind
from .queries import valid

NEAR = 80  # of a hundred of the cap


class Reach(Labelled):
    """How near the visits are to the cap."""

    BELOW = "below", N_("Below the cap")
    NEAR = "near", N_("Near the cap")
    REACHED = "reached", N_("Cap reached")
    OVER = "over", N_("Over the cap")


RANK = list(Reach)


@dataclass(frozen=True)
class Tally:
    """The visits of one legal mode in a year; no cap where none is published."""

    mode: LegalMode
    year: int
    visits: int
    cap: int | None

    @property
    def reach(self) -> Reach:
        """How near they are to the cap."""
        if self.cap is None or 100 * self.visits < NEAR * self.cap:
            return Reach.BELOW
        if self.visits == self.cap:
            return Reach.REACHED
        return Reach.OVER if self.visits > self.cap else Reach.NEAR


@dataclass
class Line:
    """An enterprise and its visits of a year."""

    site: Site
    tallies: list[Tally] = field(default_factory=list)
    visits: int = 0

    @property
    def reach(self) -> Reach:
        """The graver one of its modes."""
        return max((one.reach for one in self.tallies), key=RANK.index)


def caps() -> dict[LegalMode, int | None]:
    """The published cap of each legal mode."""
    now = settings.values()
    return {mode: read_number(now[f"cap_{mode.value}"]) or None for mode in LegalMode}


def _counted(year: int) -> sa.Select[Check]:
    """The visits that count: re-inspections are shown apart, as in every figure of visits (domain 5.1)."""
    days = Check.visited_on.between(date(year, 1, 1), date(year, 12, 31))
    return valid(sa.select(Check)).where(days, Check.kind != VisitKind.RECHECK)


def tallies_of(site: Site, year: int) -> list[Tally]:
    """The visits of one enterprise by legal mode: one day is one visit, however many came along."""
    counts = {row[0]: row[1] for row in db.session.execute(_modes_in(year), {"site": site.id})}
    return [Tally(mode, year, counts.get(mode, 0), cap) for mode, cap in caps().items()]


@lru_cache(4)
def _modes_in(year: int) -> sa.Select[LegalMode, int]:
    """Made once a year: every check page asks it."""
    of_site = _counted(year).where(Check.site_id == sa.bindparam("site"))
    query = of_site.with_only_columns(Check.mode, sa.func.count(Check.visited_on.distinct()))
    return query.group_by(Check.mode)


def visits_in(sites: Collection[int], mode: LegalMode, year: int) -> dict[int, int]:
    """How often each of some enterprises was visited in a year in one legal mode."""
    query = _counted(year).where(Check.site_id.in_(sites), Check.mode == mode)
    days = query.with_only_columns(Check.site_id, sa.func.count(Check.visited_on.distinct()))
    return {row[0]: row[1] for row in db.session.execute(days.group_by(Check.site_id))}


def near_or_over(site: Site, kind: VisitKind, day: date) -> list[Tally]:
    """What a person should know who starts a check: the modes in which few visits are left, or none."""
    if site.is_idle or kind is VisitKind.RECHECK or not any(caps().values()):
        return []
    return [one for one in tallies_of(site, day.year) if one.reach is not Reach.BELOW]


def lines(actor: User, year: int, *, all_of_them: bool = False) -> list[Line]:
    """The enterprises near or over a cap, the gravest first; or all that were visited."""
    counts: dict[int, dict[LegalMode, int]] = defaultdict(dict)
    query = _counted(year).with_only_columns(
        Check.site_id, Check.mode, sa.func.count(Check.visited_on.distinct())
    )
    for site_id, mode, count in db.session.execute(query.group_by(Check.site_id, Check.mode)):
        counts[site_id][mode] = count
    days = _counted(year).with_only_columns(Check.site_id, sa.func.count(Check.visited_on.distinct()))
    totals = {row[0]: row[1] for row in db.session.execute(days.group_by(Check.site_id))}
    sites = sites_visible_to(actor).where(Site.kind == SiteKind.ENTERPRISE, Site.id.in_(counts))
    published = caps()
    found = [
        Line(
            site,
            [Tally(mode, year, counts[site.id].get(mode, 0), cap) for mode, cap in published.items()],
            totals[site.id],
        )
        for site in db.session.scalars(sites.options(joinedload(Site.supervisor)))
    ]
    shown = found if all_of_them else [one for one in found if one.reach is not Reach.BELOW]
    return sorted(shown, key=lambda one: (-RANK.index(one.reach), -one.visits, one.site.name))
