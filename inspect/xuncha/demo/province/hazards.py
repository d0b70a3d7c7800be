"""The hazards of the province: what a filed visit found, its notice, what became of each, and the rows of all that."""

from __future__ import annotations

from typing import Any

from ...hazards.lifecycle import Act, State
from ...hazards.models import Extension, Grade, Hazard, HazardEvent, RectificationPlan
from ...hazards.queries import year_before
from .bulk import Ledger
from .calendar import Day, Moment, at, date_of, day_of, number_of
from .checks import HAZARD_KIND, Checks
from .context import Province
from .courses import Course
from .fates import FATES, Fate, reopen
from .findings import EXPERT, Findings, Found
from .items import Items
from .papers import Papers
from .plan import AGAIN, Plan, Visit

ISSUED_NEXT_DAY = 0.02

HAZARD = (
    "id uuid number year serial site_id check_id item_id item_code found_on found_by_id source description place"
    " hazard_class grade major_criterion basis measure state fixed_on_spot original_due_on due_on round repeat_of_id occurrence"
    " responsible cost reported_done_at reported_by_id verified_at verified_by_id closed_at listed_at referred_to"
    " notice_id version"
)
EVENT = "id hazard_id at actor_id actor_name act from_state to_state note due_on check_id brought"
EXTENSION = (
    "id hazard_id asked_at asked_by_id reason interim_measures old_due_on new_due_on granted decided_at decided_by_id"
    " decision_note"
)
PLAN = (
    "id hazard_id submitted_at submitted_by_id responsible measures funds due_on emergency_plan accepted decided_at"
    " decided_by_id decision_note"
)


class Hazards:
    """Carries visits out with their findings; hazards are written with the half-month in which they were found."""

    def __init__(self, province: Province, plan: Plan, items: Items) -> None:
        self.province, self.plan, self.items = province, plan, items
        self.checks, self.papers = Checks(province, plan, items), Papers(province)
        self.findings, self.events = Findings(province, items), Ledger()
        bulk = province.bulk
        self._ids, self._event_ids, self._extension_ids, self._plan_ids = (
            bulk.ids(kind) for kind in (Hazard, HazardEvent, Extension, RectificationPlan)
        )
        self._hazards, self._events = bulk.table(Hazard, HAZARD), bulk.table(HazardEvent, EVENT)
        self._extensions = bulk.table(Extension, EXTENSION)
        self._plans = bulk.table(RectificationPlan, PLAN)
        self._found: list[Course] = []

    def carry_out(self, visit: Visit) -> None:
        """File a visit, issue its notice and let its hazards live; or file once more what was told wrong."""
        if visit.manner == AGAIN:
            self.checks.correct(visit)
            return
        found = self.findings.of(visit)
        courses = [self._course(visit, one) for one in found]
        named = [(one, course.uuid) for one, course in zip(found, courses, strict=True)]
        told = self.checks.file(visit, named)
        open_ones = []
        for one, course in zip(found, courses, strict=True):
            course.find(visit.ends, visit.inspector, visit)
            if one.on_spot:
                course.take(Act.FIX_ON_SPOT, visit.ends, visit.inspector, check=visit)
            else:
                open_ones.append((one, course))
        if open_ones:
            self._issue(visit, told, [course for _, course in open_ones])
        for one, course in open_ones:
            if course.notice_id is not None:
                fate = Fate(self.plan, course)
                FATES[one.fate](fate)
                reopen(fate)
        self._remember(visit, courses)

    def _issue(self, visit: Visit, told: dict[str, Any], courses: list[Course]) -> None:
        """What experts find the zone issues in its own name, on the next working day, and some of the rest too."""
        province, now = self.province, visit.received + 5 + self.province.below(20)
        issuer = visit.inspector
        if visit.kind == EXPERT or province.chance(ISSUED_NEXT_DAY):
            now = self._next_workday(visit, now)
            issuer = visit.place.holder(day_of(now))
        if now < province.until:
            self.papers.notice(visit, told, courses, issuer, now, self.items.cited(visit.place, visit.day))

    def _next_workday(self, visit: Visit, now: Moment) -> Moment:
        """Not in the next half-month: numbers are given half-month by half-month."""
        day: Day = self.province.calendar.after(day_of(visit.received))
        if self.plan.window_at(day) != self.plan.window_at(visit.day):
            return now
        return at(day, 9) + self.province.below(420)

    def _course(self, visit: Visit, one: Found) -> Course:
        province, place = self.province, visit.place
        course = Course(province, self.events, place, next(self._ids))
        course.year = province.calendar.year(day_of(visit.received))
        course.serial = province.serial("hazard", course.year)
        course.number = f"YH{course.year}-{course.serial:04d}"
        course.uuid = province.uuid(HAZARD_KIND, course.id)
        course.visit, course.item, course.part = visit, one.item, one.part
        course.found_on, course.found_by, course.source = visit.day, visit.inspector, visit.kind
        course.description, course.measure, course.hazard_class = (
            one.description,
            one.measure,
            one.hazard_class,
        )
        course.basis = self.items.cited(place, visit.day)[one.item.id].bases["basis_zh"]
        if one.criterion:
            course.grade, course.criterion = Grade.SUSPECTED.value, one.criterion
        course.due = course.first_due = None if one.on_spot else visit.day + one.days
        course.repeats = self._repeats(visit, one)
        self._found.append(course)
        return course

    def _repeats(self, visit: Visit, one: Found) -> tuple[Day, int, str, int] | None:
        """The last hazard of the same item at the place in the twelve months before, and which time this one is."""
        first = number_of(year_before(date_of(visit.day)))
        within = [last for last in visit.place.seen.get(one.item.code, ()) if first <= last[0] < visit.day]
        return (*within[-1], len(within) + 1) if within else None

    def _remember(self, visit: Visit, courses: list[Course]) -> None:
        for course in courses:
            if course.state != State.VOID.value:
                last = (visit.day, course.id, course.number)
                visit.place.seen.setdefault(course.item.code, []).append(last)

    def write_rows(self, before: Moment) -> None:
        """The rows of the hazards that were found, and of all that happened before a moment."""
        for course in self._found:
            self._hazards.append(self._row(course))
            if course.extension:
                self._extensions.append(self._extension(course))
            for plan in course.plans:
                self._plans.append(self._plan(course, plan))
        self._found.clear()
        text = self.province.calendar.moment
        for moment, (row, course, actor) in self.events.take(before):
            check = row[8].check_id if row[8] is not None else None
            event = (next(self._event_ids), row[0], text(moment), *row[1:8], check, row[9])
            self._events.append(event)
            if course is not None:
                self.papers.opinion(course, event, actor, moment)

    def _row(self, one: Course) -> tuple[Any, ...]:
        def moment(value: Moment | None) -> str | None:
            return None if value is None else self.province.calendar.moment(value)

        def day(value: Day | None) -> str | None:
            return None if value is None else self.province.calendar.day(value)

        return (
            one.id, one.uuid, one.number, one.year, one.serial, one.place.id, one.visit.newest_id, one.item.id,
            one.item.code, day(one.found_on), one.found_by.id, one.source, one.description, one.part, one.hazard_class,
            one.grade, one.criterion, one.basis, one.measure, one.state, one.on_spot, day(one.first_due), day(one.due),
            one.round, one.repeats[1] if one.repeats else None,
            one.repeats[3] if one.repeats else 1, one.responsible, one.cost, moment(one.reported_at),
            one.reported_by and one.reported_by.id, moment(one.verified_at), one.verified_by and one.verified_by.id,
            moment(one.closed_at), moment(one.listed_at), one.referred_to, one.notice_id, 1 + one.steps,
        )  # fmt: skip

    def _extension(self, one: Course) -> tuple[Any, ...]:
        asked, asker, reason, interim, old, new, granted, decided, decider, note = one.extension
        text = self.province.calendar
        return (
            next(self._extension_ids), one.id, text.moment(asked), asker.id, reason, interim, text.day(old),
            text.day(new), granted, None if decided is None else text.moment(decided), decider and decider.id, note,
        )  # fmt: skip

    def _plan(self, one: Course, plan: list[Any]) -> tuple[Any, ...]:
        told, teller, responsible, measures, funds, due, emergency, accepted, decided, decider, note = plan
        text = self.province.calendar
        return (
            next(self._plan_ids), one.id, text.moment(told), teller.id, responsible, measures, funds, text.day(due), emergency,
            accepted, None if decided is None else text.moment(decided), decider and decider.id, note,
        )  # fmt: skip
