"""Forms of an appraisal: an appeal, and the decision on it."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField, validators

from ..core.forms import EMPTY, OnceField, PageForm, WholeNumberField
from .score import Line

SOMETHING = validators.InputRequired(_l("Fill this in."))
WORDS = validators.Length(max=2000, message=_l("At most 2,000 characters."))


class AppealForm(PageForm):
    """An appeal against a component."""

    once = OnceField()
    component = SelectField(
        _l("Component"), [validators.InputRequired(_l("Choose the component."))], choices=[("", EMPTY)]
    )
    reason = TextAreaField(_l("Reason"), [SOMETHING, WORDS])
    evidence = TextAreaField(
        _l("Evidence"),
        [SOMETHING, WORDS],
        description=_l("Numbers of records, notices or hazards, days, who can confirm it."),
    )

    def offer(self, lines: Iterable[Line]) -> AppealForm:
        """Offer the components where something does not count as done."""
        offered = [
            (line.component.name, f"{gettext(line.component.rate.label)} {line.measured}") for line in lines
        ]
        self.component.choices = [("", EMPTY), *offered]
        return self


class AppealDecisionForm(PageForm):
    """The decision on an appeal."""

    once = OnceField()
    credited = WholeNumberField(
        _l("So many more count as done"), [SOMETHING], description=_l("0 declines the appeal.")
    )
    note = TextAreaField(_l("Why"), [SOMETHING, WORDS])
