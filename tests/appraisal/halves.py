"""A first half-year of Wang and Zhao whose shares are known, and what the pages say of it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import sqlalchemy as sa
from tests.house import House
from tests.stats import builders

from xuncha.appraisal.models import Appeal
from xuncha.checks.models import Check, CheckPhoto, Party, Signature
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.hazards.lifecycle import Act
from xuncha.photos.models import Photo
from xuncha.schedule.models import Task

OF = "of=2026-H1"
# Wang: 9 of 10 planned in time, one late; 8 of 10 on complete record; 9 of 10 entered on their day;
# 3 of 4 deadlines kept, all 4 re-inspected; nothing is overdue.
COUNTED = {
    "completion": (9, 10),
    "recheck": (4, 4),
    "deadline": (3, 4),
    "record": (8, 10),
    "overdue": (0, 0),
    "entry": (9, 10),
}
# By hand, over the 90 points that have something to count: 27 + 20 + 11.25 + 12 + 9 = 79.25; 79.25 / 90 = 88.06 %.
SCORE = "88.1"


def starts(count: int) -> list[date]:
    """The first days of so many half-months from January on."""
    return [date(2026, 1 + number // 2, 16 if number % 2 else 1) for number in range(count)]


def filed(task: Task, day: date, *, whole: bool = True, late: bool = False) -> Check:
    """The check of a task, with both signatures and, where it is whole, a photo."""
    received = day + timedelta(days=2) if late else None
    check = builders.visit(day, task.site, task.supervisor, received=received, task=task)
    task.done_on = day
    for party in (Party.INSPECTOR, Party.SITE):
        db.session.add(Signature(check_id=check.id, party=party, name="x", on_paper=True))
    if whole:
        sha = f"{check.id:064x}"
        size = {"size": 1, "width": 1, "height": 1, "media_type": "image/jpeg"}
        photo = Photo(sha256=sha, **size, received_at=at(day, 12), received_from_id=check.inspector_id)
        db.session.add(photo)
        db.session.flush()
        db.session.add(CheckPhoto(check_id=check.id, photo_id=photo.id, position=0))
    db.session.flush()
    return check


def settle() -> None:
    """Ten tasks of Wang with four hazards; two of Zhao, too few to say anything."""
    for number, start in enumerate(starts(10)):
        task = builders.task(start)
        is_late = number == 4
        day = task.window_end + timedelta(days=3) if is_late else start + timedelta(days=2)
        filed(task, day, whole=number not in (2, 7), late=number == 6)
    for day in (date(2026, 2, 3), date(2026, 3, 3), date(2026, 4, 3)):
        builders.closed(day, day + timedelta(days=5))
    builders.closed(date(2026, 5, 4), date(2026, 5, 20))
    for start in starts(2):
        filed(builders.task(start, "lifeng", "zhao"), start + timedelta(days=1))
    db.session.commit()


def on_the_spot(day: date, by: str = "wang", site: str = "huaxin") -> builders.Found:
    """A hazard that was mended before the visit ended."""
    return builders.hazard(day, site, by).then(Act.FIX_ON_SPOT, at(day, 11))


def score_on(browser: House, number: int, of: str = OF) -> str:
    """The score that somebody's page tells."""
    found = re.search(r"(?:考核得分|Score) (\S+)", browser.text(f"/appraisal/{number}?{of}"))
    assert found
    return found[1]


def appeal(browser: House, number: int, of: str = OF, **more: str) -> int:
    """File an appeal against the completion of the plan; the status of the answer."""
    data = {
        "component": "completion",
        "reason": "停电，平台无法录入",
        "evidence": "供电公司通知〔2026〕12号",
    } | more
    return browser.post(f"/appraisal/{number}/appeal?{of}", data=data).status_code


def appeal_id() -> int:
    """The newest appeal."""
    number = db.session.scalars(sa.select(Appeal.id).order_by(Appeal.id.desc())).first()
    db.session.rollback()
    assert number
    return number


def decide(browser: House, number: int, credited: str = "1", note: str = "停电属实") -> int:
    """Decide on an appeal; the status of the answer."""
    data = {"credited": credited, "note": note}
    return browser.post(f"/appraisal/appeals/{number}/decision", data=data).status_code
