"""The forms of sign-ins, exams and questions."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField, validators

from ..core.clock import at
from ..core.forms import DayField, OnceField, PageForm, WholeNumberField, choices, plain_number
from . import questions
from .forms import LONG, SOMETHING
from .models import Training
from .questions import QuestionFacts, QuestionKind, read_letters, read_topic

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
WORDS = validators.Length(max=5000, message=_l("At most 5000 characters."))


class OpenSheetForm(PageForm):
    """When the training begins."""

    starts_at = StringField(
        _l("Begins at"), [SOMETHING], description=_l("Hour and minute, for example 14:30.")
    )

    def moment(self, training: Training) -> datetime | None:
        """The moment on the day of the training; None, and the field says so, for what is no time of day."""
        typed = CLOCK.fullmatch(plain_number(self.starts_at.data or ""))
        if typed is None:
            self.starts_at.errors = [gettext("Enter a time of day, for example 14:30.")]
            return None
        clock = time(int(typed[1]), int(typed[2]))
        return at(training.held_on, clock.hour, clock.minute)


class StrikeForm(PageForm):
    """Why an entry does not count."""

    reason = StringField(
        _l("Reason"), [validators.InputRequired(_l("Say why this entry does not count.")), LONG]
    )


class VersionForm(PageForm):
    """A button that acts on what was looked at."""

    version = HiddenField()


class ParticipantForm(PageForm):
    """Who takes part."""

    name = StringField(_l("Your name"), [SOMETHING, validators.Length(max=60)])
    enterprise = StringField(_l("Your enterprise"), [SOMETHING, validators.Length(max=120)])


class SignInForm(ParticipantForm):
    """Who signs in."""

    phone = StringField(_l("Phone"), [validators.Length(max=40)])


def _topics() -> list[tuple[Any, Any]]:
    asked = questions.topics_asked()
    return [("", gettext("All topics")), *((topic, questions.topic_name(topic)) for topic in asked)]


class ExamForm(PageForm):
    """The exam of a training."""

    once = OnceField()
    drawn = WholeNumberField(_l("Questions drawn"), [SOMETHING])
    topic = SelectField(_l("Topic of the questions"), choices=_topics)
    pass_mark = WholeNumberField(_l("Pass mark (percent)"), [SOMETHING])
    minutes = WholeNumberField(_l("Minutes allowed"), [SOMETHING])
    attempts = WholeNumberField(_l("Attempts of each person"), [SOMETHING])
    closes_on = DayField(_l("Open until the end of"), [validators.DataRequired(_l("Enter the date."))])


class QuestionForm(PageForm):
    """A question; options stand one a line."""

    once = OnceField()
    kind = SelectField(_l("Kind of question"), choices=lambda: choices(QuestionKind))
    topic = StringField(
        _l("Topic"), [SOMETHING, LONG], description=_l("A kind of training, or the code of a checklist item.")
    )
    text_zh = TextAreaField(_l("Question in Chinese"), [SOMETHING, WORDS])
    text_en = TextAreaField(_l("Question in English"), [WORDS])
    options_zh = TextAreaField(
        _l("Options in Chinese"), [WORDS], description=_l("One option a line; none for true or false.")
    )
    options_en = TextAreaField(_l("Options in English"), [WORDS])
    answer = StringField(
        _l("Right answer"),
        [SOMETHING, LONG],
        description=_l("Letters of the options, such as A or AC; A is true, B is false."),
    )
    explanation_zh = TextAreaField(_l("Explanation in Chinese"), [WORDS])
    explanation_en = TextAreaField(_l("Explanation in English"), [WORDS])
    law_zh = StringField(_l("Law in Chinese"), [LONG])
    law_en = StringField(_l("Law in English"), [LONG])

    def facts(self) -> QuestionFacts:
        """What the valid form says."""
        names = ("text_zh", "text_en", "explanation_zh", "explanation_en", "law_zh", "law_en")
        words = {name: (self[name].data or "").strip() for name in names}
        return QuestionFacts(
            kind=QuestionKind(self.kind.data),
            topic=read_topic(self.topic.data or ""),
            answer=read_letters(self.answer.data or ""),
            options_zh=_lines(self.options_zh.data),
            options_en=_lines(self.options_en.data),
            **words,
        )


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())
