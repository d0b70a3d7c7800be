"""What exams gave: who passed, by enterprise, and which questions were failed most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ..core.db import db
from .exams import Attempt, Exam, ExamAnswer, attempts_of, best_attempts
from .questions import Question


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    name: str
    count: int
    total: int

    @property
    def rate(self) -> float | None:
        """A share of one."""
        return self.count / self.total if self.total else None


@dataclass(frozen=True)
class Failed:
    """How often a question was answered wrong, or not at all, in attempts that were handed in."""

    question: Question
    wrong: int
    asked: int

    @property
    def rate(self) -> float:
        """A share of one."""
        return self.wrong / self.asked


@dataclass(frozen=True)
class Results:
    """The results of an exam. A person counts once, with the best attempt (as in the record of the training)."""

    attempts: list[Attempt]
    best: list[Attempt]
    enterprises: list[Share]
    questions: list[Failed]

    @property
    def passed(self) -> Share:
        """Who passed of those who took it."""
        return Share("", sum(bool(one.passed) for one in self.best), len(self.best))

    @property
    def running(self) -> int:
        """Attempts that were begun and not handed in."""
        return sum(one.finished_at is None for one in self.attempts)


def results_of(exam: Exam) -> Results:
    """The results of an exam as they stand."""
    attempts = attempts_of(exam)
    best = best_attempts(attempts)
    return Results(attempts, best, _by_enterprise(best), failed_questions([exam.id]))


def _by_enterprise(best: Sequence[Attempt]) -> list[Share]:
    passed: dict[str, list[bool]] = defaultdict(list)
    for one in best:
        passed[one.site.name if one.site else one.enterprise].append(bool(one.passed))
    shares = [Share(name, sum(marks), len(marks)) for name, marks in passed.items()]
    return sorted(shares, key=lambda share: (share.rate or 0, share.name))


def failed_questions(
    exams: Sequence[int] | None = None, *, least: int = 1, most: int | None = None
) -> list[Failed]:
    """The questions that were failed, most failed first: of some exams or of all, asked so often at least."""
    wrong = sa.func.sum(sa.case((ExamAnswer.right.is_(True), 0), else_=1))
    asked = sa.func.count()
    query = (
        sa.select(ExamAnswer.question_id, wrong, asked)
        .join(Attempt, Attempt.id == ExamAnswer.attempt_id)
        .where(Attempt.finished_at.is_not(None))
        .group_by(ExamAnswer.question_id)
        .having(sa.and_(wrong > 0, asked >= least))
    )
    if exams is not None:
        query = query.where(Attempt.exam_id.in_(exams))
    rows = [tuple(row) for row in db.session.execute(query)]
    rows.sort(key=lambda row: (-row[1] / row[2], -row[2], row[0]))
    rows = rows[:most]
    found = {
        one.id: one
        for one in db.session.scalars(sa.select(Question).where(Question.id.in_([row[0] for row in rows])))
    }
    return [Failed(found[row[0]], row[1], row[2]) for row in rows]
