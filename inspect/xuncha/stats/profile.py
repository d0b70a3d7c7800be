"""企业画像: one enterprise over twelve months, by the definitions of the figures, as one reads it before a visit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..checklists.models import Item
from ..checks.models import Check, LegalMode
from ..core.clock import day_end, local_day
from ..core.db import db
from ..core.i18n import pick
from ..enterprises.models import Contact, ContactDuty, Site
from ..hazards.lifecycle import Act
from ..hazards.models import Hazard, HazardEvent
from ..trainings.models import Audience, Training
from . import queries
from .figures import Figures, Period, Scope, Share
from .period import add_months, month_end

MONTHS = 12
LAST_CHECKS = 3
# Who picks up the telephone: the safety officer before the principal (domain: 安全管理人员 is the usual contact).
ANSWERING = (
    ContactDuty.SAFETY_OFFICER,
    ContactDuty.PRINCIPAL,
    ContactDuty.KEEPER,
    ContactDuty.LEGAL_REP,
    ContactDuty.OTHER,
)
REINSPECTED = (Act.VERIFY, Act.SEND_BACK)


@dataclass(frozen=True)
class ByItem:
    """The hazards of an item: not closed on the day, found within the period, and of these repeated."""

    code: str
    text: str
    unsettled: int
    found: int
    repeated: int


@dataclass(frozen=True)
class AnswerTimes:
    """Whole days between steps, one for each hazard that took both: the notice, the first report, its re-inspection."""

    reported: tuple[int, ...]
    verified: tuple[int, ...]
    unreported: int

    @property
    def to_report(self) -> float | None:
        """The median from the notice to the first report."""
        return median(self.reported) if self.reported else None

    @property
    def to_verification(self) -> float | None:
        """The median from the first report to the re-inspection that followed."""
        return median(self.verified) if self.verified else None


@dataclass(frozen=True)
class Attended:
    """A training of the period and how many came from the enterprise."""

    training: Training
    heads: int


class Profile:
    """What is known of a site: its figures, and the rows of each part when they are asked for."""

    def __init__(self, site: Site, day: date, reader: User | None) -> None:
        first = add_months(day.replace(day=1), 1 - MONTHS)
        self.site, self.day = site, day
        self.figures = Figures(Period(first, month_end(day), day), Scope(reader, site.id))

    @property
    def period(self) -> Period:
        """The twelve months that end with this one."""
        return self.figures.period

    def contacts(self) -> list[Contact]:
        """Whom to call, who answers first."""
        return sorted(self.site.contacts, key=lambda one: ANSWERING.index(one.duty))

    def unsettled(self) -> list[Hazard]:
        """The hazards that are not closed, nearest due first."""
        rows = self.figures.rows("hazards_unsettled").order_by(
            Hazard.due_on.is_(None), Hazard.due_on, Hazard.id
        )
        return list(db.session.scalars(rows))

    def by_item(self) -> list[ByItem]:
        """Open and repeated hazards by checklist item, most open first."""
        found = {row[0]: row[1:] for row in self._by_item("hazards_found", "hazards_repeated")}
        stock = {row[0]: row[1] for row in self._by_item("hazards_unsettled")}
        texts = _texts(found.keys() | stock.keys())
        rows = [
            ByItem(code, texts.get(code, ""), stock.get(code, 0), *found.get(code, (0, 0)))
            for code in found.keys() | stock.keys()
        ]
        shown = (one for one in rows if one.unsettled or one.found)
        return sorted(shown, key=lambda one: (-one.unsettled, -one.repeated, -one.found, one.code))

    def _by_item(self, *names: str) -> list[tuple[str, int, int]]:
        return self.figures.by(names, Hazard.item_code)

    def answer_times(self) -> AnswerTimes:
        """How long the hazards found in the period took from step to step."""
        ids = self.figures.rows("hazards_found").with_only_columns(Hazard.id)
        query = sa.select(HazardEvent.hazard_id, HazardEvent.act, HazardEvent.at).where(
            HazardEvent.hazard_id.in_(ids),
            HazardEvent.act.in_((Act.ISSUE, Act.REPORT_DONE, *REINSPECTED)),
            HazardEvent.at < day_end(self.day),
        )
        steps: dict[int, dict[str, date]] = {}
        for number, act, moment in db.session.execute(query.order_by(HazardEvent.id)):
            _note(steps.setdefault(number, {}), act, local_day(moment))
        issued = [one for one in steps.values() if "issued" in one]
        return AnswerTimes(
            _days(issued, "issued", "reported"),
            _days(steps.values(), "reported", "verified"),
            sum("reported" not in one and "verified" not in one for one in issued),
        )

    def by_mode(self) -> list[tuple[LegalMode, int]]:
        """The check visits of the period by their legal mode, all modes."""
        rows = self.figures.rows("visits").with_only_columns(Check.mode, sa.func.count())
        counted = {row[0]: row[1] for row in db.session.execute(rows.group_by(Check.mode))}
        return [(mode, counted.get(mode, 0)) for mode in LegalMode]

    def last_checks(self) -> list[Check]:
        """The newest checks, re-inspections among them."""
        rows = self.figures.scope.checks().where(Check.visited_on <= self.day)
        newest = rows.order_by(Check.visited_on.desc(), Check.id.desc()).limit(LAST_CHECKS)
        return list(db.session.scalars(newest.options(joinedload(Check.inspector))))

    def trainings(self) -> list[Attended]:
        """The trainings of the period in which the enterprise took part, newest first."""
        heads = (
            sa.select(sa.func.coalesce(sa.func.sum(Audience.headcount), 0))
            .where(Audience.training_id == Training.id, Audience.site_id == self.site.id)
            .scalar_subquery()
        )
        rows = (
            self.figures.rows("trainings").add_columns(heads).order_by(Training.held_on.desc(), Training.id)
        )
        return [Attended(training, count) for training, count in db.session.execute(rows)]

    def trend(self) -> list[tuple[Period, Share]]:
        """Of the hazards found in each of the twelve months: how many are closed."""
        return queries.trend(self.figures)


def _texts(codes: Iterable[str]) -> dict[str, str]:
    """The newest wording of each item."""
    query = sa.select(Item).where(Item.code.in_([code for code in codes if code])).order_by(Item.id)
    return {item.code: pick(item, "text") for item in db.session.scalars(query)}


def _note(seen: dict[str, date], act: Act, day: date) -> None:
    """Write down the first notice, the first report after it and the first re-inspection after that."""
    if act is Act.ISSUE:
        seen.setdefault("issued", day)
    elif act is Act.REPORT_DONE:
        seen.setdefault("reported", day)
    elif "reported" in seen:
        seen.setdefault("verified", day)


def _days(rows: Iterable[dict[str, date]], first: str, then: str) -> tuple[int, ...]:
    return tuple((one[then] - one[first]).days for one in rows if first in one and then in one)
