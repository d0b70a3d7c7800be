"""Escalation by time: each step once for a due date, whoever runs it; contacts with the enterprise; what shows of both."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from tests.conftest import build
from tests.hazards.builders import LATER, NOW, day, do, draft, in_state, issued, person
from tests.house import House

from xuncha.core import settings
from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.hazards.commands import escalate_all
from xuncha.hazards.follow_up import escalation_queries
from xuncha.hazards.follow_up.escalation_steps import Escalation
from xuncha.hazards.follow_up.escalation_steps import EscalationStep as Step
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.lists.filters import Criteria, View
from xuncha.hazards.lists.list_queries import filtered
from xuncha.hazards.models import Hazard
from xuncha.stats.totals import rebuild

Browser = Callable[[str], House]


def run(late: int, *, hour: int = 0) -> int:
    """The nightly run so many days after the due date of a hazard that is due in a week."""
    return escalate_all(now=NOW + (LATER - local_day(NOW)) + timedelta(days=late, hours=hour))


def again(hazard: Hazard) -> Hazard:
    return db.session.get_one(Hazard, hazard.id, populate_existing=True)


def steps_of(number: int) -> list[tuple[str, str]]:
    """The steps that the timeline tells."""
    hazard = db.session.get_one(Hazard, number)
    return [(event.brought["step"], event.actor_name) for event in hazard.events if event.act is Act.ESCALATE]


def at_step(step: Step, view: View = View.ALL) -> list[int]:
    query = filtered(person("admin"), Criteria(view=view, step=step), day(0))
    return [hazard.id for hazard in db.session.scalars(query)]


def test_each_step_is_taken_on_its_day_and_once(app: Flask) -> None:
    number = issued().id
    taken = {late: run(late) for late in range(-5, 20)}
    assert {late for late, count in taken.items() if count} == {-3, 1, 3, 7, 15}
    assert [step for step, _name in steps_of(number)] == [step.value for step in Step]
    assert {name for _step, name in steps_of(number)} == {""}
    hazard = db.session.get_one(Hazard, number)
    assert (hazard.due_on, hazard.original_due_on, hazard.state) == (LATER, LATER, State.OPEN)
    assert {event.due_on for event in hazard.events} == {LATER}
    assert list(rebuild.rebuild(db.session.connection())) == []


def test_a_second_run_takes_nothing(app: Flask) -> None:
    number = issued().id
    assert [run(1), run(1), run(1, hour=5), run(2)] == [1, 0, 0, 0]
    assert len(steps_of(number)) == 1


def test_after_nights_without_a_run_only_the_gravest_step_is_taken(app: Flask) -> None:
    number = issued().id
    assert [run(9), run(10)] == [1, 0]
    assert steps_of(number) == [("supervision_letter", "")]


def test_a_later_date_begins_anew(app: Flask) -> None:
    hazard = in_state(State.EXTENSION_PENDING)
    number = hazard.id
    run(-2)
    do(db.session.get_one(Hazard, number), Act.GRANT_EXTENSION)
    assert run(1) == 0
    assert run(10 + 1) == 1
    assert [step for step, _name in steps_of(number)] == ["due_soon", "overdue"]


@pytest.mark.parametrize("state", [State.CLOSED, State.VOID, State.REFERRED])
def test_what_is_settled_or_referred_is_not_escalated(app: Flask, state: State) -> None:
    in_state(state)
    assert run(9) == 0


def test_what_was_never_issued_is_not_escalated(app: Flask) -> None:
    draft()
    assert run(9) == 0


def test_our_own_delay_brings_the_enterprise_no_letter(app: Flask) -> None:
    number = in_state(State.REPORTED_DONE).id
    assert [run(-2), run(9)] == [0, 1]
    assert steps_of(number) == [("team_leader", "")]


def test_the_office_sets_each_step_and_leaves_out_any(app: Flask) -> None:
    number = issued().id
    own = {
        "soon": "5",
        "step_due_soon": "0",
        "step_overdue": "2",
        "step_team_leader": "0",
        "step_letter": "4",
    }
    settings.write(own, actor=None, now=NOW)
    db.session.commit()
    assert {late for late in range(-6, 10) if run(late)} == {2, 4}
    settings.write({"step_due_soon": "1"}, actor=None, now=NOW)
    db.session.commit()
    other = issued(description="通道堵塞").id
    assert {late for late in range(-6, 0) if run(late)} == {-5}
    assert [steps_of(one)[-1][0] for one in (number, other)] == ["supervision_letter", "due_soon"]


def test_with_every_step_left_out_nothing_happens(app: Flask) -> None:
    issued()
    off = ("step_due_soon", "step_overdue", "step_team_leader", "step_letter", "step_interview")
    settings.write(dict.fromkeys(off, "0"), actor=None, now=NOW)
    db.session.commit()
    assert run(30) == 0


def _run_in_process(url: str, folder: str, moment: datetime) -> None:
    app = build(url, Path(folder))
    with app.app_context():
        escalate_all(now=moment)


def demand_once_by_two(app: Flask, url: str, folder: Path) -> None:
    """Two processes that run at one moment take each step once."""
    numbers = [issued(description=f"第{n}处").id for n in range(12)]
    db.session.remove()
    spawn = multiprocessing.get_context("spawn")
    moment = NOW + (LATER - local_day(NOW)) + timedelta(days=1)
    workers = [spawn.Process(target=_run_in_process, args=(url, str(folder), moment)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    rows = sa.select(Escalation.hazard_id).where(Escalation.hazard_id.in_(numbers))
    assert sorted(db.session.scalars(rows)) == numbers
    assert [steps_of(number) for number in numbers] == [[("overdue", "")]] * len(numbers)


def test_two_processes_at_once_take_each_step_once(app: Flask, tmp_path: Path) -> None:
    demand_once_by_two(app, app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)


def test_the_command_says_how_many(app: Flask) -> None:
    issued()
    settings.write({"soon": "20"}, actor=None, now=NOW)
    db.session.commit()

    def told(*words: str) -> Result:
        result = app.test_cli_runner().invoke(args=words)
        assert result.exit_code == 0, result.output
        return result

    assert "1 hazards escalated" in told("hazards", "escalate").output
    assert "0 hazards escalated" in told("nightly").output


def test_the_list_finds_those_at_a_step(app: Flask) -> None:
    one, other = issued().id, issued(description="通道堵塞", due_on=day(5).isoformat()).id
    run(2)
    assert (at_step(Step.OVERDUE), at_step(Step.TEAM_LEADER)) == ([one], [other])
    do(db.session.get_one(Hazard, other), Act.VERIFY)
    assert at_step(Step.TEAM_LEADER) == []


def test_a_hazard_is_to_be_pushed_until_somebody_reaches_the_enterprise(app: Flask) -> None:
    number = issued().id
    settings.write({"soon": "20"}, actor=None, now=NOW)
    db.session.commit()
    assert escalate_all(now=NOW) == 1
    assert at_step(Step.DUE_SOON, View.TO_PUSH) == [number]
    later = NOW + timedelta(minutes=5)
    do(db.session.get_one(Hazard, number), Act.REMIND, now=later, reply="not_reached")
    assert at_step(Step.DUE_SOON, View.TO_PUSH) == [number]
    do(db.session.get_one(Hazard, number), Act.REMIND, now=later, reply="promised")
    assert at_step(Step.DUE_SOON, View.TO_PUSH) == []
    assert escalation_queries.urged([number])[number].times == 1


def test_pages_show_the_step_and_todays_card(as_user: Browser) -> None:
    number = issued(due_on=day(0).isoformat()).id
    moment = NOW + timedelta(days=8)
    assert escalate_all(now=moment) == 1
    wang = as_user("wang")
    assert "督办函" in wang.text(f"/hazards/{number}")
    assert "督办函" in wang.text("/hazards?view=all&step=supervision_letter")
    assert f"/hazards/{number}" in wang.page("/today").links
    assert "/hazards?view=push&step=supervision_letter" in " ".join(as_user("leader").page("/today").links)
    assert "督办函" in as_user("officer").text(f"/hazards/{number}")


def test_a_contact_is_noted_in_one_post_and_counted(as_user: Browser) -> None:
    number = issued().id
    wang = as_user("wang")
    url = f"/hazards/{number}/remind"
    assert "尚未催办" in wang.text(f"/hazards/{number}")
    for channel, reply in (("phone", "reached"), ("message", "not_reached"), ("visit", "promised")):
        assert wang.post(url, data={"channel": channel, "reply": reply}).status_code == 302
    text = wang.text(f"/hazards/{number}")
    assert "已催办2次" in text
    assert "答应整改" in text
    assert wang.post(url, data={"channel": "phone", "reply": "maybe", "note": "占线三次"}).status_code == 422
    assert "占线三次" in wang.post(url, data={"reply": "reached", "note": "占线三次"}).get_data(as_text=True)
    assert as_user("leader").post(url, data={"channel": "phone", "reply": "reached"}).status_code == 302
    assert as_user("officer").post(url, data={"channel": "phone"}).status_code == 403
    assert as_user("auditor").post(url, data={"channel": "phone"}).status_code == 403
    assert as_user("stranger").post(url, data={"channel": "phone"}).status_code == 404


def test_a_double_tap_notes_one_contact(as_user: Browser) -> None:
    number = issued().id
    wang = as_user("wang")
    once = {"channel": "phone", "reply": "reached", "once": "8c2f4b1e-0000-4000-8000-000000000001"}
    for _ in range(2):
        assert wang.post(f"/hazards/{number}/remind", data=once).status_code == 302
    assert escalation_queries.urged([number])[number].times == 1


def test_neither_a_reminder_nor_a_step_was_first(as_user: Browser) -> None:
    hazard = in_state(State.CLOSED)
    hazard = in_state(State.REPORTED_DONE, description="通道堵塞")
    number, version = hazard.id, hazard.version
    run(4)
    hazard = db.session.get_one(Hazard, number)
    do(hazard, Act.REMIND, actor="leader")
    assert hazard.version == version, "whoever has the page open may go on"
    do(hazard, Act.VERIFY, actor="lin")
    answer = as_user("wang").post(
        f"/hazards/{number}/send_back", data={"note": "x", "due_on": day(3).isoformat()}
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert person("lin").name in text
    assert f"{person('leader').name}先" not in text


def test_days_left_are_said_as_early_as_the_office_wants(as_user: Browser) -> None:
    number = issued().id
    wang = as_user("wang")
    assert "还剩7天" not in wang.text(f"/hazards/{number}")
    settings.write({"soon": "7"}, actor=None, now=NOW)
    db.session.commit()
    assert "还剩7天" in wang.text(f"/hazards/{number}")
