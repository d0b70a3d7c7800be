"""What becomes of a hazard after its notice: the ways and shares of the demo zone's rectifications.py, walked at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...checks.models import VisitKind
from ...hazards.contact_log import Channel
from ...hazards.lifecycle import Act, State
from ...hazards.models import VerifyMethod
from ...hazards.rules import ON_SITE_CLASSES
from .calendar import Day, Moment, at, day_of
from .context import Person
from .courses import GENERAL, MAJOR, Course
from .plan import Plan, Visit

ON_SITE = {one.value for one in ON_SITE_CLASSES}
AT_A_VISIT, ON_A_VISIT_OF_ITS_OWN = 0.12, 0.03
BY_PHOTO, TOLD_ON_PAPER = 0.35, 0.2
REOPENED, DISMISSED, LISTED = 0.004, 0.2, 0.4


class Fate:
    """Leads one hazard; `start` is the day of its notice and `due` the date given at first."""

    def __init__(self, plan: Plan, course: Course) -> None:
        self.plan, self.course, self.province = plan, course, course.province
        self.start: Day = day_of(course.last)
        self.due: Day = course.due or self.start

    def holder(self, moment: Moment) -> Person:
        """Who holds the site at a moment."""
        return self.course.place.holder(day_of(moment))

    def workday_after(self, moment: Moment, number: int = 1) -> Moment:
        """Some minute in the office hours of a working day after a moment."""
        province = self.province
        day = province.calendar.after(day_of(moment), number)
        return at(day, province.one((9, 10, 11, 14, 15, 16)), province.below(60))

    def on(self, day: Day) -> Moment:
        """Office hours of the first working day from a day on, never before the notice."""
        return self.workday_after(at(max(day, self.start) - 1, 12))

    def part(self, low: float, high: float) -> Moment:
        """Office hours after a part of the time that was given, at least a day after the notice."""
        share = low + self.province.dice.random() * (high - low)
        return self.on(self.start + max(1, round((self.due - self.start) * share)))

    def accept(self) -> None:
        """The enterprise takes it on and names who rectifies it."""
        course, officer = self.course, self.course.place.officer
        if officer is not None:
            moment = course.last + 20 + self.province.below(130)
            course.take(Act.ACCEPT, moment, officer, responsible=self.province.one(course.place.people))

    def report(self, moment: Moment) -> None:
        """The enterprise reports it rectified, and what it cost (in 10,000 yuan)."""
        officer = self.course.place.officer
        if officer is not None:
            cost = round(self.province.dice.lognormvariate(-1.2, 0.9), 2)
            if self.course.grade == MAJOR and self.course.place.principal is not None:
                self.course.take(Act.SIGN_OFF, moment, self.course.place.principal)
            self.course.take(Act.REPORT_DONE, moment, officer, note=self.province.remark("done"), cost=cost)

    def verify(self, moment: Moment) -> None:
        """The supervisor looks again: at a visit that is planned, on one for this alone, or apart from any."""
        course, province = self.course, self.province
        if course.ended:
            return
        roll = province.dice.random()
        reported = course.state == State.REPORTED_DONE.value
        visit: Visit | None = None
        if reported and course.grade == GENERAL and roll < AT_A_VISIT:
            visit = self.plan.coming(course.place, moment)
        elif reported and course.grade == GENERAL and roll < AT_A_VISIT + ON_A_VISIT_OF_ITS_OWN:
            visit = self.plan.add(course.place, VisitKind.RECHECK, day_of(moment))
        note = province.remark("verified")
        if visit is not None:
            self._verify_at(visit, note)
            return
        on_site = not reported or course.grade != GENERAL or course.hazard_class in ON_SITE
        by_photo = not on_site and province.chance(BY_PHOTO)
        method = VerifyMethod.PHOTO if by_photo else VerifyMethod.ON_SITE
        told = province.chance(TOLD_ON_PAPER)
        second = {} if course.grade == GENERAL else {"second": province.remark("second")}
        holder = self.holder(moment)
        course.take(Act.VERIFY, moment, holder, opinion=told, method=method.value, note=note, **second)

    def _verify_at(self, visit: Visit, note: str) -> None:
        brought: dict[str, Any] = {"note": note, "result": "fixed", "method": VerifyMethod.ON_SITE.value}
        if self.course.take(Act.VERIFY, visit.ends, visit.inspector, check=visit, **brought):
            visit.rechecks.append((self.course.uuid, note))

    def send_back(self, moment: Moment, days: int) -> None:
        """Not good enough: a new date."""
        note, due = self.province.remark("sent_back"), day_of(moment) + days
        self.course.take(Act.SEND_BACK, moment, self.holder(moment), opinion=True, note=note, due_on=due)

    def extend(self, asked: Moment, new_due: Day, *, grant: bool) -> None:
        """The enterprise asks for a later date, possible until the present one; the supervisor decides."""
        province, officer = self.province, self.course.place.officer
        if officer is None or day_of(asked) > self.due:
            return
        reason, interim = province.remark("extension_reason"), province.remark("interim")
        self.course.take(
            Act.ASK_EXTENSION, asked, officer, reason=reason, interim_measures=interim, due_on=new_due
        )
        act = Act.GRANT_EXTENSION if grant else Act.REFUSE_EXTENSION
        note = province.remark("extension_yes" if grant else "extension_no")
        decided = self.workday_after(asked)
        self.course.take(act, decided, self.holder(decided), note=note)

    def remind(self, moment: Moment) -> None:
        """A call to the enterprise."""
        note = self.province.remark("remind")
        self.course.take(Act.REMIND, moment, self.holder(moment), channel=Channel.PHONE.value, note=note)

    def settle(self, moment: Moment, wait: int = 3) -> None:
        """Reported where the enterprise works with the product, then verified some working days later."""
        if self.course.uses_product:
            self.report(moment)
            moment = self.workday_after(moment, 1 + self.province.below(wait - 1))
        self.verify(moment)

    def evening(self, workdays: int) -> Moment:
        """Half past four on a working day after the notice."""
        return at(self.province.calendar.after(self.start, workdays), 16) + 30

    def _for_enterprise(self, moment: Moment) -> Person:
        """Who enters what the enterprise says."""
        return self.course.place.officer or self.holder(moment)

    def plan_rectification(self) -> None:
        """The five points are settled for a major hazard; one plan in five is returned first."""
        course, province = self.course, self.province
        told: dict[str, Any] = {
            "responsible": course.place.people[0],
            "measures": province.remark("plan_measures"),
            "funds": 18.5,
            "due_on": self.due + 20,
            "emergency_plan": province.remark("plan_emergency"),
            "interim_measures": province.remark("major_interim"),
        }
        submitted, again = self.evening(2), self.evening(3)
        course.take(Act.SUBMIT_PLAN, submitted, self._for_enterprise(submitted), **told)
        if course.id % 5 == 0:
            course.take(Act.RETURN_PLAN, again, province.admin, note=province.remark("plan_lacks"))
            course.take(Act.SUBMIT_PLAN, again + 30, self._for_enterprise(again), **told)
        course.take(Act.ACCEPT_PLAN, again + 60, province.admin)

    def report_progress(self, workdays: int) -> None:
        """How far it is, and what keeps people safe."""
        moment, province = self.evening(workdays), self.province
        note, interim = province.remark("progress"), province.remark("major_interim")
        self.course.take(
            Act.REPORT_PROGRESS, moment, self._for_enterprise(moment), note=note, interim_measures=interim
        )

    def office(self, act: Act, days: int, **brought: Any) -> None:
        """A step of the leader's, working days after the notice."""
        self.course.take(act, self.workday_after(at(self.start, 9), days), self.province.leader, **brought)


def usual(fate: Fate) -> None:
    """Most in time; some are sent back, some extended, some late."""
    fate.accept()
    province, due = fate.province, fate.due
    roll = province.dice.random()
    if roll < 0.76:
        fate.settle(fate.part(0.3, 0.95))
    elif roll < 0.84:
        sent_back(fate, fate.part(0.5, 0.9))
    elif roll < 0.9 and fate.course.uses_product:
        fate.extend(fate.on(due - 3), due + 12, grant=province.chance(0.8))
        fate.settle(fate.on(due + 2 + province.below(9)))
    elif roll < 0.985:
        fate.remind(fate.on(due + 1))
        fate.settle(fate.on(due + 3 + province.below(13)))
    elif roll < 0.988:
        fate.office(Act.VOID, 1, reason=province.remark("void_reason"))
    elif roll < 0.991:
        referred(fate)
    else:
        for days in (1, 7, 20):
            fate.remind(fate.on(due + days))
        fate.settle(fate.on(due + 40 + province.below(50)))


def sent_back(fate: Fate, first: Moment) -> None:
    """Reported, not good enough, mended again."""
    fate.report(first)
    back = fate.workday_after(first, 2)
    fate.send_back(back, 7)
    fate.settle(fate.on(day_of(back) + 4))


def prompt(fate: Fate) -> None:
    """What experts found is mended faster."""
    fate.accept()
    if fate.course.uses_product and fate.province.chance(0.15):
        sent_back(fate, fate.part(0.3, 0.7))
    else:
        fate.settle(fate.part(0.3, 0.85), wait=2)


def slow(fate: Fate) -> None:
    """What needs money or a stop of production: extended, or late."""
    province, due = fate.province, fate.due
    fate.accept()
    if fate.course.uses_product and province.chance(0.5):
        later = due + 6 + province.below(19)
        fate.extend(fate.on(due - 3), later, grant=True)
        fate.settle(fate.on(later - province.below(4)))
        return
    fate.remind(fate.on(due + 1))
    fate.settle(fate.on(due + 2 + province.below(38)))


def referred(fate: Fate) -> None:
    """A matter for the competent department."""
    province, moment = fate.province, fate.workday_after(at(fate.start, 9))
    department, reason = province.remark("refer_department"), province.remark("refer_reason")
    fate.course.take(Act.REFER, moment, fate.holder(moment), department=department, reason=reason)
    closed = fate.workday_after(moment, 24)
    fate.course.take(Act.CLOSE_REFERRED, closed, fate.holder(closed), note=province.remark("refer_closed"))


def major(fate: Fate) -> None:
    """Suspected, then dismissed or confirmed; some are listed publicly until a second person approved the closure."""
    province, course = fate.province, fate.course
    fate.accept()
    moment = fate.workday_after(course.last)
    if province.chance(DISMISSED):
        course.take(Act.DISMISS_MAJOR, moment, province.admin, reason=province.remark("dismissed"))
        fate.settle(fate.part(0.5, 0.8))
        return
    interim = province.remark("major_interim")
    course.take(
        Act.CONFIRM_MAJOR, moment, province.admin, criterion=course.criterion, interim_measures=interim
    )
    department = province.remark("refer_department")
    course.take(Act.REPORT_MAJOR, moment + 40, province.admin, department=department)
    fate.plan_rectification()
    listed = province.chance(LISTED)
    if listed:
        leader, deadline = province.leader.name, (course.due or fate.due) + 20
        reason = province.remark("major_reason")
        fate.office(Act.LIST, 3, reason=reason, leader=leader, deadline=deadline)
    fate.report_progress(8)
    fate.report(fate.workday_after(at(fate.start, 9), 14))
    fate.verify(fate.workday_after(at(fate.start, 9), 18))
    fate.office(Act.APPROVE_CLOSURE, 20, note=province.remark("approved"))
    if listed:
        fate.office(Act.DELIST, 23, reason=province.remark("delist"))


def reopen(fate: Fate) -> None:
    """A few closed ones turn out not to be mended after all."""
    course, province = fate.course, fate.province
    if (
        course.state != State.CLOSED.value
        or course.ended
        or course.grade != GENERAL
        or not province.chance(REOPENED)
    ):
        return
    moment = fate.on(day_of(course.last) + 20 + province.below(40))
    due = day_of(moment) + 10
    reason = province.own["remarks"]["reopen"]
    course.take(Act.REOPEN, moment, province.leader, reason=reason, due_on=due)
    fate.settle(fate.on(due - 4))


FATES: dict[str, Callable[[Fate], None]] = {"usual": usual, "prompt": prompt, "slow": slow, "major": major}
