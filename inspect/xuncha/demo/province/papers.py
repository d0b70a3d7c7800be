"""Notices and opinions with their numbers and frozen facts, as hazards/papers/documents.py writes them."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from ...core.i18n import LANGUAGES, use_language
from ...core.numbering import document_number
from ...hazards.lifecycle import Act, State
from ...hazards.models import Grade, Notice, Opinion, VerifyMethod
from ...hazards.papers.document_facts import LAYOUT
from ...hazards.papers.documents import NOTICE_CONSEQUENCE, NOTICE_WORD, OPINION_WORD
from .bulk import Row
from .calendar import Moment, day_of
from .context import Person, Place, Province, to_json
from .courses import Course
from .items import Cited
from .plan import Visit

AFTER_A_LOOK = 15  # minutes
NOTICE = "id number year serial site_id issued_at issued_by_id facts check_id"
OPINION = "id number year serial site_id issued_at issued_by_id facts notice_id"


class Papers:
    """Issues notices and opinions."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self._notice_ids, self._opinion_ids = province.bulk.ids(Notice), province.bulk.ids(Opinion)
        self._notices = province.bulk.table(Notice, NOTICE)
        self._opinions = province.bulk.table(Opinion, OPINION)
        self._consequence = {}
        for lang in LANGUAGES:
            with use_language(lang):
                self._consequence[f"consequence_{lang}"] = gettext(NOTICE_CONSEQUENCE)

    def _head(self, place: Place, issuer: Person) -> dict[str, Any]:
        issued_by = issuer.as_inspector() | {"phone": issuer.phone}
        return {**self.province.office, "site": place.facts, "issued_by": issued_by, "layout": LAYOUT}

    def notice(
        self,
        visit: Visit,
        check: dict[str, Any],
        courses: list[Course],
        issuer: Person,
        now: Moment,
        cited: dict[int, Cited],
    ) -> None:
        """Issue the notice for the hazards of a visit and take each to the enterprise."""
        province, day = self.province, day_of(now)
        year = province.calendar.year(day)
        serial, number = province.serial("notice", year), next(self._notice_ids)
        name = document_number(province.prefix, NOTICE_WORD, year, serial)
        issued = {"number": name, "issued_on": province.calendar.day(day)}
        for course in courses:
            course.take(Act.ISSUE, now, issuer)
            course.notice_id, course.notice = number, issued
        facts = {
            **self._head(visit.place, issuer),
            "family": "B",
            "check": check,
            "hazards": [self._hazard(course, cited[course.item.id]) for course in courses],
            **self._consequence,
        }
        moment = province.calendar.moment(now)
        self._notices.append(
            (number, name, year, serial, visit.place.id, moment, issuer.id, to_json(facts), visit.check_id)
        )

    def _hazard(self, course: Course, cited: Cited) -> dict[str, Any]:
        general = course.grade == Grade.GENERAL.value
        bases = {
            f"basis_{lang}": (not general and cited.bases[f"major_basis_{lang}"])
            or cited.bases[f"basis_{lang}"]
            for lang in LANGUAGES
        }
        return {
            "uuid": course.uuid,
            "number": course.number,
            "description": course.description,
            "place": course.part,
            "class": course.hazard_class,
            "grade": course.grade,
            "criterion": "" if general else course.criterion,
            **bases,
            "measure": course.measure,
            "due_on": course.first_due and self.province.calendar.day(course.first_due),
            "repeats": course.repeats[2] if course.repeats else None,
            "occurrence": course.repeats[3] if course.repeats else 1,
            "times_found": 1,
            "photos": [],
        }

    def opinion(self, course: Course, event: Row, actor: Person, seen_at: Moment) -> None:
        """Issue the opinion on the look at one hazard that an event tells of."""
        province, now = self.province, seen_at + AFTER_A_LOOK
        if now >= province.until:
            return
        year = province.calendar.year(day_of(now))
        serial = province.serial("opinion", year)
        name = document_number(province.prefix, OPINION_WORD, year, serial)
        facts = {
            **self._head(course.place, actor),
            "notice": course.notice,
            "results": [self._result(course, event, seen_at)],
        }
        self._opinions.append(
            (
                next(self._opinion_ids), name, year, serial, course.place.id, province.calendar.moment(now), actor.id,
                to_json(facts), course.notice_id,
            )
        )  # fmt: skip

    def _result(self, course: Course, event: Row, seen_at: Moment) -> dict[str, Any]:
        """`event` is the row of the event: number, hazard, moment, actor, name, act, from, to, note, due day."""
        number, act, to, note, due = event[0], event[5], event[7], event[8], event[9]
        fixed = act == Act.VERIFY.value
        return {
            "uuid": course.uuid,
            "number": course.number,
            "description": course.description,
            "place": course.part,
            "notice": course.notice["number"],
            "fixed": fixed,
            "result": "fixed" if fixed else "not_fixed",
            "waits_for_approval": fixed and to == State.VERIFIED.value,
            "method": (course.method if fixed else None) or VerifyMethod.ON_SITE.value,
            "checked_on": self.province.calendar.day(day_of(seen_at)),
            "checked_by": event[4],
            "note": note,
            "next_due_on": None if fixed else due,
            "photos": [],
            "event": number,
        }
