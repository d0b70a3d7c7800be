"""What becomes of a hazard of the demo zone after its notice: planned at once, done step by step when the days come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ..accounts.models import User
from ..core.clock import at, local_day
from ..hazards.actions import issue_opinion, step
from ..hazards.lifecycle import Act, State, step_of
from ..hazards.models import Hazard, VerifyMethod
from ..hazards.rules import on_site_by_default
from .context import World
from .people_and_sites import Place

FOREVER = date(9999, 1, 1)
Who = Callable[[], User | None]


@dataclass
class Life:
    """One hazard on its way; `now` is when its notice was issued."""

    world: World
    place: Place
    hazard: Hazard
    now: datetime

    @property
    def told(self) -> bool:
        """Whether the enterprise works with the product."""
        return self.place.officer is not None

    def officer(self) -> User | None:
        """Who answers for the enterprise."""
        return self.place.officer

    def supervisor(self) -> User | None:
        """Who holds the site when it comes to it."""
        return self.place.site.supervisor

    def then(self, moment: datetime, act: Act, who: Who, *, photo: bool = False, **brought: Any) -> None:
        """Plan a step; it is left out if the hazard has taken another way by then."""

        def take(when: datetime) -> None:
            actor, hazard = who(), self.hazard
            if actor is None or hazard.state not in step_of(act).sources:
                return
            photos = self.world.after_photo(hazard, when) if photo else ()
            step(hazard, act, actor=actor, now=when, brought=brought, photos=photos)
            active = self.world.active[hazard.site_id]
            if hazard.state in {State.CLOSED, State.VOID} and hazard in active:
                active.remove(hazard)

        self.world.clock.at(moment, take)

    def on(self, day: date) -> datetime:
        """Office hours of the first working day from a day on, never before the notice."""
        return self.world.workday_after(at(max(day, local_day(self.now)) - timedelta(days=1), 12), 1)

    def part(self, low: float, high: float) -> datetime:
        """Office hours after a part of the time that was given, at least a day after the notice."""
        start = local_day(self.now)
        given = ((self.hazard.due_on or start) - start).days
        return self.on(start + timedelta(days=max(1, round(given * self.world.dice.uniform(low, high)))))

    def accept(self) -> None:
        """The enterprise takes it on and names who rectifies it."""
        moment = self.now + timedelta(minutes=self.world.dice.randrange(20, 150))
        self.then(moment, Act.ACCEPT, self.officer, responsible=self.world.dice.choice(self.place.people))

    def report(self, moment: datetime) -> None:
        """The enterprise reports it rectified, with a photo and what it cost (in 10,000 yuan)."""
        cost = round(self.world.dice.lognormvariate(-1.2, 0.9), 2)
        note = self.world.say("done")
        self.then(moment, Act.REPORT_DONE, self.officer, photo=True, note=note, cost=cost)

    def verify(self, moment: datetime) -> None:
        """The supervisor looks again; some results are told to the enterprise on paper."""
        world, hazard = self.world, self.hazard
        by_photo = self.told and not on_site_by_default(hazard) and world.dice.random() < 0.35
        method = VerifyMethod.PHOTO if by_photo else VerifyMethod.ON_SITE
        note = world.say("verified")
        self.then(moment, Act.VERIFY, self.supervisor, photo=not self.told, method=method, note=note)
        if world.dice.random() < 0.2:
            self.tell(moment + timedelta(minutes=15))

    def tell(self, moment: datetime) -> None:
        """Issue the opinion on the re-inspection just made."""

        def issue(when: datetime) -> None:
            supervisor, last = self.supervisor(), self.hazard.events[-1]
            if supervisor and last.act in {Act.VERIFY, Act.SEND_BACK} and last.check_id is None:
                issue_opinion([self.hazard], actor=supervisor, now=when)

        self.world.clock.at(moment, issue)

    def send_back(self, moment: datetime, days: int) -> None:
        """Not good enough: a new date."""
        due_on = local_day(moment) + timedelta(days=days)
        note = self.world.say("sent_back")
        self.then(moment, Act.SEND_BACK, self.supervisor, note=note, due_on=due_on)
        self.tell(moment + timedelta(minutes=15))

    def ask_for(self, moment: datetime, new_due: date) -> None:
        """The enterprise asks for a later date, which is possible until the present one."""
        if local_day(moment) > self.due():
            return
        reason, interim = self.world.say("extension_reason"), self.world.say("interim")
        self.then(
            moment, Act.ASK_EXTENSION, self.officer, reason=reason, interim_measures=interim, due_on=new_due
        )

    def decide(self, moment: datetime, *, grant: bool) -> None:
        """The supervisor decides on the later date."""
        act = Act.GRANT_EXTENSION if grant else Act.REFUSE_EXTENSION
        note = self.world.say("extension_yes" if grant else "extension_no")
        self.then(moment, act, self.supervisor, note=note)

    def remind(self, moment: datetime) -> None:
        """A call to the enterprise."""
        self.then(moment, Act.REMIND, self.supervisor, channel="phone", note=self.world.say("remind"))

    def settle(self, moment: datetime, wait: int = 3) -> None:
        """Reported where the enterprise works with the product, then verified some working days later."""
        if not self.told:
            self.verify(moment)
            return
        self.report(moment)
        self.verify(self.world.workday_after(moment, self.world.dice.randrange(1, wait + 1)))

    def due(self) -> date:
        """The date given at first."""
        assert self.hazard.due_on is not None  # what has a notice has a date
        return self.hazard.due_on


def begin(world: World, place: Place, hazard: Hazard, fate: str, now: datetime) -> None:
    """Let a hazard live from its notice on; `fate` says which way."""
    world.active.setdefault(hazard.site_id, []).append(hazard)
    life = Life(world, place, hazard, now)
    _FATES[fate](life)


def _usual(life: Life) -> None:
    life.accept()
    dice, due = life.world.dice, life.due()
    roll = dice.random()
    if roll < 0.76:
        life.settle(life.part(0.3, 0.95))
    elif roll < 0.84:
        first = life.part(0.5, 0.9)
        life.report(first)
        back = life.world.workday_after(first, 2)
        life.send_back(back, 7)
        life.settle(life.on(local_day(back) + timedelta(days=4)))
    elif roll < 0.9 and life.told:
        asked = life.on(due - timedelta(days=3))
        life.ask_for(asked, due + timedelta(days=12))
        life.decide(life.world.workday_after(asked, 1), grant=dice.random() < 0.8)
        life.settle(life.on(due + timedelta(days=dice.randrange(2, 11))))
    elif roll < 0.985:
        life.remind(life.on(due + timedelta(days=1)))
        life.settle(life.on(due + timedelta(days=dice.randrange(3, 16))))
    elif roll < 0.988:
        _void(life)
    elif roll < 0.991:
        _referred_and_closed(life)
    else:
        for days in (1, 7, 20):
            life.remind(life.on(due + timedelta(days=days)))
        life.settle(life.on(due + timedelta(days=dice.randrange(40, 90))))


def _prompt(life: Life) -> None:
    """Closed in the half-year in which it was found."""
    life.accept()
    if life.told and life.now.month <= 4 and life.world.dice.random() < 0.15:
        first = life.part(0.3, 0.7)
        life.report(first)
        life.send_back(life.world.workday_after(first, 2), 10)
        life.settle(life.world.workday_after(first, 6))
        return
    life.settle(life.part(0.3, 0.85), wait=2)


def _slow(life: Life) -> None:
    """Not closed before the half-year ends; some ask for time, some are reported just before, some are late."""
    dice, due, year = life.world.dice, life.due(), life.now.year
    july = date(year, 7, 2)
    life.world.held[life.hazard.uuid] = july
    life.accept()
    roll = dice.random()
    if life.told and roll < 0.3:
        life.report(life.on(date(year, 6, 24) + timedelta(days=dice.randrange(5))))
        life.verify(life.on(july + timedelta(days=dice.randrange(6))))
        return
    if life.told and roll < 0.65:
        later = max(due, july) + timedelta(days=dice.randrange(6, 25))
        asked = life.on(min(due - timedelta(days=3), date(year, 6, 26)))
        life.ask_for(asked, later)
        life.decide(life.world.workday_after(asked, 1), grant=True)
        life.settle(life.on(later - timedelta(days=dice.randrange(4))))
        return
    life.remind(life.on(due + timedelta(days=1)))
    life.settle(life.on(max(due, july) + timedelta(days=dice.randrange(2, 40))))


def _hold(life: Life) -> None:
    """Stays as it is until somebody takes it on from here."""
    life.world.held[life.hazard.uuid] = FOREVER


def _in_progress(life: Life) -> None:
    _hold(life)
    life.accept()


def _extension_pending(life: Life) -> None:
    _in_progress(life)
    life.ask_for(life.world.workday_after(life.now, 3), life.due() + timedelta(days=12))


def _reported(life: Life) -> None:
    _in_progress(life)
    life.report(life.world.workday_after(life.now, 4))


def _sent_back(life: Life) -> None:
    _in_progress(life)
    life.report(life.world.workday_after(life.now, 4))
    life.send_back(life.world.workday_after(life.now, 6), 12)


def _void(life: Life) -> None:
    moment, reason = life.world.workday_after(life.now, 1), life.world.say("void_reason")
    life.then(moment, Act.VOID, lambda: life.world.zone.leader, reason=reason)


def _referred(life: Life) -> None:
    department, reason = life.world.say("refer_department"), life.world.say("refer_reason")
    moment = life.world.workday_after(life.now, 1)
    life.then(moment, Act.REFER, life.supervisor, department=department, reason=reason)


def _referred_and_closed(life: Life) -> None:
    _referred(life)
    note = life.world.say("refer_closed")
    life.then(life.world.workday_after(life.now, 25), Act.CLOSE_REFERRED, life.supervisor, note=note)


def _overdue(life: Life) -> None:
    _in_progress(life)
    life.remind(life.on(life.due() + timedelta(days=1)))


def _confirmed(life: Life) -> None:
    _in_progress(life)
    criterion = life.hazard.major_criterion
    moment = life.world.workday_after(life.now, 1)
    life.then(moment, Act.CONFIRM_MAJOR, lambda: life.world.zone.admin, criterion=criterion)


def _listed(life: Life) -> None:
    _confirmed(life)
    moment = life.world.workday_after(life.now, 2)
    life.then(moment, Act.LIST, lambda: life.world.zone.leader, reason=life.world.say("major_reason"))


def _verified(life: Life) -> None:
    _confirmed(life)
    _await_approval(life, 10)


def _await_approval(life: Life, workdays: int) -> None:
    life.report(life.world.workday_after(life.now, workdays))
    life.verify(life.world.workday_after(life.now, workdays + 4))


def _listed_and_closed(life: Life) -> None:
    world = life.world
    _listed(life)
    _await_approval(life, 14)
    approved, delisted = world.workday_after(life.now, 20), world.workday_after(life.now, 23)
    life.then(approved, Act.APPROVE_CLOSURE, lambda: world.zone.leader, note=world.say("approved"))
    life.then(delisted, Act.DELIST, lambda: world.zone.leader, reason=world.say("delist"))


def _dismissed(life: Life) -> None:
    moment, reason = life.world.workday_after(life.now, 1), life.world.say("dismissed")
    life.then(moment, Act.DISMISS_MAJOR, lambda: life.world.zone.admin, reason=reason)
    life.accept()
    life.settle(life.part(0.5, 0.8))


_FATES: dict[str, Callable[[Life], None]] = {
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
