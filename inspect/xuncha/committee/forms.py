"""Forms of the committee: members, meetings with rows of decisions, the steps of a decision, plans by sector."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)

from ..checklists.models import Checklist, HazardClass
from ..core.forms import EMPTY, DayField, OnceField, PageForm, Row, WholeNumberField, choices, int_or_none
from ..core.i18n import label, pick
from ..core.parsing import read_number
from ..enterprises.models import Sector
from . import queries
from .actions import Draft, MeetingFacts
from .models import CommitteeDuty, CommitteeMember, Decision, Meeting
from .plans import FIELDS as PLAN_FIELDS
from .plans import PlanReach, SectorPlan

ROWS, MORE, MOST_ROWS = 3, 3, 60
SOMETHING = validators.InputRequired(_l("Fill this in."))
LINE = validators.Length(max=200, message=_l("At most 200 characters."))
WORDS = validators.Length(max=5000, message=_l("At most 5,000 characters."))
MINUTES = validators.Length(max=20000, message=_l("At most 20,000 characters."))
DAY = validators.InputRequired(_l("Enter the date."))
PERSON = validators.InputRequired(_l("Choose the person."))


def people() -> list[tuple[Any, str]]:
    """Who may be made responsible, as choices."""
    return [("", str(EMPTY)), *((one.id, one.name) for one in queries.answerable())]


class MemberForm(PageForm):
    """A member of the committee."""

    once = OnceField()
    version = HiddenField()
    user_id = SelectField(
        _l("Person with an account"),
        coerce=int_or_none,
        description=_l("Members of other organs need no account: enter their name below."),
    )
    name = StringField(_l("Name, without an account"), [LINE])
    organ = StringField(_l("Employer"), [SOMETHING, LINE])
    post = StringField(_l("Post"), [LINE])
    duty = SelectField(
        _l("Duty in the committee"),
        [validators.InputRequired(_l("Choose the duty."))],
        choices=lambda: choices(CommitteeDuty, empty=EMPTY),
    )
    from_on = DayField(_l("Member from"), [DAY])
    until_on = DayField(
        _l("Member until"), [validators.Optional()], description=_l("The last day still counts.")
    )

    def offer(self, member: CommitteeMember | None) -> None:
        """Offer the people with accounts, and whoever it is already."""
        offered = [("", gettext("Without an account")), *people()[1:]]
        if member and member.user and member.user_id not in {one[0] for one in offered}:
            offered.append((member.user_id, member.user.name))
        self.user_id.choices = offered

    def facts(self) -> dict[str, Any]:
        """What the valid form says."""
        texts = {name: self[name].data or "" for name in ("name", "organ", "post")}
        rest = {name: self[name].data for name in ("user_id", "from_on", "until_on")}
        return {**texts, **rest, "duty": CommitteeDuty(self.duty.data)}


class DecisionRow(Row):
    """A decision of the meeting."""

    what = TextAreaField(_l("What is decided"), [WORDS])
    responsible_id = SelectField(_l("Responsible"), coerce=int_or_none)
    due_on = DayField(_l("Until"), [validators.Optional()])

    @property
    def is_blank(self) -> bool:
        """Nothing typed in it."""
        return not any((field.raw_data or [""])[0].strip() for field in self)


class MeetingForm(PageForm):
    """A meeting, its minutes, and its decisions."""

    once = OnceField()
    version = HiddenField()
    held_on = DayField(_l("Day of the meeting"), [DAY])
    place = StringField(_l("Venue"), [SOMETHING, LINE])
    chair_id = SelectField(_l("Chaired by"), [PERSON], coerce=int_or_none)
    present = SelectMultipleField(_l("Members present"), coerce=read_number, validate_choice=False)
    guests = StringField(_l("Attending as guests"), [LINE])
    agenda = TextAreaField(_l("Agenda"), [SOMETHING, WORDS], description=_l("One item a line."))
    minutes = TextAreaField(
        _l("Minutes"), [MINUTES], description=_l("Leave this empty until the meeting was held.")
    )
    decisions = FieldList(FormField(DecisionRow), label=_l("Decisions"), max_entries=MOST_ROWS)

    def offer(self, meeting: Meeting | None) -> list[CommitteeMember]:
        """Offer the members of the day of the meeting; they are given for the page to draw."""
        day = self.held_on.data or (meeting.held_on if meeting else None)
        members = queries.members_on(day) if day else []
        known = {one.id for one in members}
        # Whoever is ticked stays to be seen, also where the day was changed to one without this person.
        members += [
            one.member for one in (meeting.attendances if meeting else []) if one.member_id not in known
        ]
        presiding = queries.presiding_on(day) if day else []
        self.chair_id.choices = [
            ("", EMPTY),
            *((one.id, f"{one.name} · {label(one.duty)}") for one in presiding),
        ]
        return members

    def pad(self, more: str = "") -> None:
        """Put empty rows at the end, and offer the people in each row."""
        wanted = len(self.decisions) + MORE if more else max(ROWS, len(self.decisions))
        while len(self.decisions) < min(wanted, MOST_ROWS):
            self.decisions.append_entry()
        self.offer_people()

    def offer_people(self) -> None:
        """Offer in each row who may be made responsible."""
        offered = people()
        for entry in self.decisions:
            entry.form.responsible_id.choices = offered

    def show(self, meeting: Meeting) -> None:
        """Begin with what was recorded."""
        self.version.data = str(meeting.version)
        for name in ("held_on", "place", "chair_id", "guests", "agenda", "minutes"):
            self[name].data = getattr(meeting, name)
        self.present.data = [one.member_id for one in meeting.attendances]
        for one in meeting.decisions:
            row = {"what": one.what, "responsible_id": one.responsible_id, "due_on": one.due_on}
            self.decisions.append_entry(row)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then each row; the summary on top names the rows that do not fit."""
        good = bool(super().validate(extra_validators))
        problems = []
        for number, entry in enumerate(self.decisions, 1):
            row = entry.form
            if not row.is_blank:
                _demand_row(row)
            if any(field.errors for field in row):
                problems.append(gettext("Row %(number)s needs a look.", number=number))
        self.decisions.errors = problems
        return good and not problems

    def facts(self) -> MeetingFacts:
        """What the valid form says."""
        texts = {name: (self[name].data or "").strip() for name in ("place", "guests", "agenda", "minutes")}
        return MeetingFacts(
            held_on=self.held_on.data,
            chair_id=self.chair_id.data or 0,
            present=tuple(dict.fromkeys(one for one in self.present.data or [] if one)),
            decisions=tuple(
                Draft(entry.form.what.data or "", entry.form.responsible_id.data, entry.form.due_on.data)
                for entry in self.decisions
                if not entry.form.is_blank
            ),
            **texts,
        )


def _demand_row(row: DecisionRow) -> None:
    for field, words in (
        (row.what, gettext("Say what is decided.")),
        (row.responsible_id, gettext("Choose the person.")),
        (row.due_on, gettext("Enter the date.")),
    ):
        if not field.data and not field.errors:
            field.errors = [words]


class NoteForm(PageForm):
    """A step of a decision, with what is to be said of it."""

    version = HiddenField()
    note = TextAreaField(_l("Remark"), [WORDS])


class ReportForm(NoteForm):
    """A decision is done."""

    note = TextAreaField(_l("How it was carried out"), [SOMETHING, WORDS])


class AnswerForm(NoteForm):
    """Whether what is reported done is accepted."""

    note = TextAreaField(_l("Remark"), [WORDS], description=_l("What is missing, where it is sent back."))


class ChangeForm(NoteForm):
    """Another person or another day."""

    responsible_id = SelectField(_l("Responsible"), [PERSON], coerce=int_or_none)
    due_on = DayField(_l("Until"), [DAY])
    note = TextAreaField(_l("Reason"), [SOMETHING, WORDS])

    def offer(self, decision: Decision) -> ChangeForm:
        """Offer the people, and who it is now."""
        offered = people()
        if decision.responsible_id not in {one[0] for one in offered}:
            offered.append((decision.responsible_id, decision.responsible.name))
        self.responsible_id.choices = offered
        return self


class WithdrawForm(NoteForm):
    """A decision holds no more."""

    note = TextAreaField(_l("Reason"), [SOMETHING, WORDS])


class PlanForm(PageForm):
    """A plan of a sector."""

    once = OnceField()
    version = HiddenField()
    sector = SelectField(
        _l("Sector"),
        [validators.InputRequired(_l("Choose the sector."))],
        choices=lambda: choices(Sector, empty=EMPTY),
    )
    name = StringField(_l("Name of the plan"), [SOMETHING, LINE])
    name_en = StringField(_l("English name"), [LINE])
    from_on = DayField(_l("First day"), [DAY])
    until_on = DayField(_l("Last day"), [DAY], description=_l("The last day still counts."))
    reach = SelectField(_l("Enterprises concerned"), choices=lambda: choices(PlanReach))
    hazard_class = SelectField(
        _l("Only hazards of the class"), choices=lambda: choices(HazardClass, empty=gettext("All classes"))
    )
    checklist_id = SelectField(_l("Checklist used"), coerce=int_or_none)
    goals = TextAreaField(_l("Goals"), [SOMETHING, WORDS], description=_l("One goal a line."))
    coverage_goal = WholeNumberField(_l("Key enterprises to be checked, in percent"), [validators.Optional()])
    rate_goal = WholeNumberField(_l("Hazards to be rectified, in percent"), [validators.Optional()])
    documents = TextAreaField(
        _l("Documents"),
        [WORDS],
        description=_l("Those it rests on or brings, one a line, with their numbers."),
    )
    responsible_id = SelectField(_l("Responsible"), [PERSON], coerce=int_or_none)

    def offer(self, plan: SectorPlan | None, lists: list[Checklist]) -> None:
        """Offer checklists and people."""
        offered = people()
        if plan and plan.responsible_id not in {one[0] for one in offered}:
            offered.append((plan.responsible_id, plan.responsible.name))
        self.responsible_id.choices = offered
        titles = [(one.id, pick(one, "title")) for one in lists]
        self.checklist_id.choices = [("", gettext("None")), *titles]

    def show(self, plan: SectorPlan) -> None:
        """Begin with the plan as it is."""
        self.version.data = str(plan.version)
        for name in PLAN_FIELDS:
            value = getattr(plan, name)
            self[name].data = getattr(value, "value", value) or ("" if name == "hazard_class" else value)

    def facts(self) -> dict[str, Any]:
        """What the valid form says."""
        texts = {name: self[name].data or "" for name in ("name", "name_en", "goals", "documents")}
        rest = ("from_on", "until_on", "checklist_id", "coverage_goal", "rate_goal", "responsible_id")
        return {
            **texts,
            **{name: self[name].data for name in rest},
            "sector": Sector(self.sector.data),
            "reach": PlanReach(self.reach.data),
            "hazard_class": HazardClass(self.hazard_class.data) if self.hazard_class.data else None,
        }
