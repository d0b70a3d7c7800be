"""The bank of questions: asked in exams, never changed once entered: a wrong one is retired and entered anew."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Mapped, mapped_column

from ..accounts.models import User
from ..checklists.models import Item
from ..core import history
from ..core.access import Permission, demand
from ..core.db import Base, Code, Pk, db
from ..core.errors import ActedFirst, Refused
from ..core.i18n import LANGUAGES, label, language, use_language
from ..core.labels import N_, Labelled
from ..core.parsing import alike
from .models import TrainingKind

LETTERS = "ABCDEF"
TEXT_AT_MOST = 1000
TRUE, FALSE = 0, 1


class QuestionKind(Labelled):
    """How a question is answered."""

    SINGLE = "single", N_("One answer")
    MULTIPLE = "multiple", N_("Several answers")
    TRUE_FALSE = "true_false", N_("True or false")


class Question(Base):
    """One question. `topic` is a kind of training or the code of a checklist item; `answer` holds places of options."""

    __tablename__ = "questions"

    id: Mapped[Pk]
    kind: Mapped[QuestionKind]
    topic: Mapped[Code] = mapped_column(index=True)
    text_zh: Mapped[str]
    text_en: Mapped[str] = mapped_column(default="")
    options_zh: Mapped[list[Any]]
    options_en: Mapped[list[Any]] = mapped_column(default=list)
    answer: Mapped[list[Any]]
    explanation_zh: Mapped[str] = mapped_column(default="")
    explanation_en: Mapped[str] = mapped_column(default="")
    law_zh: Mapped[str] = mapped_column(default="")
    law_en: Mapped[str] = mapped_column(default="")
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    added_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    @property
    def options(self) -> list[str]:
        """What can be chosen, in the language of now."""
        if self.kind is QuestionKind.TRUE_FALSE:
            return [gettext("True"), gettext("False")]
        english = language() == "en" and len(self.options_en) == len(self.options_zh)
        return [str(text) for text in (self.options_en if english else self.options_zh)]

    def is_right(self, given: Sequence[int] | None) -> bool:
        """Whether exactly the right options were chosen."""
        return given is not None and set(given) == set(self.answer)


@dataclass(frozen=True)
class QuestionFacts:
    """A question as it is entered; English may be left out."""

    kind: QuestionKind
    topic: str
    text_zh: str
    answer: tuple[int, ...]
    options_zh: tuple[str, ...] = ()
    text_en: str = ""
    options_en: tuple[str, ...] = ()
    explanation_zh: str = ""
    explanation_en: str = ""
    law_zh: str = ""
    law_en: str = ""


def problems_of(facts: QuestionFacts, topics: frozenset[str]) -> list[Refused]:
    """What is wrong with a question, each with its field."""
    found = []
    if not facts.text_zh.strip():
        found.append(Refused(N_("Fill this in."), field="text_zh"))
    for name in ("text_zh", "text_en", "explanation_zh", "explanation_en", "law_zh", "law_en"):
        if len(getattr(facts, name)) > TEXT_AT_MOST:
            message = N_("At most %(most)s characters; these are %(count)s.")
            count = len(getattr(facts, name))
            found.append(Refused(message, field=name, most=TEXT_AT_MOST, count=count))
    if facts.topic not in topics:
        found.append(Refused(N_("Name a kind of training or the code of a checklist item."), field="topic"))
    return found + _wrong_choices(facts)


def _wrong_choices(facts: QuestionFacts) -> list[Refused]:
    if facts.kind is QuestionKind.TRUE_FALSE:
        if facts.answer not in ((TRUE,), (FALSE,)):
            return [Refused(N_("The answer is true or false."), field="answer")]
        return []
    if len(facts.options_zh) < 2 or len(facts.options_zh) > len(LETTERS):
        return [Refused(N_("Give two to six options, the first ones first."), field="options_zh")]
    if len({alike(option) for option in facts.options_zh}) != len(facts.options_zh):
        return [Refused(N_("Two options are the same."), field="options_zh")]
    if facts.options_en and len(facts.options_en) != len(facts.options_zh):
        return [Refused(N_("Give as many English options as Chinese ones, or none."), field="options_en")]
    chosen = set(facts.answer)
    if not chosen or not chosen <= set(range(len(facts.options_zh))):
        return [
            Refused(N_("The answer names options by their letters, for example A or AC."), field="answer")
        ]
    if facts.kind is QuestionKind.SINGLE and len(chosen) != 1:
        return [Refused(N_("A question with one answer has one right option."), field="answer")]
    if facts.kind is QuestionKind.MULTIPLE and len(chosen) < 2:
        return [
            Refused(N_("A question with several answers has two right options at least."), field="answer")
        ]
    return []


def add_question(
    facts: QuestionFacts, *, actor: User, now: datetime, topics: frozenset[str] | None = None
) -> Question:
    """Enter a question. Raises NotAllowed, Refused with the field that does not fit."""
    demand(actor, Permission.EDIT_QUESTIONS)
    for problem in problems_of(facts, topics if topics is not None else known_topics()):
        raise problem
    values: dict[str, Any] = vars(facts) | {
        "options_zh": list(facts.options_zh),
        "options_en": list(facts.options_en),
        "answer": sorted(set(facts.answer)),
    }
    question = Question(**values, added_by_id=actor.id, added_at=now)
    db.session.add(question)
    history.record(question, "add", actor=actor, now=now)
    return question


def retire(question: Question, *, actor: User, now: datetime) -> None:
    """Ask a question in no further exam; attempts that have it keep it. Raises NotAllowed, ActedFirst."""
    demand(actor, Permission.EDIT_QUESTIONS)
    if question.retired_at is not None:
        raise ActedFirst(N_("This question is retired already."))
    question.retired_at = now
    history.record(question, "retire", actor=actor, now=now)


def known_topics() -> frozenset[str]:
    """What a question can be about: the kinds of training and all items of the checklists."""
    return frozenset(kind.value for kind in TrainingKind) | set(
        db.session.scalars(sa.select(Item.code).distinct())
    )


def topic_name(topic: str) -> str:
    """A topic as people read it."""
    return label(TrainingKind(topic)) if topic in {kind.value for kind in TrainingKind} else topic


def topics_asked() -> list[str]:
    """The topics of which there are questions."""
    query = sa.select(Question.topic).where(Question.retired_at.is_(None)).distinct().order_by(Question.topic)
    return list(db.session.scalars(query))


def pool(topic: str = "") -> sa.Select[Question]:
    """The questions that can be drawn, of one topic or of all."""
    query = sa.select(Question).where(Question.retired_at.is_(None))
    return query.where(Question.topic == topic) if topic else query


def read_letters(text: str) -> tuple[int, ...]:
    """The places that letters name; a letter that is none is a place that no question has."""
    letters = [
        char
        for char in unicodedata.normalize("NFKC", text).upper()
        if not char.isspace() and char not in "\u3001,;/"
    ]
    return tuple(LETTERS.index(char) if char in LETTERS else len(LETTERS) for char in letters)


def read_topic(text: str) -> str:
    """The topic that was written: a kind of training by its word in either language, or the code of an item."""
    typed = alike(text)
    for lang in LANGUAGES:
        with use_language(lang):
            for kind in TrainingKind:
                if typed in (alike(label(kind)), kind.value):
                    return kind.value
    return text.strip().upper()
