"""回头看: which closed hazards are drawn, who sees them, and what comes of it, also in the figures."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.hazards.builders import NOW, TODAY, do, in_state, person, picture
from tests.house import House

from xuncha.core import settings
from xuncha.core.clock import today
from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.hazards.actions import step
from xuncha.hazards.follow_up.look_backs import draw
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard, LookBack, Source
from xuncha.stats.figures import Figures, Period, Scope

Browser = Callable[[str], House]
AGED = NOW + timedelta(days=60)


def share(percent: int, **more: str) -> None:
    wanted = {"look_back_share": str(percent), **more}
    settings.write(wanted, actor=person("admin"), now=NOW)
    db.session.commit()


def drawn(now: datetime = AGED) -> int:
    count = draw(now=now)
    db.session.commit()
    return count


def waiting() -> LookBack:
    """A look-back at the one closed hazard."""
    in_state(State.CLOSED)
    share(100)
    drawn()
    return db.session.scalars(sa.select(LookBack)).one()


def test_all_of_a_full_share_are_drawn_once_when_they_are_old_enough(app: object) -> None:
    share(100)
    closed, _open = in_state(State.CLOSED), in_state(State.OPEN)
    assert drawn(AGED - timedelta(days=1)) == 0
    assert drawn() == 1
    assert drawn() == 0
    assert drawn(AGED + timedelta(days=5)) == 0
    assert [row.hazard_id for row in db.session.scalars(sa.select(LookBack))] == [closed.id]


def test_a_share_of_nought_draws_none_and_a_share_is_kept_to(app: object) -> None:
    for _ in range(12):  # each is drawn or not by its own: that all are is one chance in 4,096
        in_state(State.CLOSED)
    share(0)
    assert drawn() == 0
    share(50)
    half = {row.hazard_id for row in db.session.scalars(sa.select(LookBack))} if drawn() else set()
    share(100)
    drawn()
    assert len(list(db.session.scalars(sa.select(LookBack)))) == 12
    assert len(half) < 12


def test_what_was_closed_long_before_is_left_alone(app: object) -> None:
    share(100)
    in_state(State.CLOSED)
    assert drawn(AGED + timedelta(days=40)) == 0


def test_a_nights_command_draws_and_says_how_many(app: Flask) -> None:
    share(100, look_back_age="1")
    hazard = in_state(State.CLOSED)
    hazard.closed_at = datetime.combine(today() - timedelta(days=1), NOW.timetz())
    db.session.commit()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["hazards", "sample-lookbacks"]).output.startswith("1 ")
    assert runner.invoke(args=["hazards", "sample-lookbacks"]).output.startswith("0 ")


def test_still_rectified_needs_a_photo_and_closes_the_look_back(app: object) -> None:
    look = waiting()
    hazard = look.hazard
    with pytest.raises(Refused) as refusal:
        step(hazard, Act.LOOK_BACK, actor=person("wang"), now=AGED, brought={})
    assert refusal.value.field == "photos"
    db.session.rollback()
    do(hazard, Act.LOOK_BACK, now=AGED)
    assert (look.relapse, hazard.state, look.done_by) == (None, State.CLOSED, person("wang"))
    with pytest.raises(Refused):
        do(hazard, Act.RELAPSE, now=AGED, due_on=AGED.date() + timedelta(days=3))


def test_what_is_back_becomes_a_new_hazard_that_repeats_the_old_one(app: object) -> None:
    look = waiting()
    due = (AGED + timedelta(days=3)).date()
    do(look.hazard, Act.RELAPSE, now=AGED, due_on=due, note="箱门又开着")
    new = look.relapse
    assert new is not None
    assert (new.state, new.source, new.due_on, new.description) == (
        State.DRAFT,
        Source.LOOK_BACK,
        due,
        "箱门又开着",
    )
    assert (new.repeat_of, new.occurrence, len(new.photos)) == (look.hazard, 2, 1)
    assert look.hazard.state is State.CLOSED


def number(name: str, until: datetime) -> int:
    db.session.expire_all()
    day = until.date()
    return Figures(Period(TODAY, day, day), Scope()).number(name)


def test_look_backs_have_figures_that_stay_true_for_earlier_days(app: object) -> None:
    look = waiting()
    in_state(State.CLOSED)
    drawn()
    second = db.session.scalars(sa.select(LookBack).where(LookBack.id != look.id)).one()
    do(look.hazard, Act.LOOK_BACK, now=AGED)
    do(second.hazard, Act.RELAPSE, now=AGED + timedelta(days=1), due_on=(AGED + timedelta(days=9)).date())
    assert [number(name, AGED) for name in ("looked_back", "relapsed")] == [1, 0]
    later = AGED + timedelta(days=1)
    assert [number(name, later) for name in ("looked_back", "relapsed")] == [2, 1]


def test_a_supervisor_sees_them_on_today_and_does_them_in_two_taps(as_user: Browser) -> None:
    look = waiting()
    url = f"/hazards/{look.hazard_id}/look_back"
    wang = as_user("wang")
    assert "/hazards/look-backs" in " ".join(wang.page("/today").links)
    assert url in wang.page("/hazards/look-backs").links
    assert url not in as_user("zhao").page("/hazards/look-backs").links
    assert as_user("officer").get("/hazards/look-backs").status_code == 403
    photos = {"photos": [(io.BytesIO(picture(77)), "now.jpg")]}
    assert wang.post(url, data=photos).headers["Location"].endswith("/hazards/look-backs")
    assert url not in wang.page("/hazards/look-backs").links


def test_back_again_leads_to_the_new_hazard(as_user: Browser) -> None:
    look = waiting()
    url = f"/hazards/{look.hazard_id}/relapse"
    due = (today() + timedelta(days=3)).isoformat()
    data = {"photos": [(io.BytesIO(picture(78)), "now.jpg")], "due_on": due, "note": "又开着"}
    wang = as_user("wang")
    answer = wang.post(url, data=data)
    db.session.rollback()
    new = db.session.scalars(sa.select(Hazard).where(Hazard.source == Source.LOOK_BACK)).one()
    assert answer.headers["Location"].endswith(f"/hazards/{new.id}")
    assert "又开着" in wang.text(f"/hazards/{new.id}")
    # The old one tells what became of it, and shows what was seen now as no result of its rectification.
    old = wang.get(f"/hazards/{look.hazard_id}").text
    assert f'href="/hazards/{new.id}"' in old
    assert f'{new.photos[0].photo.sha256}/clean" alt="整改后"' not in old
