"""The import of questions from a list: what each row would do, then all rows or none."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, demand
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import alike
from ..lists.columns import Column, Columns, choice, read_row, words_of
from ..lists.plan import Outcome, Plan, Verdict, demand_most, demand_ready
from . import questions
from .questions import LETTERS, Question, QuestionFacts, QuestionKind

HEADS = Path(__file__).parent / "data" / "heads.toml"
MOST = 2000
OPTION_HEADS = (
    N_("Option A"),
    N_("Option B"),
    N_("Option C"),
    N_("Option D"),
    N_("Option E"),
    N_("Option F"),
)
ENGLISH_HEADS = (
    N_("Option A in English"),
    N_("Option B in English"),
    N_("Option C in English"),
    N_("Option D in English"),
    N_("Option E in English"),
    N_("Option F in English"),
)
QUESTIONS = Columns(
    "questions",
    (
        Column("text_zh", N_("Question in Chinese"), width=48, required=True),
        choice("kind", N_("Kind of question"), QuestionKind, wanted=True, more=words_of(HEADS, "kind")),
        Column("topic", N_("Topic"), wanted=True),
        *(Column(f"option_zh_{at}", head, width=24) for at, head in enumerate(OPTION_HEADS)),
        Column("answer", N_("Right answer"), wanted=True),
        Column("explanation_zh", N_("Explanation in Chinese"), width=32),
        Column("law_zh", N_("Law in Chinese"), width=24),
        Column("text_en", N_("Question in English"), width=48),
        *(Column(f"option_en_{at}", head, width=24) for at, head in enumerate(ENGLISH_HEADS)),
        Column("explanation_en", N_("Explanation in English"), width=32),
        Column("law_en", N_("Law in English"), width=24),
    ),
    HEADS,
)


def template() -> bytes:
    """An empty workbook with the heads, the choices and how to fill it."""
    notes = [
        gettext("One row is one question. The topic is a kind of training or the code of a checklist item."),
        gettext("The right answer names options by their letters, for example A or AC."),
        gettext("A question of true or false has no options; its answer is A for true, B for false."),
        gettext("English may be left out."),
        gettext(
            "Nothing is written before you have seen what each row would do. One wrong row stops the whole file."
        ),
    ]
    return QUESTIONS.template(gettext("Questions"), notes)


def plan(data: bytes) -> Plan:
    """What a list of questions would do. Raises Refused (field "file") when it cannot be taken as a whole."""
    opened = QUESTIONS.open(data)
    demand_most(opened.rows, MOST)
    topics = questions.known_topics()
    there = {alike(text) for text in db.session.scalars(sa.select(Question.text_zh))}
    seen: dict[str, int] = {}
    verdicts = []
    for number, cells in opened.rows:
        read, problems = read_row(cells, opened.columns, opened.epoch)
        verdict = Verdict(number, Outcome.ERROR, {**opened.otherwise, **read}, problems)
        _judge(verdict, topics, there, seen)
        verdicts.append(verdict)
    return Plan(verdicts, opened.strange)


def _judge(verdict: Verdict, topics: frozenset[str], there: set[str], seen: dict[str, int]) -> None:
    facts = verdict.facts
    key = alike(str(facts.get("text_zh", "")))
    if facts.get("kind") is None:
        verdict.problems.append(Refused(N_("Say how the question is answered."), field="kind"))
    if not verdict.problems:
        facts["question"] = facts_of(facts)
        verdict.problems += [_by_column(one) for one in questions.problems_of(facts["question"], topics)]
    if key and key in seen:
        message = N_("Row %(row)s has the same question.")
        verdict.problems.append(Refused(message, field="text_zh", row=seen[key]))
    seen.setdefault(key, verdict.row)
    if verdict.problems:
        return
    verdict.outcome = Outcome.SAME if key in there else Outcome.NEW
    if verdict.outcome is Outcome.SAME:
        verdict.remarks.append(Refused(N_("This question is in the bank already.")))


def _by_column(problem: Refused) -> Refused:
    """A problem with the options is shown at the first of them."""
    fields = {"options_zh": "option_zh_0", "options_en": "option_en_0"}
    field = fields.get(problem.field or "", problem.field)
    return Refused(problem.message, field=field, **problem.params)


def facts_of(row: dict[str, Any]) -> QuestionFacts:
    """A row as a question; options are taken up to the last one that is filled."""
    return QuestionFacts(
        kind=row["kind"],
        topic=questions.read_topic(str(row.get("topic", ""))),
        answer=_answer(row["kind"], str(row.get("answer", ""))),
        options_zh=_options(row, "zh"),
        options_en=_options(row, "en"),
        **{
            name: str(row.get(name, "")).strip()
            for name in ("text_zh", "text_en", "explanation_zh", "explanation_en", "law_zh", "law_en")
        },
    )


def _answer(kind: QuestionKind, text: str) -> tuple[int, ...]:
    """Letters, or for true and false also the words and signs that lists use."""
    if kind is QuestionKind.TRUE_FALSE:
        typed = alike(text)
        for place, name in ((questions.TRUE, "true"), (questions.FALSE, "false")):
            if words_of(HEADS, "truth").get(typed) == name:
                return (place,)
    return questions.read_letters(text)


def _options(row: dict[str, Any], lang: str) -> tuple[str, ...]:
    cells = [str(row.get(f"option_{lang}_{at}", "")).strip() for at in range(len(LETTERS))]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def take_in(data: bytes, *, actor: User, now: datetime) -> int:
    """Write every new row of a list, or none: it is judged again. How many were written."""
    demand(actor, Permission.EDIT_QUESTIONS)
    made = plan(data)
    demand_ready(made)
    topics = questions.known_topics()
    for verdict in made.new:
        questions.add_question(verdict.facts["question"], actor=actor, now=now, topics=topics)
    history.record(actor, "import_questions", actor=actor, now=now, after={"new": len(made.new)})
    return len(made.new)
