"""The demo zone's yearly plans, stock of materials, bank of questions, reviewed drill, sign-in and exam.

It throws dice of its own, so that nothing else in the zone depends on it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from ..core.clock import at
from ..core.db import db
from ..trainings import attendance, drills, exams, materials, plans, questions
from ..trainings.materials import MaterialForm
from ..trainings.models import Training, TrainingKind
from ..trainings.participants import Participant
from ..trainings.plans import PlanFacts, PlanItem
from ..trainings.questions import QuestionFacts, QuestionKind
from .context import Context
from .people_and_sites import read

SPARE, LOW = 180, 100
PEOPLE, RIGHT = 36, 0.86


def plan_training_work(context: Context, first: int, last: int) -> None:
    """Everything about trainings beside their records, for some years."""
    texts = read("training_plan")
    for year in range(first, last + 1):
        _on(context, date(year, 1, 4), 9, partial(_stock, context, texts, year))
        _on(context, date(year, 1, 5), 9, partial(_plan, context, texts, year))
        for row in context.texts["trainings"]:
            if row["topic"] == texts["undecided"]:
                continue
            day = date.fromisoformat(f"{year}-{row['day']}")
            _on(context, day, 18, partial(_link, context, row["topic"], year))
    _on(context, date(first, 1, 6), 9, lambda now: _bank(context, now))
    _drill(context, texts["drill"], first)
    row = _row(context, texts["exam"]["training"])
    _on(
        context,
        date.fromisoformat(f"{first}-{row['day']}"),
        19,
        lambda now: _exam(context, texts["exam"], now),
    )


def _on(context: Context, day: date, hour: int, event: Callable[[datetime], None]) -> None:
    context.clock.at(at(day, hour), event)


def _row(context: Context, topic: str) -> dict[str, Any]:
    return next(row for row in context.texts["trainings"] if row["topic"] == topic)


def _stock(context: Context, texts: dict[str, Any], year: int, now: datetime) -> None:
    """Enough of each material for the trainings of the year, and one of which little is left."""
    office, day = context.zone.admin, date(year, 1, 4)
    wanted: Counter[str] = Counter()
    for row in context.texts["trainings"]:
        wanted.update(row["materials"])
    for name, count in wanted.items():
        kind = materials.kind_named(name) or materials.add_kind(
            name, MaterialForm(texts["form"].get(name, "leaflet")), LOW, actor=office, now=now
        )
        materials.receive(kind, count + SPARE, day, actor=office, now=now, note=texts["printed"])
    for row in texts["stock"]:
        if materials.kind_named(row["name"]) is None:
            kind = materials.add_kind(
                row["name"], MaterialForm(row["form"]), row["low_at"], actor=office, now=now
            )
            materials.receive(kind, row["received"], day, actor=office, now=now, note=texts["printed"])
            materials.hand_out(kind, row["handed_out"], day, actor=office, now=now, note=texts["note"])


def _plan(context: Context, texts: dict[str, Any], year: int, now: datetime) -> None:
    people = [context.zone.admin, *context.zone.supervisors]
    rows = [
        {"month": int(row["day"][:2]), "expected": -(-row["people"] // 50) * 50, **row}
        for row in context.texts["trainings"]
    ]
    for number, row in enumerate([*rows, *texts["more"]]):
        facts = PlanFacts(
            year=year,
            month=row["month"],
            kind=TrainingKind(row["kind"]),
            topic=row["topic"],
            audience=texts["audience"][row["kind"]],
            expected=row["expected"],
            responsible_id=people[number % len(people)].id,
        )
        plans.add_item(facts, actor=context.zone.admin, now=now)


def _held(topic: str, year: int) -> Training:
    days = Training.held_on.between(date(year, 1, 1), date(year, 12, 31))
    return db.session.scalars(sa.select(Training).where(Training.topic == topic, days)).one()


def _planned(topic: str, year: int) -> PlanItem:
    return db.session.scalars(sa.select(PlanItem).where(PlanItem.topic == topic, PlanItem.year == year)).one()


def _link(context: Context, topic: str, year: int, now: datetime) -> None:
    plans.link(_held(topic, year), _planned(topic, year), actor=context.zone.admin, now=now)


def _bank(context: Context, now: datetime) -> None:
    topics = questions.known_topics()
    for row in read("questions")["questions"]:
        facts = QuestionFacts(
            kind=QuestionKind(row["kind"]),
            topic=row["topic"],
            text_zh=row["zh"],
            text_en=row["en"],
            options_zh=tuple(row.get("options_zh", ())),
            options_en=tuple(row.get("options_en", ())),
            answer=questions.read_letters(row["answer"]),
            explanation_zh=row["explanation_zh"],
            explanation_en=row["explanation_en"],
            law_zh=row.get("law_zh", ""),
            law_en=row.get("law_en", ""),
        )
        questions.add_question(facts, actor=context.zone.admin, now=now, topics=topics)


def _drill(context: Context, texts: dict[str, Any], year: int) -> None:
    """Planned a fortnight before, reviewed on the day after; the last measure is due these days."""
    office, topic = context.zone.admin, texts["training"]
    held_on = date.fromisoformat(f"{year}-{_row(context, topic)['day']}")
    made: dict[str, drills.Drill] = {}

    def plan(now: datetime) -> None:
        names = ("document", "place", "scenario", "roles", "steps")
        words = {name: texts[name] for name in names}
        item = _planned(topic, year).id
        wanted = drills.DrillPlan(title=topic, planned_on=held_on, plan_item_id=item, **words)
        made["drill"] = drills.plan_drill(wanted, actor=office, now=now)

    def review(now: datetime) -> None:
        drills.hold(made["drill"], _held(topic, year), actor=office, now=now)
        people = context.zone.supervisors
        measures = [
            drills.Measure(
                row["words"],
                people[number % len(people)].id,
                held_on + timedelta(days=row["until"])
                if "until" in row
                else context.today + timedelta(days=2),
            )
            for number, row in enumerate(texts["measures"])
        ]
        drills.review(made["drill"], texts["went_well"], texts["went_badly"], measures, actor=office, now=now)

    def settle(now: datetime) -> None:
        done = {row["words"]: row["done"] for row in texts["measures"] if "done" in row}
        for measure in made["drill"].measures:
            if measure.words in done:
                drills.settle_measure(measure, done[measure.words], actor=office, now=now)

    _on(context, held_on - timedelta(days=14), 10, plan)
    _on(context, held_on + timedelta(days=1), 10, review)
    _on(context, held_on + timedelta(days=13), 10, settle)


def _exam(context: Context, texts: dict[str, Any], now: datetime) -> None:
    """A sign-in and an exam of some people of many enterprises, handed in and closed on the evening of the day."""
    dice, office = random.Random(texts["training"]), context.zone.admin
    training = db.session.scalars(sa.select(Training).where(Training.topic == texts["training"])).first()
    if training is None:
        return
    begins = at(training.held_on, 14)
    sheet = attendance.open_sheet(training, begins, actor=office, now=begins)
    exam = exams.set_exam(
        training,
        drawn=texts["drawn"],
        topic="",
        pass_mark=texts["pass_mark"],
        minutes=30,
        attempts=2,
        closes_on=training.held_on,
        actor=office,
        now=now,
    )
    db.session.flush()
    places = context.zone.key
    for number in range(PEOPLE):
        place = places[number % 18]
        person = Participant(place.people[number // 18 % len(place.people)], place.site.name)
        came = at(training.held_on, 13, 30) + timedelta(seconds=47 * number)
        attendance.sign_in(sheet.id, person, address="demo", now=came)
        began = at(training.held_on, 16, 30) + timedelta(seconds=20 * number)
        attempt = exams.start(exam.id, person, address="demo", now=began)
        if attempt.finished_at is None and attempt.answers[0].given is None:
            _answer(attempt, dice, began)
    exams.close(exam, actor=office, now=now)


def _answer(attempt: exams.Attempt, dice: random.Random, began: datetime) -> None:
    for row in attempt.answers:
        given = row.question.answer if dice.random() < RIGHT else [len(row.question.options_zh) - 1 or 0]
        if row.question.kind is QuestionKind.TRUE_FALSE and given != row.question.answer:
            given = [1 - row.question.answer[0]]
        exams.answer(attempt, row.position, given, now=began + timedelta(seconds=40 * row.position))
    exams.hand_in(attempt, now=began + timedelta(seconds=40 * len(attempt.answers) + 30))
