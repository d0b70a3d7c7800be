"""Posters of the demo zone and what workers reported by them: one turned down, the others wait for the enterprise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa

from ..checks.filing import PhotoRef
from ..core.clock import at
from ..core.db import db
from ..hazards.public.posters import Poster, add_poster
from ..hazards.public.worker_reports import WorkerReport, add_report, turn_down
from .context import Context
from .people_and_sites import Place


def plan_worker_reports(context: Context) -> None:
    """Posters hang for some weeks; reports come by them until yesterday."""
    rows = context.texts["posters"]
    for row in rows:
        _at(context, row["ago"], 9, lambda moment, row=row: _hang(context, row, moment))
    for number, row in enumerate(context.texts["worker_reports"]):
        place = context.zone.key[rows[row["poster"]]["site"]]
        _at(
            context,
            row["ago"],
            14,
            lambda moment, row=row, place=place, number=number: _report(context, place, row, number, moment),
        )


def _at(context: Context, ago: int, hour: int, event: Any) -> None:
    context.clock.at(at(context.today - timedelta(days=ago), hour), event)


def _hang(context: Context, row: dict[str, Any], moment: datetime) -> None:
    place = context.zone.key[row["site"]]
    assert place.officer is not None
    add_poster(place.site, row["area"], actor=place.officer, now=moment)


def _report(context: Context, place: Place, row: dict[str, Any], number: int, moment: datetime) -> None:
    poster = db.session.scalars(sa.select(Poster).where(Poster.site_id == place.site.id)).one()
    uuid = uuid5(NAMESPACE_URL, f"worker report {number}")
    add_report(
        poster.id,
        uuid=uuid,
        address="demo",
        now=moment,
        place=row["place"],
        words=row["words"],
        reporter=row["reporter"],
        photos=[PhotoRef(sha256=context.album.pairs[row["scene"]][0].before)],
    )
    if row["reason"] and place.officer is not None:
        report = db.session.scalars(sa.select(WorkerReport).where(WorkerReport.uuid == str(uuid))).one()
        turn_down(report, row["reason"], actor=place.officer, now=moment + timedelta(hours=2))
