"""The forms of the plan of a year, of the stock of materials, and of drills with their reviews."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField, SelectField, StringField, TextAreaField, validators

from ..core.clock import today
from ..core.forms import EMPTY, DayField, OnceField, PageForm, Row, WholeNumberField, choices, int_or_none
from .drills import DrillPlan, Measure
from .forms import LONG, SOMETHING
from .materials import MaterialForm, MovementReason
from .models import TrainingKind
from .plans import PlanFacts, choosable_people, items_of

MEASURE_ROWS, MORE = 3, 3
WORDS = validators.Length(max=5000, message=_l("At most 5000 characters."))


def _people() -> list[tuple[Any, Any]]:
    return [("", EMPTY), *((str(person.id), person.name) for person in choosable_people())]


def _months() -> list[tuple[Any, Any]]:
    return [("", EMPTY), *((str(month), str(month)) for month in range(1, 13))]


class PlanItemForm(PageForm):
    """A training or drill that is planned."""

    once = OnceField()
    version = HiddenField()
    source = HiddenField()
    year = WholeNumberField(_l("Year"), [SOMETHING])
    month = SelectField(
        _l("Month"), [validators.InputRequired(_l("Choose a month."))], choices=_months, coerce=int_or_none
    )
    kind = SelectField(
        _l("Kind of training"),
        [validators.InputRequired(_l("Choose the kind."))],
        choices=lambda: choices(TrainingKind, empty=EMPTY),
    )
    topic = StringField(_l("Topic"), [SOMETHING, LONG])
    audience = StringField(_l("Audience"), [SOMETHING, LONG])
    expected = WholeNumberField(_l("Expected headcount"), [SOMETHING])
    responsible_id = SelectField(
        _l("Who is responsible"),
        [validators.InputRequired(_l("Choose a person."))],
        choices=_people,
        coerce=int_or_none,
    )
    reason = StringField(_l("Reason"), [LONG])

    def facts(self) -> PlanFacts:
        """What the valid form says."""
        return PlanFacts(
            year=self.year.data or 0,
            month=self.month.data or 0,
            kind=TrainingKind(self.kind.data),
            topic=(self.topic.data or "").strip(),
            audience=(self.audience.data or "").strip(),
            expected=self.expected.data or 0,
            responsible_id=self.responsible_id.data or 0,
            source=(self.source.data or "").strip()[:64],
            reason=(self.reason.data or "").strip(),
        )


class DropForm(PageForm):
    """Why an item is taken out of the plan."""

    reason = StringField(
        _l("Reason"), [validators.InputRequired(_l("Say why it is taken out of the plan.")), LONG]
    )


class MaterialKindForm(PageForm):
    """A material of which stock is kept."""

    once = OnceField()
    name = StringField(_l("Material"), [SOMETHING, LONG])
    form = SelectField(_l("Form"), choices=lambda: choices(MaterialForm))
    low_at = WholeNumberField(_l("Low stock at"), [SOMETHING])


MOVED_BY_HAND = (MovementReason.RECEIPT, MovementReason.HANDOUT, MovementReason.COUNT)


class MovementForm(PageForm):
    """Copies that came in or went, or the stock as it was counted."""

    once = OnceField()
    reason = SelectField(_l("Kind of movement"), choices=lambda: choices(MovementReason, only=MOVED_BY_HAND))
    count = WholeNumberField(_l("Copies"), [SOMETHING])
    day = DayField(_l("Day"), [validators.DataRequired(_l("Enter the date."))])
    note = StringField(_l("Note"), [LONG])


def _items() -> list[tuple[Any, Any]]:
    """The planned drills of this year and the next."""
    year = today().year
    planned = [item for one in (year, year + 1) for item in items_of(one) if item.kind is TrainingKind.DRILL]
    return [
        ("", gettext("None")),
        *((str(item.id), f"{item.year}-{item.month:02d} {item.topic}") for item in planned),
    ]


class DrillForm(PageForm):
    """The plan of a drill."""

    once = OnceField()
    version = HiddenField()
    title = StringField(_l("Name of the drill"), [SOMETHING, LONG])
    planned_on = DayField(_l("Planned on"), [validators.DataRequired(_l("Enter the date."))])
    place = StringField(_l("Venue"), [SOMETHING, LONG])
    document = StringField(
        _l("Emergency plan"), [SOMETHING, LONG], description=_l("The plan that is tried, by its name.")
    )
    scenario = TextAreaField(_l("Scenario"), [SOMETHING, WORDS])
    roles = TextAreaField(
        _l("Roles"), [SOMETHING, WORDS], description=_l("One role a line, with who has it.")
    )
    steps = TextAreaField(_l("Steps"), [SOMETHING, WORDS], description=_l("One step a line, in their order."))
    plan_item_id = SelectField(_l("Item of the year's plan"), choices=_items, coerce=int_or_none)

    def plan(self) -> DrillPlan:
        """What the valid form says."""
        names = ("title", "place", "document", "scenario", "roles", "steps")
        words = {name: (self[name].data or "").strip().replace("\r\n", "\n") for name in names}
        return DrillPlan(planned_on=self.planned_on.data, plan_item_id=self.plan_item_id.data, **words)


class MeasureRow(Row):
    """What is to be done, by whom, until when."""

    words = StringField(_l("Measure"), [LONG])
    responsible_id = SelectField(_l("Who is responsible"), choices=_people, coerce=int_or_none)
    due_on = DayField(_l("Due on"), [validators.Optional()])

    @property
    def is_blank(self) -> bool:
        """Nothing typed in it."""
        return not any((field.raw_data or [""])[0].strip() for field in self)


class ReviewForm(PageForm):
    """The review of a drill."""

    went_well = TextAreaField(_l("What went well"), [SOMETHING, WORDS])
    went_badly = TextAreaField(_l("What did not go well"), [SOMETHING, WORDS])
    measures = FieldList(FormField(MeasureRow), label=_l("Measures"), max_entries=30)

    def pad(self, more: str = "") -> None:
        """Put empty rows at the end."""
        wanted = len(self.measures) + MORE if more else max(MEASURE_ROWS, len(self.measures))
        while len(self.measures) < min(wanted, 30):
            self.measures.append_entry()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then each row that is not empty."""
        good = bool(super().validate(extra_validators))
        problems = []
        for number, entry in enumerate(self.measures, 1):
            row = entry.form
            if not row.is_blank:
                if not (row.words.data or "").strip():
                    row.words.errors = [gettext("Fill this in.")]
                if row.responsible_id.data is None:
                    row.responsible_id.errors = [gettext("Choose a person.")]
                if not isinstance(row.due_on.data, date) and not row.due_on.errors:
                    row.due_on.errors = [gettext("Enter the date.")]
            if any(field.errors for field in row):
                problems.append(gettext("Row %(number)s needs a look.", number=number))
        self.measures.errors = problems
        return good and not problems

    def told(self) -> list[Measure]:
        """The measures of the valid form."""
        rows = [entry.form for entry in self.measures if not entry.form.is_blank]
        return [Measure(row.words.data or "", row.responsible_id.data or 0, row.due_on.data) for row in rows]


class HoldForm(PageForm):
    """By which record a drill was held."""

    training = SelectField(_l("Record"), [SOMETHING], coerce=int_or_none, validate_choice=False)


class SettleForm(PageForm):
    """What was done."""

    note = StringField(_l("What was done"), [validators.InputRequired(_l("Say what was done.")), LONG])
