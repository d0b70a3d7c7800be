"""Forms of campaigns, engagements of experts and illegal cases."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)

from ..core.forms import EMPTY, DayField, DecimalNumberField, OnceField, PageForm, choices, int_or_none
from ..core.parsing import read_number
from .models import FITTING, CampaignKind, CaseKind, IllegalCase

SOMETHING = validators.InputRequired(_l("Fill this in."))
LINE = validators.Length(max=200, message=_l("At most 200 characters."))
WORDS = validators.Length(max=5000, message=_l("At most 5,000 characters."))
DAY = validators.InputRequired(_l("Enter the date."))


class CampaignForm(PageForm):
    """A campaign's facts."""

    once = OnceField()
    version = HiddenField()
    name = StringField(_l("Name of the campaign"), [SOMETHING, LINE])
    name_en = StringField(_l("English name"), [LINE])
    kind = SelectField(
        _l("Kind of campaign"),
        [validators.InputRequired(_l("Choose the kind."))],
        choices=lambda: choices(CampaignKind, empty=EMPTY),
    )
    starts_on = DayField(_l("First day"), [DAY])
    ends_on = DayField(_l("Last day"), [DAY], description=_l("The last day still counts."))
    basis = TextAreaField(
        _l("Basis"), [WORDS], description=_l("The plan or notice it follows, with its number.")
    )
    goal = TextAreaField(_l("Goal"), [WORDS])

    def facts(self) -> dict[str, Any]:
        """What the valid form says."""
        names = ("name", "name_en", "starts_on", "ends_on", "basis", "goal")
        return {name: self[name].data or "" for name in names} | {"kind": CampaignKind(self.kind.data)}


class EngageForm(PageForm):
    """An expert, the days, and the enterprises; the page draws the enterprises by sector."""

    expert_id = SelectField(
        _l("Expert"), [validators.InputRequired(_l("Choose the expert."))], coerce=int_or_none
    )
    body = StringField(
        _l("Expert body"), [LINE], description=_l("The institute or association that sends the expert.")
    )
    from_on = DayField(_l("First day"), [DAY])
    until_on = DayField(_l("Last day"), [DAY])
    site_ids = SelectMultipleField(
        _l("Which enterprises"),
        [validators.InputRequired(_l("Choose at least one enterprise."))],
        coerce=read_number,
        validate_choice=False,
    )


class CaseForm(PageForm):
    """An illegal installation or act as it was found."""

    once = OnceField()
    check_id = HiddenField(filters=[lambda value: value or ""])
    kind = RadioField(
        _l("Kind of case"),
        [validators.InputRequired(_l("Choose the kind."))],
        choices=lambda: choices(CaseKind),
    )
    found_on = DayField(_l("Found on"), [DAY])
    place = StringField(_l("Where exactly"), [SOMETHING, LINE])
    site_id = SelectField(_l("Enterprise or idle site"), coerce=int_or_none)
    description = TextAreaField(
        _l("What is illegal"),
        [SOMETHING, WORDS],
        description=_l("Facts, people present, licences seen or missing."),
    )
    campaign_id = SelectField(_l("Campaign"), coerce=int_or_none)


class SettleForm(PageForm):
    """What became of a case."""

    version = HiddenField()
    outcome = RadioField(_l("Outcome"), [validators.InputRequired(_l("Choose the outcome."))])
    outcome_on = DayField(_l("Settled on"), [DAY])
    department = StringField(
        _l("Department"), [LINE], description=_l("Who it is referred to, or who dealt with it.")
    )
    reply_by = DayField(
        _l("Reply asked for by"),
        [validators.Optional()],
        description=_l("Only where it is referred; it stands in the letter."),
    )
    area_m2 = DecimalNumberField(_l("Area removed (m²)"), [validators.Optional()])
    note = TextAreaField(_l("How it was settled"), [WORDS])

    def fit(self, case: IllegalCase) -> SettleForm:
        """Offer the outcomes that fit the kind of the case."""
        self.outcome.choices = [(member.value, gettext(member.label)) for member in FITTING[case.kind]]
        return self


class ReopenForm(PageForm):
    """Why an outcome is taken back."""

    reason = StringField(
        _l("Reason"), [validators.InputRequired(_l("Say why the outcome is taken back.")), LINE]
    )
