"""What workers report by a poster: kept as it came, taken or turned down by the enterprise, seen by its supervisor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...accounts.actions import WINDOW, TooManyTries, demand_few_reports, note_report
from ...accounts.models import User
from ...checklists.models import HazardClass
from ...checks.actions import columns_of
from ...checks.filing import PhotoRef
from ...core import history
from ...core.access import ENTERPRISE, FIELD, READ_ALL, Permission, demand
from ...core.clock import ZONE
from ...core.db import Base, Pk, db, insert_new, table_of
from ...core.errors import ActedFirst, Refused
from ...core.labels import N_
from ...enterprises.models import Site
from ...enterprises.queries import ids_visible_to
from ...photos.models import Photo, PhotoUse
from ...photos.queries import by_hashes, shown
from .. import actions
from ..models import Hazard, Source
from .posters import Poster, held_poster

REPORTS = 30  # by one poster in ten minutes
PHOTOS_AT_MOST = 9


class WorkerReport(Base):
    """One report: place, words and photos as they came. `accepted` is None while it waits for the enterprise.

    The address from which it came is not kept, and the name only where the worker gave one.
    """

    __tablename__ = "worker_reports"
    __table_args__ = (
        sa.UniqueConstraint("poster_id", "uuid"),
        sa.Index("ix_worker_reports_poster_received", "poster_id", "received_at"),
    )

    id: Mapped[Pk]
    poster_id: Mapped[int] = mapped_column(sa.ForeignKey("posters.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    uuid: Mapped[str] = mapped_column(sa.String(36))
    received_at: Mapped[datetime]
    place: Mapped[str]
    words: Mapped[str]
    reporter: Mapped[str] = mapped_column(default="")
    accepted: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(default="")
    hazard_id: Mapped[int | None] = mapped_column(sa.ForeignKey("hazards.id"), index=True)

    poster: Mapped[Poster] = relationship()
    site: Mapped[Site] = relationship()
    decided_by: Mapped[User | None] = relationship()
    hazard: Mapped[Hazard | None] = relationship()
    photos: Mapped[list[WorkerReportPhoto]] = relationship(order_by="WorkerReportPhoto.id")


class WorkerReportPhoto(PhotoUse, Base):
    """A photo of a report."""

    __tablename__ = "worker_report_photos"

    id: Mapped[Pk]
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("worker_reports.id"), index=True)


def visible_to(actor: User) -> sa.Select[WorkerReport]:
    """The reports of the sites that the actor answers for or watches over."""
    query = sa.select(WorkerReport)
    if actor.role in READ_ALL:
        return query
    if actor.role in FIELD | ENTERPRISE:
        return query.where(WorkerReport.site_id.in_(ids_visible_to(actor)))
    return query.where(sa.false())


def waiting(actor: User) -> sa.Select[WorkerReport]:
    """The reports that wait for the enterprise's decision."""
    return visible_to(actor).where(WorkerReport.accepted.is_(None))


def waiting_count(actor: User, site: Site | None = None) -> int:
    """How many reports wait for the enterprise's decision."""
    query = waiting(actor)
    if site is not None:
        query = query.where(WorkerReport.site_id == site.id)
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def report_behind(hazard: Hazard, actor: User) -> WorkerReport | None:
    """The report that became a hazard, where the actor may read it."""
    return db.session.scalars(visible_to(actor).where(WorkerReport.hazard_id == hazard.id)).first()


def counts_of(posters: Sequence[Poster]) -> dict[int, int]:
    """How many reports came by each of these posters."""
    query = sa.select(WorkerReport.poster_id, sa.func.count()).group_by(WorkerReport.poster_id)
    found = db.session.execute(query.where(WorkerReport.poster_id.in_([one.id for one in posters])))
    return {row[0]: row[1] for row in found}


@shown
def _sees_photo(actor: User, photo: Photo) -> bool:
    uses = sa.select(WorkerReportPhoto.report_id).where(WorkerReportPhoto.photo_id == photo.id)
    seen = visible_to(actor).where(WorkerReport.id.in_(uses)).with_only_columns(WorkerReport.id)
    return db.session.scalar(seen.limit(1)) is not None


def add_report(
    poster_id: int,
    *,
    uuid: UUID,
    address: str,
    now: datetime,
    place: str,
    words: str,
    reporter: str = "",
    photos: Sequence[PhotoRef] = (),
) -> None:
    """Take a report; the same form again changes nothing. Raises Missing, Refused, TooManyTries."""
    poster = held_poster(poster_id, for_act=True)
    key = (WorkerReport.poster_id == poster.id, WorkerReport.uuid == str(uuid))
    if db.session.scalar(sa.select(WorkerReport.id).where(*key)) is not None:
        return
    _demand_few(poster, address, now)
    found = _arrived(photos)
    values = {
        "poster_id": poster.id,
        "site_id": poster.site_id,
        "uuid": str(uuid),
        "received_at": now,
        "place": place.strip(),
        "words": words.strip(),
        "reporter": reporter.strip(),
        "reason": "",
    }
    number = db.session.scalar(insert_new(WorkerReport).returning(table_of(WorkerReport).c.id), values)
    if number is None:  # the same form at the same moment
        return
    for position, (ref, photo) in enumerate(zip(photos, found, strict=True)):
        db.session.add(WorkerReportPhoto(report_id=number, **columns_of(ref, photo, position)))
    note_report(address, now)


def _demand_few(poster: Poster, address: str, now: datetime) -> None:
    demand_few_reports(address, now)
    recent = sa.select(sa.func.count()).where(
        WorkerReport.poster_id == poster.id, WorkerReport.received_at > now - WINDOW
    )
    if (db.session.scalar(recent) or 0) >= REPORTS:
        raise TooManyTries(N_("Too many reports came by this poster. Wait ten minutes; in danger, call."))


def _arrived(photos: Sequence[PhotoRef]) -> list[Photo]:
    if len(photos) > PHOTOS_AT_MOST:
        raise Refused(N_("At most %(count)s photos fit a report."), field="photos", count=str(PHOTOS_AT_MOST))
    found = by_hashes([ref.sha256 for ref in photos])
    if len(found) < len(photos):
        raise Refused(N_("A photo has not arrived. Add it again."), field="photos")
    return [found[ref.sha256] for ref in photos]


def _demand_waiting(report: WorkerReport) -> None:
    if report.accepted is None:
        return
    assert report.decided_by is not None and report.decided_at is not None
    raise ActedFirst(
        N_("%(name)s has decided on this report already, %(moment)s."),
        name=report.decided_by.name,
        moment=f"{report.decided_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
    )


def accept(
    report: WorkerReport,
    *,
    actor: User,
    now: datetime,
    description: str,
    place: str,
    hazard_class: HazardClass,
    due_on: date,
    measure: str = "",
) -> Hazard:
    """Take a report for the enterprise: it becomes a hazard that the enterprise found itself.

    Raises NotAllowed, ActedFirst, Refused.
    """
    demand(actor, Permission.DECIDE_WORKER_REPORT, report)
    _demand_waiting(report)
    hazard = actions.add_hazard(
        report.site,
        actor=actor,
        now=now,
        source=Source.SELF_CHECK,
        description=description,
        place=place,
        hazard_class=hazard_class,
        due_on=due_on,
        measure=measure,
        photos=[PhotoRef(sha256=use.photo.sha256) for use in report.photos],
    )
    report.hazard = hazard
    _decide(report, True, "", actor, now)
    return hazard


def turn_down(report: WorkerReport, reason: str, *, actor: User, now: datetime) -> None:
    """Turn a report down for the enterprise, with the reason. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.DECIDE_WORKER_REPORT, report)
    _demand_waiting(report)
    if not reason.strip():
        raise Refused(N_("Give the reason."), field="reason")
    _decide(report, False, reason.strip(), actor, now)


def _decide(report: WorkerReport, accepted: bool, reason: str, actor: User, now: datetime) -> None:
    report.accepted, report.reason = accepted, reason
    report.decided_at, report.decided_by_id = now, actor.id
    history.record(
        report, "accept_report" if accepted else "turn_down_report", actor=actor, now=now, note=reason
    )
