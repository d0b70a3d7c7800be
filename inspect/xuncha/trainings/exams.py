"""Exams on the phone: a draw that is fixed for each attempt, answers kept one by one, marked when it is handed in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from ..accounts.actions import demand_few_attendances, note_attendance
from ..accounts.models import SecretColumns, User
from ..accounts.secret_addresses import SecretAddresses
from ..core import history
from ..core.access import Permission, demand
from ..core.clock import day_end, local_day
from ..core.db import Base, Code, Pk, db
from ..core.errors import ActedFirst, Missing, Refused
from ..core.labels import N_
from ..core.parsing import visible_text
from ..enterprises.models import Site
from . import participants, questions
from .models import Training
from .participants import Participant
from .questions import Question, QuestionKind

MOST_DRAWN, MOST_MINUTES, MOST_ATTEMPTS = 100, 240, 10
LEEWAY = timedelta(seconds=30)  # an answer that was on its way when the time was up
CLOSED = N_("This exam is closed, or this address opens nothing. Ask whoever holds the training.")


class Exam(SecretColumns, Base):
    """The exam of a training: so many questions of a topic (empty: of all), a pass mark in percent, minutes, attempts."""

    __tablename__ = "exams"

    id: Mapped[Pk]
    training_id: Mapped[int] = mapped_column(sa.ForeignKey("trainings.id"), unique=True)
    drawn: Mapped[int]
    topic: Mapped[Code] = mapped_column(default="")
    pass_mark: Mapped[int]
    minutes: Mapped[int]
    attempts: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    training: Mapped[Training] = relationship()

    @property
    def author_id(self) -> int:
        """Who recorded the training answers for its exam."""
        return self.training.recorded_by_id

    @property
    def last_day(self) -> date:
        """The day at whose end it closes."""
        return local_day(self.closes_at - timedelta(microseconds=1))

    def is_open(self, now: datetime) -> bool:
        """Whether an attempt can begin."""
        return self.closed_at is None and now < self.closes_at


ADDRESSES = SecretAddresses(Exam, "/x", "exam")


class Attempt(Base):
    """One attempt of one person. `right` and `passed` are written when it is handed in."""

    __tablename__ = "exam_attempts"
    __table_args__ = (sa.UniqueConstraint("exam_id", "person_key", "number"),)

    id: Mapped[Pk]
    exam_id: Mapped[int] = mapped_column(sa.ForeignKey("exams.id"))
    name: Mapped[str]
    enterprise: Mapped[str]
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    person_key: Mapped[str]
    number: Mapped[int]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    right: Mapped[int | None]
    passed: Mapped[bool | None]

    exam: Mapped[Exam] = relationship()
    site: Mapped[Site | None] = relationship()
    answers: Mapped[list[ExamAnswer]] = relationship(back_populates="attempt", order_by="ExamAnswer.position")

    @property
    def deadline(self) -> datetime:
        """When its time is up."""
        return self.started_at + timedelta(minutes=self.exam.minutes)

    @property
    def mark(self) -> int | None:
        """Out of 100, rounded down so that it never promises more than was right."""
        return None if self.right is None else mark_of(self.right, len(self.answers))

    def is_late(self, now: datetime) -> bool:
        """Whether no further answer counts."""
        return now > self.deadline + LEEWAY


class ExamAnswer(Base):
    """A drawn question of an attempt and what was chosen; None until something was."""

    __tablename__ = "exam_answers"
    __table_args__ = (sa.UniqueConstraint("attempt_id", "position"),)

    id: Mapped[Pk]
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("exam_attempts.id"))
    position: Mapped[int]
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"), index=True)
    given: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    right: Mapped[bool | None]

    attempt: Mapped[Attempt] = relationship(back_populates="answers")
    question: Mapped[Question] = relationship()


def mark_of(right: int, total: int) -> int:
    """Right answers out of 100, rounded down."""
    return right * 100 // total if total else 0


def passes(right: int, total: int, pass_mark: int) -> bool:
    """Whether the share of right answers reaches the pass mark."""
    return total > 0 and right * 100 >= pass_mark * total


def set_exam(
    training: Training,
    *,
    drawn: int,
    topic: str,
    pass_mark: int,
    minutes: int,
    attempts: int,
    closes_on: date,
    actor: User,
    now: datetime,
) -> Exam:
    """Set the exam of a training. Raises NotAllowed, ActedFirst, Refused with the field that does not fit."""
    demand(actor, Permission.CHANGE_TRAINING, training)
    if training.is_void:
        raise Refused(N_("A void training is not changed. Bring it back first."))
    if exam_of(training) is not None:
        raise ActedFirst(N_("This training has an exam already."))
    limits = (
        ("drawn", drawn, MOST_DRAWN),
        ("pass_mark", pass_mark, 100),
        ("minutes", minutes, MOST_MINUTES),
        ("attempts", attempts, MOST_ATTEMPTS),
    )
    for name, value, most in limits:
        if not 1 <= value <= most:
            raise Refused(N_("Enter a number from 1 to %(most)s."), field=name, most=most)
    there = db.session.scalar(sa.select(sa.func.count()).select_from(questions.pool(topic).subquery())) or 0
    if there < drawn:
        raise Refused(
            N_("The bank holds %(there)s such questions. Draw fewer, or add some."),
            field="drawn",
            there=there,
        )
    if closes_on < local_day(now):
        raise Refused(N_("An exam is open until today or later."), field="closes_on")
    exam = Exam(
        training=training,
        drawn=drawn,
        topic=topic,
        pass_mark=pass_mark,
        minutes=minutes,
        attempts=attempts,
        closes_at=day_end(closes_on),
        made_at=now,
        made_by_id=actor.id,
    )
    db.session.add(ADDRESSES.seal(exam))
    history.record(training, "set_exam", actor=actor, now=now, after={"drawn": drawn, "pass_mark": pass_mark})
    return exam


def exam_of(training: Training) -> Exam | None:
    """The exam of a training."""
    return db.session.scalar(sa.select(Exam).where(Exam.training_id == training.id))


def address_of(exam: Exam) -> str | None:
    """The address to print."""
    return ADDRESSES.address_of(exam)


def open_by_token(token: str, *, address: str, now: datetime) -> int | None:
    """The number of the exam that a token opens. Raises TooManyTries."""
    return participants.opened_by(token, ADDRESSES, address=address, now=now)


def held_exam(number: int, now: datetime) -> Exam:
    """An exam that can be begun now. Raises Missing."""
    exam = db.session.get(Exam, number)
    if exam is None or exam.training.is_void or not exam.is_open(now):
        raise Missing(CLOSED)
    return exam


def demand_in_use(number: int, now: datetime) -> None:
    """Raise Missing unless an exam can be begun, or somebody who began in time is in it still."""
    exam = db.session.get(Exam, number)
    if exam is not None and any(
        one.finished_at is None and not one.is_late(now) for one in attempts_of(exam)
    ):
        return
    held_exam(number, now)


def start(exam_number: int, person: Participant, *, address: str, now: datetime) -> Attempt:
    """Begin an attempt, or go on with the one that is not handed in. Raises Missing, Refused, TooManyTries."""
    db.session.execute(sa.select(Exam.id).where(Exam.id == exam_number).with_for_update())
    exam = held_exam(exam_number, now)
    person.demand_named()
    demand_few_attendances(address, now)
    note_attendance(address, now)
    site_id = person.site_id
    key = person.key(site_id)
    query = sa.select(Attempt).where(Attempt.exam_id == exam.id, Attempt.person_key == key)
    before = list(db.session.scalars(query.order_by(Attempt.number)))
    if before and before[-1].finished_at is None:
        if not before[-1].is_late(now):
            return before[-1]
        hand_in(before[-1], now=now)
    if len(before) >= exam.attempts:
        raise Refused(N_("All %(most)s attempts under this name are used."), field="name", most=exam.attempts)
    attempt = Attempt(
        exam=exam,
        name=visible_text(person.name),
        enterprise=visible_text(person.enterprise),
        site_id=site_id,
        person_key=key,
        number=len(before) + 1,
        started_at=now,
    )
    attempt.answers = [
        ExamAnswer(question_id=number, position=position)
        for position, number in enumerate(draw(exam), start=1)
    ]
    db.session.add(attempt)
    db.session.flush()
    return attempt


def draw(exam: Exam) -> list[int]:
    """So many different questions of the exam's topic, by chance that nobody can foresee."""
    numbers = list(db.session.scalars(questions.pool(exam.topic).with_only_columns(Question.id)))
    return secrets.SystemRandom().sample(numbers, min(exam.drawn, len(numbers)))


def answer(attempt: Attempt, position: int, given: Sequence[int], *, now: datetime) -> None:
    """Keep what was chosen; it can be changed until the attempt is handed in. Raises Missing, ActedFirst, Refused."""
    _lock(attempt)
    if attempt.finished_at is not None:
        raise ActedFirst(N_("This exam was handed in already."))
    if attempt.is_late(now):
        raise Refused(N_("The time is up. What you answered before is kept: hand it in."))
    row = next((one for one in attempt.answers if one.position == position), None)
    if row is None:
        raise Missing(CLOSED)
    chosen = sorted(set(given))
    if not chosen:
        raise Refused(N_("Choose an answer."), field="given")
    several = row.question.kind is QuestionKind.MULTIPLE
    options = 2 if row.question.kind is QuestionKind.TRUE_FALSE else len(row.question.options_zh)
    if not set(chosen) <= set(range(options)) or (len(chosen) > 1 and not several):
        raise Refused(N_("Choose one of the entries offered."), field="given")
    row.given = chosen


def _lock(attempt: Attempt) -> None:
    """Of two taps at once the second sees what the first did."""
    query = sa.select(Attempt).where(Attempt.id == attempt.id).with_for_update()
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def hand_in(attempt: Attempt, *, now: datetime) -> None:
    """Mark an attempt with what was answered; a second time changes nothing."""
    _lock(attempt)
    if attempt.finished_at is not None:
        return
    for row in attempt.answers:
        row.right = row.question.is_right(row.given)
    attempt.right = sum(bool(row.right) for row in attempt.answers)
    attempt.passed = passes(attempt.right, len(attempt.answers), attempt.exam.pass_mark)
    attempt.finished_at = min(now, max(attempt.deadline, attempt.started_at))


def close(exam: Exam, *, actor: User, now: datetime) -> None:
    """Close an exam: what runs is marked as it stands; who took it and who passed goes into the record of the training.

    A person counts once, with the best attempt. Raises NotAllowed, ActedFirst.
    """
    demand(actor, Permission.CHANGE_TRAINING, exam.training)
    if exam.closed_at is not None:
        raise ActedFirst(N_("This exam is closed already."))
    for attempt in attempts_of(exam):
        hand_in(attempt, now=now)
    exam.closed_at = now
    best = best_attempts(attempts_of(exam))
    training = exam.training
    names = ("exam_taken", "exam_passed", "exam_average")
    before = {name: getattr(training, name) for name in names}
    if best:
        marks = [attempt.mark or 0 for attempt in best]
        training.exam_taken, training.exam_passed = len(best), sum(bool(attempt.passed) for attempt in best)
        training.exam_average = round(sum(marks) / len(marks), 1)
    after = {name: getattr(training, name) for name in names}
    history.record(training, "close_exam", actor=actor, now=now, before=before, after=after)


def attempts_of(exam: Exam) -> list[Attempt]:
    """All attempts of an exam, first begun first."""
    loaded = (selectinload(Attempt.answers).joinedload(ExamAnswer.question), joinedload(Attempt.site))
    query = sa.select(Attempt).where(Attempt.exam_id == exam.id).options(*loaded)
    return list(db.session.scalars(query.order_by(Attempt.started_at, Attempt.id)))


def best_attempts(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Of each person the best attempt that was handed in, the first of equal ones."""
    best: dict[str, Attempt] = {}
    for attempt in attempts:
        if attempt.right is None:
            continue
        known = best.get(attempt.person_key)
        if known is None or attempt.right > (known.right or 0):
            best[attempt.person_key] = attempt
    return list(best.values())


def token_of(exam: Exam) -> str | None:
    """The secret part of its address, for a page whose reader is here."""
    return ADDRESSES.token_of(exam)
