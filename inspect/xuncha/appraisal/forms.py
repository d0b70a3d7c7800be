"""Forms of an appraisal: an appeal, a deduction for a false record, and the decisions on them."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField, validators

from ..core.forms import EMPTY, DayField, OnceField, PageForm, WholeNumberField
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


class DeductionForm(PageForm):
    """A record that was found false."""

    once = OnceField()
    record = StringField(
        _l("Number of the check or hazard"),
        [SOMETHING, validators.Length(max=64, message=_l("At most 64 characters."))],
    )
    found_on = DayField(_l("Found false on"), [SOMETHING])
    reason = TextAreaField(_l("What is false"), [SOMETHING, WORDS])
    evidence = TextAreaField(
        _l("Evidence"),
        [SOMETHING, WORDS],
        description=_l(
            "What proves it: registers, recordings, witnesses. A distance or a likeness of photos alone proves nothing."
        ),
    )


class StatementForm(PageForm):
    """What the person concerned says."""

    once = OnceField()
    statement = TextAreaField(_l("Statement"), [SOMETHING, WORDS])


class DeductionDecisionForm(PageForm):
    """The decision on a deduction."""

    once = OnceField()
    verdict = RadioField(
        _l("Decision"),
        [validators.InputRequired(_l("Choose one."))],
        choices=[("impose", _l("The record is false: deduct the points")), ("drop", _l("Deduct nothing"))],
    )
    note = TextAreaField(_l("Why"), [SOMETHING, WORDS])


class DeductionAppealForm(PageForm):
    """An appeal against a deduction."""

    once = OnceField()
    appeal_reason = TextAreaField(_l("Reason"), [SOMETHING, WORDS])
    appeal_evidence = TextAreaField(_l("Evidence"), [SOMETHING, WORDS])


class DeductionAppealDecisionForm(PageForm):
    """The decision on it."""

    once = OnceField()
    verdict = RadioField(
        _l("Decision"),
        [validators.InputRequired(_l("Choose one."))],
        choices=[("accept", _l("Accept: withdraw the deduction")), ("decline", _l("Decline: it stays"))],
    )
    note = TextAreaField(_l("Why"), [SOMETHING, WORDS])


class WithdrawalForm(PageForm):
    """Why a deduction is withdrawn."""

    once = OnceField()
    note = TextAreaField(_l("Why"), [SOMETHING, WORDS])
