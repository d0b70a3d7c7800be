"""The sites of the map with their open hazards, by the definitions of the figures; the outline that holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core import settings
from ...core.db import db
from ...core.history import Named
from ...enterprises.models import Risk, Site, SiteKind, WorkingState
from ...hazards.models import Hazard
from ..figures import Figures
from .drawing import Frame, Tile, radius
from .models import Outline, Ring

MOST_SITES = 400


@dataclass(frozen=True)
class Mark:
    """A site: where it stands, how many of its hazards are open and overdue."""

    number: int
    name: str
    kind: SiteKind
    risk: Risk
    place: tuple[float, float] | None  # longitude, latitude
    open: int
    overdue: int


@dataclass(frozen=True)
class Drawn:
    """A mark and where it stands on the drawing."""

    mark: Mark
    x: float
    y: float
    r: float


@dataclass(frozen=True)
class ZoneMap:
    """What is drawn, and what cannot be: sites without a place, sites beyond the most that are drawn."""

    drawn: Sequence[Drawn]
    marks: Sequence[Mark]
    path: str
    tiles: Sequence[Tile]
    placeless: Sequence[Mark]
    left_out: int


def marks(figures: Figures) -> list[Mark]:
    """The sites that work or have an open hazard, those with the most overdue and open hazards first."""
    rows = figures.by(["hazards_unsettled", "hazards_overdue"], Hazard.site_id)
    open_at = {number: (unsettled, overdue) for number, unsettled, overdue in rows if unsettled}
    shown = sa.or_(Site.working_state != WorkingState.CLOSED, Site.id.in_(open_at))
    query = figures.scope.sites(figures.period.as_of).where(shown)
    columns = (Site.id, Site.name, Site.kind, Site.risk, Site.longitude, Site.latitude)
    found = []
    for number, name, kind, risk, longitude, latitude in db.session.execute(
        query.with_only_columns(*columns)
    ):
        place = None if longitude is None or latitude is None else (longitude, latitude)
        found.append(Mark(number, name, kind, risk, place, *open_at.pop(number, (0, 0))))
    # A reader sees hazards that he found at sites of others: the sums agree only with them.
    named = sa.select(*columns).where(Site.id.in_(open_at))
    for number, name, kind, risk, longitude, latitude in db.session.execute(named) if open_at else ():
        place = None if longitude is None or latitude is None else (longitude, latitude)
        found.append(Mark(number, name, kind, risk, place, *open_at[number]))
    return sorted(found, key=lambda mark: (-mark.overdue, -mark.open, mark.name))


def zone_map(figures: Figures) -> ZoneMap:
    """The zone as it is drawn."""
    now = settings.values()
    template, found = now[settings.MAP_TILES], marks(figures)
    placed = [mark for mark in found if mark.place]
    shown, rings = placed[:MOST_SITES], rings_now()
    around = [(point[0], point[1]) for ring in rings for point in ring]
    around += [mark.place for mark in shown if mark.place]
    frame = Frame.around(
        around, tiles=bool(template), is_shifted=bool(template) and now[settings.MAP_SHIFTED] == "1"
    )
    drawn = [Drawn(mark, *frame.place(*mark.place), radius(mark.open)) for mark in shown if mark.place]
    # The largest lie beneath the others.
    drawn.sort(key=lambda one: -one.r)
    return ZoneMap(
        drawn,
        found,
        frame.path(rings),
        list(frame.tiles(template)),
        [mark for mark in found if not mark.place],
        len(placed) - len(shown),
    )


def newest_outline() -> Outline | None:
    """The outline that was brought in last; one without rings took the earlier ones away."""
    return db.session.scalars(sa.select(Outline).order_by(Outline.id.desc()).limit(1)).first()


def rings_now() -> list[Ring]:
    """The rings of the outline that holds."""
    newest = sa.select(Outline.rings).order_by(Outline.id.desc()).limit(1)
    return db.session.scalar(newest) or []


def keep_outline(rings: list[Ring], name: str, *, actor: Named | None, now: datetime) -> Outline:
    """Add an outline that holds from now on; without rings, blank ground."""
    row = Outline(
        rings=rings,
        name=name,
        points=sum(map(len, rings)),
        at=now,
        actor_id=actor.id if actor else None,
        actor_name=actor.name if actor else "",
    )
    db.session.add(row)
    db.session.flush()
    return row


def as_data(figures: Figures) -> list[dict[str, Any]]:
    """The marks for other programs, in WGS-84."""
    return [
        {
            "site": mark.number,
            "kind": mark.kind.value,
            "risk": mark.risk.value,
            "longitude": mark.place[0] if mark.place else None,
            "latitude": mark.place[1] if mark.place else None,
            "open": mark.open,
            "overdue": mark.overdue,
        }
        for mark in marks(figures)
    ]
