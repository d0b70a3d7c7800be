"""Forms of the schedule's pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import MonthField, RadioField, SelectField, StringField, TextAreaField, validators

from ..core.forms import DayField, PageForm, choices
from .models import Cause, DayKind


class ExcuseForm(PageForm):
    """Ask that a task be excused, or with a day that it be postponed."""

    cause = SelectField(_l("Cause"), choices=lambda: choices(Cause), default=Cause.OTHER)
    postponed_to = DayField(
        _l("Check by this later day instead"),
        [validators.Optional()],
        description=_l("Without a day no check is made in this half-month."),
    )
    reason = TextAreaField(
        _l("Why the check could not be done"),
        [validators.InputRequired(_l("Say why the check could not be done.")), validators.Length(max=1000)],
        description=_l("For example: the enterprise was shut, typhoon warning, illness."),
    )
    evidence = TextAreaField(
        _l("Evidence"),
        [validators.Length(max=1000)],
        description=_l("Number of the notice, name and phone of the person who confirmed it."),
    )


class PostponeForm(ExcuseForm):
    """Postpone several checks to one day."""

    postponed_to = DayField(_l("Check by this later day"), [validators.InputRequired(_l("Choose the day."))])


class DecisionForm(PageForm):
    """Accept or decline an excuse."""

    decision = RadioField(
        _l("Decision"),
        [validators.InputRequired(_l("Choose a decision."))],
        choices=lambda: [
            ("accept", _l("Accept: excused, or due on the later day")),
            ("decline", _l("Decline: the task stays")),
        ],
    )
    note = TextAreaField(_l("Reason for the decision"), [validators.Length(max=1000)])


class MonthForm(PageForm):
    """Open the tasks of a month."""

    month = MonthField(_l("Month"), [validators.InputRequired(_l("Choose a month."))])


class DayForm(PageForm):
    """Enter a day, or the days up to another, by hand."""

    day = DayField(_l("Day"), [validators.InputRequired(_l("Choose a day."))])
    until = DayField(_l("Up to and including"), [validators.Optional()])
    kind = SelectField(_l("Kind of day"), choices=lambda: choices(DayKind))
    name = StringField(_l("Name of the holiday"), [validators.Length(max=60)])


class NoticeForm(PageForm):
    """Paste a year's notice."""

    text = TextAreaField(
        _l("Text of the notice"),
        [validators.InputRequired(_l("Paste the notice, or one day a line."))],
        description=_l("The numbered list of the notice, or one day a line: 2027-01-01,off,New Year"),
    )
    source = StringField(
        _l("Source"),
        [validators.Length(max=200)],
        description=_l("Title, number and date of the notice."),
    )
