"""Hazards, their events and photos, extensions, notices and re-inspection opinions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..checklists.models import HazardClass, Item
from ..checks.models import Check
from ..core.db import Base, Code, Pk, choice
from ..core.i18n import language
from ..core.labels import N_, Labelled
from ..enterprises.models import Site
from ..photos.models import PhotoUse
from .lifecycle import UNSETTLED, Act, State
from .papers.issued_document import IssuedDocument


class Grade(Labelled):
    """How grave: people decide, by a published criterion. Suspected counts as general until confirmed."""

    GENERAL = "general", N_("General hazard")
    SUSPECTED = "suspected", N_("Suspected major")
    MAJOR = "major", N_("Major hazard")


class Source(Labelled):
    """How the hazard came to be known."""

    ROUTINE = "routine", N_("Routine check")
    SPECIAL = "special", N_("Special campaign check")
    EXPERT = "expert", N_("Expert check")
    HOLIDAY = "holiday", N_("Holiday patrol")
    IDLE_PATROL = "idle_patrol", N_("Idle site patrol")
    LOOK_BACK = "look_back", N_("Look-back check")
    RECHECK = "recheck", N_("Re-inspection only")
    SELF_CHECK = "self_check", N_("Enterprise self-check")
    COMPLAINT = "complaint", N_("Report or complaint")
    ASSIGNED = "assigned", N_("Assigned from above")


class VerifyMethod(Labelled):
    """How a rectification was looked at."""

    ON_SITE = "on_site", N_("On site")
    PHOTO = "photo", N_("By photo")


class Outcome(Labelled):
    """What a re-inspection found; partly counts as not."""

    FIXED = "fixed", N_("Rectified")
    PARTLY = "partly", N_("Partly rectified")
    NOT_FIXED = "not_fixed", N_("Not rectified")


# What the filters of the list ask most: its indexes answer them without the rows.
LISTED = ("state", "grade", "hazard_class", "source", "found_by_id")

MAJOR = sa.text("grade != 'general'")


class Hazard(Base):
    """One hazard. The columns hold today's state; the events hold how it came to be, and what was true on any day."""

    __tablename__ = "hazards"
    __table_args__ = (
        sa.Index("ix_hazards_site_state", "site_id", "state"),
        sa.Index("ix_hazards_state_due", "state", "due_on"),
        sa.Index("ix_hazards_found", "found_on", "id", *LISTED),
        sa.Index("ix_hazards_site_found", "site_id", "found_on", "id", *LISTED),
        # Few, and looked for among all that there ever were: see `may_be_major`.
        sa.Index("ix_hazards_major", "state", sqlite_where=MAJOR, postgresql_where=MAJOR),
        sa.UniqueConstraint("year", "serial"),
    )

    id: Mapped[Pk]
    uuid: Mapped[str] = mapped_column(sa.String(36), unique=True)
    number: Mapped[Code] = mapped_column(unique=True)
    year: Mapped[int]
    serial: Mapped[int]
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    check_id: Mapped[int | None] = mapped_column(sa.ForeignKey("checks.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("items.id"), index=True)
    item_code: Mapped[str] = mapped_column(default="")
    found_on: Mapped[date]
    found_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    source: Mapped[Source]
    description: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    hazard_class: Mapped[HazardClass]
    grade: Mapped[Grade] = mapped_column(default=Grade.GENERAL)
    major_criterion: Mapped[str] = mapped_column(default="")
    basis: Mapped[str] = mapped_column(default="")
    measure: Mapped[str] = mapped_column(default="")
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    fixed_on_spot: Mapped[bool] = mapped_column(default=False)
    original_due_on: Mapped[date | None]
    due_on: Mapped[date | None]
    round: Mapped[int] = mapped_column(default=1)
    repeat_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("hazards.id"))
    # 第N次: counted when it is found, so that papers printed later say the same.
    occurrence: Mapped[int] = mapped_column(default=1, server_default="1")
    responsible: Mapped[str] = mapped_column(default="")
    cost: Mapped[float | None]
    reported_done_at: Mapped[datetime | None]
    reported_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    listed_at: Mapped[datetime | None]
    referred_to: Mapped[str] = mapped_column(default="")
    notice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notices.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    site: Mapped[Site] = relationship()
    check: Mapped[Check | None] = relationship()
    item: Mapped[Item | None] = relationship()
    found_by: Mapped[User] = relationship(foreign_keys=[found_by_id])
    reported_by: Mapped[User | None] = relationship(foreign_keys=[reported_by_id])
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])
    repeat_of: Mapped[Hazard | None] = relationship(remote_side="Hazard.id")
    notice: Mapped[Notice | None] = relationship(back_populates="hazards")
    events: Mapped[list[HazardEvent]] = relationship(back_populates="hazard", order_by="HazardEvent.id")
    photos: Mapped[list[HazardPhoto]] = relationship(back_populates="hazard", order_by="HazardPhoto.id")
    extensions: Mapped[list[Extension]] = relationship(back_populates="hazard", order_by="Extension.id")
    plans: Mapped[list[RectificationPlan]] = relationship(
        back_populates="hazard", order_by="RectificationPlan.id"
    )
    letters: Mapped[list[Letter]] = relationship(back_populates="hazard", order_by="Letter.id")
    look_back: Mapped[LookBack | None] = relationship(
        back_populates="hazard", foreign_keys="LookBack.hazard_id"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def author_id(self) -> int:
        """Who found it."""
        return self.found_by_id

    @property
    def is_major(self) -> bool:
        """Confirmed as major."""
        return self.grade is Grade.MAJOR

    @property
    def is_own_finding(self) -> bool:
        """企业自查: the enterprise found it itself, and no notice demands it. What we enter for it waits for a notice."""
        return self.source is Source.SELF_CHECK and self.notice_id is None and self.state is not State.DRAFT

    @property
    def cited_criterion(self) -> str:
        """The criterion that makes it major or suspected; none once it is general, whatever was suspected before."""
        return "" if self.grade is Grade.GENERAL else self.major_criterion

    @property
    def cited_basis(self) -> str:
        """The legal basis in the language of now, as the visit froze it for the grade; else the finder's own words."""
        if self.check is None or not needs_file(self.grade):
            return self.basis
        return basis_on_file(self.grade, self.basis, self.check.facts["items"].get(self.item_code, {}))

    @property
    def accepted_plan(self) -> RectificationPlan | None:
        """The plan that settles who rectifies it, how, with what money, by when, and what to do in an emergency."""
        return next((plan for plan in reversed(self.plans) if plan.accepted), None)

    @property
    def pending_plan(self) -> RectificationPlan | None:
        """The plan that waits for the office's decision."""
        return self.plans[-1] if self.plans and self.plans[-1].accepted is None else None

    @property
    def interim_measures(self) -> str:
        """What keeps people safe until it is closed, as last recorded."""
        brought = (event.brought.get("interim_measures") for event in reversed(self.events))
        return next((str(measures) for measures in brought if measures), "")

    @property
    def listing(self) -> Letter | None:
        """The notice under which it is listed publicly; one listed before there were such notices has none."""
        listings = (letter for letter in reversed(self.letters) if letter.kind is LetterKind.LISTING)
        return next(listings, None) if self.listed_at else None

    @property
    def times_found(self) -> int:
        """How often this hazard was found: once, and at each visit or merge that found it again."""
        return 1 + sum(event.act is Act.FOUND_AGAIN for event in self.events)

    def is_overdue(self, day: date) -> bool:
        """逾期: past the valid due date and not yet closed; computed, never stored."""
        return self.due_on is not None and self.due_on < day and self.state in UNSETTLED


# What is or may be major; a database knows the index of them again only with this literal in a query.
# (As a Boolean it would be written `... = 1` for SQLite, which hides the literal from it.)
may_be_major: sa.ColumnElement[bool] = sa.literal_column("hazards.grade") != sa.literal_column("'general'")

# The order of the list: what waits by its due date, what has none behind it, the settled last. An index of migration 0011
# holds exactly this expression; a database knows it again only with these literals in it.
SETTLED = date(9999, 12, 31)
queued: sa.ColumnElement[date] = sa.literal_column(
    f"(CASE WHEN hazards.state IN ({', '.join(repr(state.value) for state in UNSETTLED)}) "
    f"THEN coalesce(hazards.due_on, '9998-12-31') ELSE '{SETTLED}' END)",
    sa.Date(),
)


def needs_file(grade: Grade) -> bool:
    """Whether a hazard's basis in the language of now stands with its visit; else it stands in its own row."""
    return grade is not Grade.GENERAL or language() != "zh"


def basis_on_file(grade: Grade, own: str, item: dict[str, Any]) -> str:
    """The legal basis in the language of now, of the item as the visit froze it; else the finder's own words."""
    names = ("basis",) if grade is Grade.GENERAL else ("major_basis", "basis")
    return next(filter(None, (item.get(f"{name}_{language()}") for name in names)), own)


class HazardEvent(Base):
    """One step of a hazard: who, when, from which state to which, with what was brought. Only added.

    `due_on` is the date that was valid after the step, so that the events alone tell what was overdue on any day.
    """

    __tablename__ = "hazard_events"
    __table_args__ = (
        sa.Index("ix_hazard_events_hazard_at", "hazard_id", "at"),
        sa.CheckConstraint("actor_id IS NULL OR link_id IS NULL", name="one_actor"),
        sa.Index("ix_hazard_events_act_id", "act", "id"),  # what is new since a look
    )

    id: Mapped[Pk]
    hazard_id: Mapped[int] = mapped_column(sa.ForeignKey("hazards.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    actor_name: Mapped[str]
    link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notice_links.id"))
    act: Mapped[Act]
    from_state: Mapped[State | None] = mapped_column(choice(State, "from_state"))
    to_state: Mapped[State] = mapped_column(choice(State, "to_state"))
    note: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    check_id: Mapped[int | None] = mapped_column(sa.ForeignKey("checks.id"), index=True)
    brought: Mapped[dict[str, Any]] = mapped_column(default=dict)

    hazard: Mapped[Hazard] = relationship(back_populates="events")
    photos: Mapped[list[HazardPhoto]] = relationship(back_populates="event", order_by="HazardPhoto.id")


class HazardPhotoRole(Labelled):
    """What a photo of a hazard shows."""

    BEFORE = "before", N_("Before")
    AFTER = "after", N_("After")
    VERIFIED = "verified", N_("At re-inspection")
    PROGRESS = "progress", N_("Progress")


class HazardPhoto(PhotoUse, Base):
    """A photo of a hazard, brought by one of its events."""

    __tablename__ = "hazard_photos"

    id: Mapped[Pk]
    hazard_id: Mapped[int] = mapped_column(sa.ForeignKey("hazards.id"), index=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("hazard_events.id"), index=True)
    role: Mapped[HazardPhotoRole]

    hazard: Mapped[Hazard] = relationship(back_populates="photos")
    event: Mapped[HazardEvent] = relationship(back_populates="photos")


class Extension(Base):
    """A later date asked for, and what was decided. Both dates stay."""

    __tablename__ = "extensions"
    __table_args__ = (sa.CheckConstraint("(asked_by_id IS NULL) <> (link_id IS NULL)", name="one_asker"),)

    id: Mapped[Pk]
    hazard_id: Mapped[int] = mapped_column(sa.ForeignKey("hazards.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notice_links.id"))
    reason: Mapped[str]
    interim_measures: Mapped[str]
    old_due_on: Mapped[date]
    new_due_on: Mapped[date]
    granted: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decision_note: Mapped[str] = mapped_column(default="")

    hazard: Mapped[Hazard] = relationship(back_populates="extensions")
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class RectificationPlan(Base):
    """整改方案: the five points that are settled for a major hazard (责任 措施 资金 时限 预案), and what the office decided."""

    __tablename__ = "rectification_plans"

    id: Mapped[Pk]
    hazard_id: Mapped[int] = mapped_column(sa.ForeignKey("hazards.id"), index=True)
    submitted_at: Mapped[datetime]
    submitted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    responsible: Mapped[str]
    measures: Mapped[str]
    funds: Mapped[float]
    due_on: Mapped[date]
    emergency_plan: Mapped[str]
    accepted: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decision_note: Mapped[str] = mapped_column(default="")

    hazard: Mapped[Hazard] = relationship(back_populates="plans")
    submitted_by: Mapped[User] = relationship(foreign_keys=[submitted_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class LookBack(Base):
    """回头看: a closed hazard drawn into the sample that is looked at once more, and what was seen."""

    __tablename__ = "look_backs"

    id: Mapped[Pk]
    hazard_id: Mapped[int] = mapped_column(sa.ForeignKey("hazards.id"), unique=True)
    drawn_on: Mapped[date]
    done_on: Mapped[date | None] = mapped_column(index=True)
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    relapse_id: Mapped[int | None] = mapped_column(sa.ForeignKey("hazards.id"))

    hazard: Mapped[Hazard] = relationship(back_populates="look_back", foreign_keys=[hazard_id])
    done_by: Mapped[User | None] = relationship()
    relapse: Mapped[Hazard | None] = relationship(foreign_keys=[relapse_id])


class Notice(IssuedDocument, Base):
    """整改通知书: the hazards of one check that the enterprise must rectify, issued under one number."""

    __tablename__ = "notices"
    __table_args__ = (sa.UniqueConstraint("year", "serial"),)

    check_id: Mapped[int | None] = mapped_column(sa.ForeignKey("checks.id"), index=True)

    check: Mapped[Check | None] = relationship()
    hazards: Mapped[list[Hazard]] = relationship(back_populates="notice", order_by="Hazard.id")


class Opinion(IssuedDocument, Base):
    """整改复查意见书: what a re-inspection found, item by item, against a notice."""

    __tablename__ = "opinions"
    __table_args__ = (sa.UniqueConstraint("year", "serial"),)

    notice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notices.id"), index=True)

    notice: Mapped[Notice | None] = relationship()


class LetterKind(Labelled):
    """The numbered papers about one hazard that its steps issue."""

    LISTING = "listing", N_("Notice of public listing")
    DELISTING = "delisting", N_("Notice of delisting")
    REPORT = "report", N_("Report of a major hazard")
    REFERRAL = "referral", N_("Letter of referral")
    EXTENSION = "extension", N_("Decision on an extension")
    SUPERVISION = "supervision", N_("Supervision letter")


class Letter(IssuedDocument, Base):
    """挂牌督办通知书, 摘牌通知书, 重大事故隐患报告, 移送函, 延期决定书, 督办函: about one hazard, numbered by kind and year."""

    __tablename__ = "letters"
    __table_args__ = (sa.UniqueConstraint("kind", "year", "serial"),)

    kind: Mapped[LetterKind]
    hazard_id: Mapped[int] = mapped_column(sa.ForeignKey("hazards.id"), index=True)

    hazard: Mapped[Hazard] = relationship(back_populates="letters")
