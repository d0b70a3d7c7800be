"""Coverage by item: which items of the checklists were not looked at in a period, and at which enterprises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..checklists.models import Checklist, Item
from ..checklists.queries import Section, codes_for, compose
from ..checks.models import Answer, Check, Result, VisitKind
from ..core.db import db
from ..core.labels import N_, Labelled
from ..enterprises.models import Sector, Site
from .figures import Figures

LOOKED_AT, INAPPLICABLE = 2, 1


class Gap(Labelled):
    """Why an item counts as not looked at."""

    NEVER = "never", N_("Never answered")
    INAPPLICABLE = "na", N_("Only not applicable")


@dataclass
class ItemCoverage:
    """An item and the enterprises on whose lists it stands; each is looked at, never answered, or only not applicable."""

    checklist: Checklist
    item: Item
    asked: int = 0
    gaps: dict[Gap, list[Site]] = field(default_factory=lambda: {gap: [] for gap in Gap})

    @property
    def looked_at(self) -> int:
        """At how many of them it was answered as complying or not."""
        return self.asked - sum(len(sites) for sites in self.gaps.values())


def by_item(figures: Figures) -> list[ItemCoverage]:
    """Each item of the lists of the key enterprises in the scope, in the order of the lists.

    Lists and enterprises are those of now; what was answered under an earlier version of an item counts by its code.
    """
    rows = figures.rows("key_enterprises").options(joinedload(Site.supervisor)).order_by(Site.name)
    sites = list(db.session.scalars(rows))
    answered = _answered(figures)
    found: dict[str, ItemCoverage] = {}
    for site, sections in _composed(sites):
        for section in sections:
            for item in section.items:
                line = found.setdefault(item.code, ItemCoverage(section.checklist, item))
                line.asked += 1
                best = answered.get((site.id, item.code), 0)
                if best < LOOKED_AT:
                    line.gaps[Gap.INAPPLICABLE if best == INAPPLICABLE else Gap.NEVER].append(site)
    return sorted(
        found.values(), key=lambda one: (one.checklist.position, one.checklist.id, one.item.position)
    )


def _composed(sites: Iterable[Site]) -> Iterable[tuple[Site, list[Section]]]:
    """Each site with the lists of its routine check; the same lists are put together once."""
    kind = VisitKind.ROUTINE.value
    kept: dict[tuple[tuple[str, ...], Sector], list[Section]] = {}
    for site in sites:
        key = tuple(codes_for(site, kind)), site.sector
        if key not in kept:
            kept[key] = compose(site, kind)
        yield site, kept[key]


def _answered(figures: Figures) -> dict[tuple[int, str], int]:
    """The best answer to each item at each site within the period."""
    period = figures.period
    best = sa.func.max(
        sa.case(
            (Answer.result.in_((Result.COMPLY, Result.FAIL)), LOOKED_AT),
            (Answer.result == Result.NA, INAPPLICABLE),
            else_=0,
        )
    )
    query = (
        figures.scope.checks()
        .join(Answer, Answer.check_id == Check.id)
        .where(Check.visited_on.between(period.first, period.until))
        .with_only_columns(Check.site_id, Answer.code, best)
        .group_by(Check.site_id, Answer.code)
    )
    return {(site, code): rank for site, code, rank in db.session.execute(query)}
