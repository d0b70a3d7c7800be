"""The form of a training: its facts, and rows of audience and materials that grow without scripts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)

from ..accounts.models import User
from ..core.db import db
from ..core.forms import (
    EMPTY,
    DayField,
    DecimalNumberField,
    OnceField,
    PageForm,
    Row,
    WholeNumberField,
    choices,
)
from ..enterprises.models import Site
from ..enterprises.queries import visible_to
from .actions import Facts, Handout, Heads
from .models import Training, TrainingKind

AUDIENCE_ROWS, MATERIAL_ROWS, MORE = 6, 3, 4
MOST_ROWS = 400
LONG = validators.Length(max=200, message=_l("At most 200 characters."))
SOMETHING = validators.InputRequired(_l("Fill this in."))


class SiteBook:
    """The enterprises that may stand in a row, found by name or credit code as typed."""

    def __init__(self, actor: User, also: Iterable[Site] = ()) -> None:
        columns = (Site.id, Site.name, Site.uscc)
        rows = db.session.execute(visible_to(actor).with_only_columns(*columns).order_by(Site.name)).all()
        self._numbers: dict[str, set[int]] = {}
        self.names: list[str] = []
        for number, name, uscc in [*rows, *((site.id, site.name, site.uscc) for site in also)]:
            self.names.append(name)
            for key in filter(None, (name, uscc)):
                self._numbers.setdefault(key.strip().casefold(), set()).add(number)
        self.names = sorted(set(self.names))

    def number(self, text: str) -> int:
        """The number of the enterprise. Raises ValueError with words for the person who typed it."""
        found = self._numbers.get(text.strip().casefold(), set())
        if not found:
            raise ValueError(
                gettext(
                    "No such enterprise in your list. Choose one that is offered, or enter it as a group."
                )
            )
        if len(found) > 1:
            raise ValueError(gettext("Several enterprises have this name. Enter the credit code instead."))
        return next(iter(found))


class AudienceRow(Row):
    """Who came, and how many."""

    enterprise = StringField(_l("Enterprise"), [LONG])
    group_name = StringField(_l("Or another group"), [LONG])
    headcount = WholeNumberField(_l("Headcount"), [validators.Optional()])

    @property
    def is_blank(self) -> bool:
        """Nothing typed in it."""
        return not any((field.raw_data or [""])[0].strip() for field in self)


class MaterialRow(Row):
    """What was handed out, and how many."""

    name = StringField(_l("Material"), [LONG])
    count = WholeNumberField(_l("Copies"), [validators.Optional()])

    @property
    def is_blank(self) -> bool:
        """Nothing typed in it."""
        return not any((field.raw_data or [""])[0].strip() for field in self)


class TrainingForm(PageForm):
    """A training that was held."""

    once = OnceField()
    version = HiddenField()
    kind = SelectField(
        _l("Kind of training"),
        [validators.InputRequired(_l("Choose the kind."))],
        choices=lambda: choices(TrainingKind, empty=EMPTY),
    )
    topic = StringField(_l("Topic"), [SOMETHING, LONG])
    held_on = DayField(_l("Held on"), [validators.InputRequired(_l("Enter the date."))])
    hours = DecimalNumberField(
        _l("Hours"), [SOMETHING], description=_l("Length of the event in hours, for example 1.5.")
    )
    place = StringField(_l("Venue"), [SOMETHING, LONG])
    organiser = StringField(_l("Organiser"), [SOMETHING, LONG])
    lecturer = StringField(_l("Lecturer"), [LONG])
    content = TextAreaField(_l("Content of the training"), [validators.Length(max=5000)])
    exam_taken = WholeNumberField(_l("Took the exam"), [validators.Optional()])
    exam_passed = WholeNumberField(_l("Passed"), [validators.Optional()])
    exam_average = DecimalNumberField(_l("Average mark"), [validators.Optional()])
    audience = FieldList(FormField(AudienceRow), label=_l("Audience"), max_entries=MOST_ROWS)
    materials = FieldList(FormField(MaterialRow), label=_l("Materials handed out"), max_entries=MOST_ROWS)

    book: SiteBook

    def pad(self, more: str = "") -> None:
        """Put empty rows at the end; `more` names the list to which rows are added on request."""
        for rows, least in ((self.audience, AUDIENCE_ROWS), (self.materials, MATERIAL_ROWS)):
            wanted = len(rows) + MORE if rows.name == more else max(least, len(rows))
            while len(rows) < min(wanted, MOST_ROWS):
                rows.append_entry()

    def show(self, training: Training) -> None:
        """Begin with what was recorded."""
        self.version.data = str(training.version)
        for group in training.audience:
            name = group.site.name if group.site else ""
            row = {"enterprise": name, "group_name": group.group_name, "headcount": group.headcount}
            self.audience.append_entry(row)
        for material in training.materials:
            self.materials.append_entry({"name": material.name, "count": material.count})

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then each row; the summary on top names the rows that do not fit."""
        good = bool(super().validate(extra_validators))
        for rows, check in ((self.audience, self._check_group), (self.materials, self._check_material)):
            problems = []
            for number, entry in enumerate(rows, 1):
                if not entry.form.is_blank:
                    check(entry.form)
                if any(field.errors for field in entry.form):
                    problems.append(gettext("Row %(number)s needs a look.", number=number))
            rows.errors = problems
            good = good and not problems
        return good

    def _check_group(self, row: AudienceRow) -> None:
        enterprise, group = (row.enterprise.data or "").strip(), (row.group_name.data or "").strip()
        if enterprise and group:
            row.group_name.errors = [gettext("Enter an enterprise or a group, not both.")]
        elif enterprise:
            try:
                self.book.number(enterprise)
            except ValueError as problem:
                row.enterprise.errors = [str(problem)]
        elif not group:
            row.enterprise.errors = [gettext("Enter an enterprise or a group.")]
        _demand_count(row.headcount)

    def _check_material(self, row: MaterialRow) -> None:
        if not (row.name.data or "").strip():
            row.name.errors = [gettext("Say what was handed out.")]
        _demand_count(row.count)

    def facts(self) -> Facts:
        """What the valid form says."""
        names = ("topic", "place", "organiser", "lecturer", "content")
        return Facts(
            kind=TrainingKind(self.kind.data),
            held_on=self.held_on.data,
            hours=self.hours.data or 0,
            exam_taken=self.exam_taken.data,
            exam_passed=self.exam_passed.data,
            exam_average=self.exam_average.data,
            audience=tuple(self._heads(entry.form) for entry in self.audience if not entry.form.is_blank),
            materials=tuple(
                Handout((entry.form.name.data or "").strip(), entry.form.count.data)
                for entry in self.materials
                if not entry.form.is_blank
            ),
            **{name: (self[name].data or "").strip() for name in names},
        )

    def _heads(self, row: AudienceRow) -> Heads:
        if enterprise := (row.enterprise.data or "").strip():
            return Heads(row.headcount.data or 0, site_id=self.book.number(enterprise))
        return Heads(row.headcount.data or 0, group_name=(row.group_name.data or "").strip())


def _demand_count(field: WholeNumberField) -> None:
    if field.errors:
        return
    if field.data is None:
        field.errors = [gettext("Enter how many.")]
    elif field.data < 0:
        field.errors = [gettext("This cannot be less than 0.")]


class VoidForm(PageForm):
    """Why a record is void."""

    version = HiddenField()
    reason = StringField(_l("Reason"), [validators.InputRequired(_l("Say why this record is void.")), LONG])
