"""The steps of a hazard of the demo zone after its notice: planned at once, taken when their days come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ..accounts.models import User
from ..core.clock import at, local_day
from ..hazards.actions import issue_opinion as record_opinion
from ..hazards.actions import step
from ..hazards.lifecycle import Act, State, step_of
from ..hazards.models import Hazard, VerifyMethod
from ..hazards.rules import needs_second, on_site_by_default
from ..hazards.sign_off import needs_sign_off
from .context import Context
from .people_and_sites import Place

FOREVER = date(9999, 1, 1)
Who = Callable[[], User | None]


@dataclass
class Course:
    """One hazard on its way; `now` is when its notice was issued."""

    context: Context
    place: Place
    hazard: Hazard
    now: datetime

    @property
    def uses_product(self) -> bool:
        """Whether the enterprise works with the product."""
        return self.place.officer is not None

    def officer(self) -> User | None:
        """Who answers for the enterprise."""
        return self.place.officer

    def signer(self) -> User | None:
        """The principal, who signs that a major hazard is rectified."""
        officer = self.place.officer
        signs = officer is not None and needs_sign_off(self.hazard, officer)
        return self.place.principal if signs else None

    def supervisor(self) -> User | None:
        """Who holds the site when it comes to it."""
        return self.place.site.supervisor

    def then(self, moment: datetime, act: Act, who: Who, *, photo: bool = False, **brought: Any) -> None:
        """Plan a step; it is left out if the hazard has taken another way by then."""

        def take(when: datetime) -> None:
            actor, hazard = who(), self.hazard
            if actor is None or hazard.state not in step_of(act).sources:
                return
            photos = self.context.after_photo(hazard, when) if photo else ()
            step(hazard, act, actor=actor, now=when, brought=brought, photos=photos)
            active = self.context.active[hazard.site_id]
            if hazard.state in {State.CLOSED, State.VOID} and hazard in active:
                active.remove(hazard)

        self.context.clock.at(moment, take)

    def on(self, day: date) -> datetime:
        """Office hours of the first working day from a day on, never before the notice."""
        return self.context.workday_after(at(max(day, local_day(self.now)) - timedelta(days=1), 12), 1)

    def part(self, low: float, high: float) -> datetime:
        """Office hours after a part of the time that was given, at least a day after the notice."""
        start = local_day(self.now)
        given = ((self.hazard.due_on or start) - start).days
        return self.on(start + timedelta(days=max(1, round(given * self.context.dice.uniform(low, high)))))

    def accept(self) -> None:
        """The enterprise takes it on and names who rectifies it."""
        moment = self.now + timedelta(minutes=self.context.dice.randrange(20, 150))
        self.then(moment, Act.ACCEPT, self.officer, responsible=self.context.dice.choice(self.place.people))

    def report(self, moment: datetime) -> None:
        """The enterprise reports it rectified, with a photo and what it cost (in 10,000 yuan)."""
        cost = round(self.context.dice.lognormvariate(-1.2, 0.9), 2)
        note = self.context.remark("done")
        self.then(moment - timedelta(minutes=10), Act.SIGN_OFF, self.signer)
        self.then(moment, Act.REPORT_DONE, self.officer, photo=True, note=note, cost=cost)

    def verify(self, moment: datetime) -> None:
        """The supervisor looks again; some results are told to the enterprise on paper."""
        context, hazard = self.context, self.hazard
        by_photo = self.uses_product and not on_site_by_default(hazard) and context.dice.random() < 0.35
        method = VerifyMethod.PHOTO if by_photo else VerifyMethod.ON_SITE
        told = {"method": method, "note": context.remark("verified")}
        if needs_second(hazard):
            told["second"] = context.remark("second")
        self.then(moment, Act.VERIFY, self.supervisor, photo=not self.uses_product, **told)
        if context.dice.random() < 0.2:
            self.issue_opinion(moment + timedelta(minutes=15))

    def issue_opinion(self, moment: datetime) -> None:
        """Issue the opinion on the re-inspection just made."""

        def issue(when: datetime) -> None:
            supervisor, last = self.supervisor(), self.hazard.events[-1]
            if supervisor and last.act in {Act.VERIFY, Act.SEND_BACK} and last.check_id is None:
                record_opinion([self.hazard], actor=supervisor, now=when)

        self.context.clock.at(moment, issue)

    def send_back(self, moment: datetime, days: int) -> None:
        """Not good enough: a new date."""
        due_on = local_day(moment) + timedelta(days=days)
        note = self.context.remark("sent_back")
        self.then(moment, Act.SEND_BACK, self.supervisor, note=note, due_on=due_on)
        self.issue_opinion(moment + timedelta(minutes=15))

    def ask_for(self, moment: datetime, new_due: date) -> None:
        """The enterprise asks for a later date, which is possible until the present one."""
        if local_day(moment) > self.due():
            return
        reason, interim = self.context.remark("extension_reason"), self.context.remark("interim")
        self.then(
            moment, Act.ASK_EXTENSION, self.officer, reason=reason, interim_measures=interim, due_on=new_due
        )

    def decide(self, moment: datetime, *, grant: bool) -> None:
        """The supervisor decides on the later date."""
        act = Act.GRANT_EXTENSION if grant else Act.REFUSE_EXTENSION
        note = self.context.remark("extension_yes" if grant else "extension_no")
        self.then(moment, act, self.supervisor, note=note)

    def remind(self, moment: datetime) -> None:
        """A call to the enterprise."""
        self.then(moment, Act.REMIND, self.supervisor, channel="phone", note=self.context.remark("remind"))

    def evening(self, workdays: int) -> datetime:
        """Half past four on a working day after the notice."""
        return at(self.context.planner.after(local_day(self.now), workdays), 16, 30)

    def submit_plan(self, moment: datetime, due_on: date) -> None:
        """The enterprise settles the five points for a major hazard."""
        remark = self.context.remark
        self.then(
            moment,
            Act.SUBMIT_PLAN,
            self.officer,
            responsible=self.place.people[0],
            measures=remark("plan_measures"),
            funds=18.5,
            due_on=due_on,
            emergency_plan=remark("plan_emergency"),
            interim_measures=remark("major_interim"),
        )

    def report_progress(self, moment: datetime) -> None:
        """The enterprise reports how far it is."""
        remark = self.context.remark
        self.then(
            moment,
            Act.REPORT_PROGRESS,
            self.officer,
            note=remark("progress"),
            interim_measures=remark("major_interim"),
        )

    def settle(self, moment: datetime, wait: int = 3) -> None:
        """Reported where the enterprise works with the product, then verified some working days later."""
        if not self.uses_product:
            self.verify(moment)
            return
        self.report(moment)
        self.verify(self.context.workday_after(moment, self.context.dice.randrange(1, wait + 1)))

    def due(self) -> date:
        """The date given at first."""
        assert self.hazard.due_on is not None  # what has a notice has a date
        return self.hazard.due_on


def begin(context: Context, place: Place, hazard: Hazard, fate: str, now: datetime) -> None:
    """Let a hazard live from its notice on; `fate` says which way."""
    context.active.setdefault(hazard.site_id, []).append(hazard)
    course = Course(context, place, hazard, now)
    _FATES[fate](course)


def _usual(course: Course) -> None:
    course.accept()
    dice, due = course.context.dice, course.due()
    roll = dice.random()
    if roll < 0.76:
        course.settle(course.part(0.3, 0.95))
    elif roll < 0.84:
        first = course.part(0.5, 0.9)
        course.report(first)
        back = course.context.workday_after(first, 2)
        course.send_back(back, 7)
        course.settle(course.on(local_day(back) + timedelta(days=4)))
    elif roll < 0.9 and course.uses_product:
        asked = course.on(due - timedelta(days=3))
        course.ask_for(asked, due + timedelta(days=12))
        course.decide(course.context.workday_after(asked, 1), grant=dice.random() < 0.8)
        course.settle(course.on(due + timedelta(days=dice.randrange(2, 11))))
    elif roll < 0.985:
        course.remind(course.on(due + timedelta(days=1)))
        course.settle(course.on(due + timedelta(days=dice.randrange(3, 16))))
    elif roll < 0.988:
        _void(course)
    elif roll < 0.991:
        _referred_and_closed(course)
    else:
        for days in (1, 7, 20):
            course.remind(course.on(due + timedelta(days=days)))
        course.settle(course.on(due + timedelta(days=dice.randrange(40, 90))))


def _prompt(course: Course) -> None:
    """Closed in the half-year in which it was found."""
    course.accept()
    if course.uses_product and course.now.month <= 4 and course.context.dice.random() < 0.15:
        first = course.part(0.3, 0.7)
        course.report(first)
        course.send_back(course.context.workday_after(first, 2), 10)
        course.settle(course.context.workday_after(first, 6))
        return
    course.settle(course.part(0.3, 0.85), wait=2)


def _slow(course: Course) -> None:
    """Not closed before the half-year ends; some ask for time, some are reported just before, some are late."""
    dice, due, year = course.context.dice, course.due(), course.now.year
    july = date(year, 7, 2)
    course.context.held[course.hazard.uuid] = july
    course.accept()
    roll = dice.random()
    if course.uses_product and roll < 0.3:
        course.report(course.on(date(year, 6, 24) + timedelta(days=dice.randrange(5))))
        course.verify(course.on(july + timedelta(days=dice.randrange(6))))
        return
    if course.uses_product and roll < 0.65:
        later = max(due, july) + timedelta(days=dice.randrange(6, 25))
        asked = course.on(min(due - timedelta(days=3), date(year, 6, 26)))
        course.ask_for(asked, later)
        course.decide(course.context.workday_after(asked, 1), grant=True)
        course.settle(course.on(later - timedelta(days=dice.randrange(4))))
        return
    course.remind(course.on(due + timedelta(days=1)))
    course.settle(course.on(max(due, july) + timedelta(days=dice.randrange(2, 40))))


def _hold(course: Course) -> None:
    """Stays as it is until somebody takes it on from here."""
    course.context.held[course.hazard.uuid] = FOREVER


def _in_progress(course: Course) -> None:
    _hold(course)
    course.accept()


def _extension_pending(course: Course) -> None:
    _in_progress(course)
    course.ask_for(course.context.workday_after(course.now, 3), course.due() + timedelta(days=12))


def _reported(course: Course) -> None:
    _in_progress(course)
    course.report(course.context.workday_after(course.now, 4))


def _sent_back(course: Course) -> None:
    _in_progress(course)
    course.report(course.context.workday_after(course.now, 4))
    course.send_back(course.context.workday_after(course.now, 6), 12)


def _void(course: Course) -> None:
    moment, reason = course.context.workday_after(course.now, 1), course.context.remark("void_reason")
    course.then(moment, Act.VOID, lambda: course.context.zone.leader, reason=reason)


def _referred(course: Course) -> None:
    department, reason = course.context.remark("refer_department"), course.context.remark("refer_reason")
    moment = course.context.workday_after(course.now, 1)
    course.then(moment, Act.REFER, course.supervisor, department=department, reason=reason)


def _referred_and_closed(course: Course) -> None:
    _referred(course)
    note = course.context.remark("refer_closed")
    course.then(
        course.context.workday_after(course.now, 25), Act.CLOSE_REFERRED, course.supervisor, note=note
    )


def _overdue(course: Course) -> None:
    _in_progress(course)
    course.remind(course.on(course.due() + timedelta(days=1)))
    letter = course.on(course.due() + timedelta(days=8))
    course.then(
        letter,
        Act.SUPERVISE,
        lambda: course.context.zone.leader,
        reply_by=local_day(letter) + timedelta(days=15),
        note=course.context.remark("supervise"),
    )


def _confirmed(course: Course) -> None:
    _in_progress(course)
    criterion, interim = course.hazard.major_criterion, course.context.remark("major_interim")
    moment = course.context.workday_after(course.now, 1)

    def admin() -> User:
        return course.context.zone.admin

    course.then(moment, Act.CONFIRM_MAJOR, admin, criterion=criterion, interim_measures=interim)
    department = course.context.remark("refer_department")
    course.then(moment + timedelta(minutes=40), Act.REPORT_MAJOR, admin, department=department)
    course.submit_plan(course.evening(2), course.due() + timedelta(days=20))
    course.then(course.evening(3), Act.ACCEPT_PLAN, admin)
    course.report_progress(course.evening(8))


def _listed(course: Course) -> None:
    _confirmed(course)
    moment = course.context.workday_after(course.now, 2)
    leader = course.context.zone.leader
    course.then(
        moment,
        Act.LIST,
        lambda: leader,
        reason=course.context.remark("major_reason"),
        leader=leader.name,
        deadline=course.due() + timedelta(days=20),
    )


def _verified(course: Course) -> None:
    _confirmed(course)
    _await_approval(course, 10)


def _await_approval(course: Course, workdays: int) -> None:
    course.report(course.context.workday_after(course.now, workdays))
    course.verify(course.context.workday_after(course.now, workdays + 4))


def _listed_and_closed(course: Course) -> None:
    context = course.context
    _listed(course)
    _await_approval(course, 14)
    approved, delisted = context.workday_after(course.now, 20), context.workday_after(course.now, 23)
    course.then(approved, Act.APPROVE_CLOSURE, lambda: context.zone.leader, note=context.remark("approved"))
    course.then(delisted, Act.DELIST, lambda: context.zone.leader, reason=context.remark("delist"))


def _dismissed(course: Course) -> None:
    moment, reason = course.context.workday_after(course.now, 1), course.context.remark("dismissed")
    course.then(moment, Act.DISMISS_MAJOR, lambda: course.context.zone.admin, reason=reason)
    course.accept()
    course.settle(course.part(0.5, 0.8))


_FATES: dict[str, Callable[[Course], None]] = {
    "usual": _usual,
    "prompt": _prompt,
    "slow": _slow,
    "open": _hold,
    "in_progress": _in_progress,
    "extension_pending": _extension_pending,
    "reported": _reported,
    "sent_back": _sent_back,
    "referred": _referred,
    "void": _void,
    "overdue": _overdue,
    "major_listed": _listed,
    "major_verified": _verified,
    "major_closed": _listed_and_closed,
    "dismissed": _dismissed,
}
