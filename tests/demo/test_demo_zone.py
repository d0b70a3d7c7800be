"""The demo zone: made once for all of these, by the real actions; its figures are the product's own."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask_migrate import upgrade
from tests import cast
from tests.conftest import build
from tests.reports.papers import bare, read

from xuncha.accounts.actions import sign_in
from xuncha.accounts.models import User
from xuncha.accounts.passwords import demand_good
from xuncha.checklists.models import Basis, Law
from xuncha.checks.models import Check, Signature
from xuncha.core.access import Role
from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.demo.commands import load_into_empty
from xuncha.demo.people_and_sites import PASSWORD
from xuncha.demo.simulation import first_day
from xuncha.enterprises.models import Assignment, Sector, Site, SiteKind
from xuncha.hazards.follow_up import escalation
from xuncha.hazards.follow_up.escalation_steps import Escalation, EscalationStep
from xuncha.hazards.lifecycle import ACTIVE, State
from xuncha.hazards.models import Grade, Hazard, Letter, LetterKind, Notice
from xuncha.hazards.papers.deliveries import Delivery, Manner
from xuncha.hazards.papers.deliveries import of as deliveries_of
from xuncha.hazards.public import worker_reports
from xuncha.reports.printing import notice as notice_order
from xuncha.schedule.lifecycle import TaskState
from xuncha.schedule.queries import state_of, to_do
from xuncha.stats.figures import Figures, Period

WEEKS = timedelta(days=55)
pytestmark = pytest.mark.timeout(600)
TODAY = local_day(cast.NOW)


@pytest.fixture(scope="session")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application whose empty database was filled on the cast's day, once for all workers."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demo-zone"
    folder.mkdir(exist_ok=True)
    app = build(f"sqlite:///{folder / 'xuncha.db'}", folder)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            with time_machine.travel(cast.NOW, tick=False), app.app_context():
                upgrade()
                load_into_empty()
            (folder / "made").touch()
    return app


@pytest.fixture
def loaded(zone: Flask) -> Iterator[Flask]:
    """The demo zone on its day."""
    with time_machine.travel(cast.NOW, tick=True), zone.app_context():
        yield zone
        db.session.remove()


def half_year() -> Figures:
    first = first_day(TODAY)
    last = first.replace(month=6, day=30)
    return Figures(Period.between(first, last, None, today=TODAY))


def person(username: str) -> User:
    return db.session.scalars(sa.select(User).where(User.username == username)).one()


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("patrol_visits", 400, 419),
        ("expert_enterprises", 46, 46),
        ("expert_hazards_found", 323, 323),
        ("expert_hazards_closed", 256, 256),
        ("illegal_installations_removed", 1, 1),
        ("illegal_acts_stopped", 1, 1),
        ("trainings", 10, 19),
        ("materials", 2000, 2999),
        ("attendances", 8000, 8999),
        ("key_enterprises", 60, 60),
    ],
)
def test_the_half_year_counts_as_the_zone_reported(loaded: Flask, name: str, least: int, most: int) -> None:
    assert least <= half_year().number(name) <= most


def test_most_tasks_are_done_in_time_and_some_are_not(loaded: Flask) -> None:
    figures = half_year()
    completion = figures.rate("completion_rate")
    assert completion is not None and 0.93 <= completion <= 0.97
    assert (
        figures.number("tasks_done_late")
        and figures.number("tasks_not_done")
        and figures.number("tasks_excused")
    )


def test_most_hazards_are_rectified(loaded: Flask) -> None:
    rate = half_year().rate("rectification_rate")
    assert rate is not None and 0.8 <= rate <= 0.95


def test_hazards_stand_in_every_state(loaded: Flask) -> None:
    there = set(db.session.scalars(sa.select(Hazard.state).distinct()))
    assert there == set(State)


def test_one_major_hazard_is_listed_publicly_one_waits_for_approval_and_one_is_suspected(
    loaded: Flask,
) -> None:
    majors = list(db.session.scalars(sa.select(Hazard).where(Hazard.grade != Grade.GENERAL)))
    assert [one for one in majors if one.listed_at and one.state is not State.CLOSED]
    assert [one for one in majors if one.state is State.VERIFIED]
    assert [one for one in majors if one.grade is Grade.SUSPECTED]


def test_what_offices_meet_in_a_year_is_there(loaded: Flask) -> None:
    checks = list(db.session.scalars(sa.select(Check)))
    assert any(check.replaces_id for check in checks)
    assert any(check.is_late_entry for check in checks)
    assert any(check.objection for check in checks)
    assert db.session.scalar(sa.select(sa.func.count()).where(Signature.refused_reason != ""))
    assert db.session.scalar(sa.select(sa.func.count()).where(Hazard.repeat_of_id.is_not(None)))
    assert db.session.scalar(sa.select(sa.func.count()).where(Assignment.until_on.is_not(None)))
    assert all(not check.flags for check in checks)


def test_the_supervisor_finds_work_today(loaded: Flask) -> None:
    supervisor = person("shenyichuan")
    tasks = to_do(supervisor, TODAY)
    assert {state_of(task, TODAY) for task in tasks} == {TaskState.DUE, TaskState.LATE}
    held = sa.select(Hazard).join(Site).where(Site.supervisor_id == supervisor.id)
    hazards = list(db.session.scalars(held))
    assert any(hazard.state is State.REPORTED_DONE for hazard in hazards)
    assert any(hazard.is_overdue(TODAY) for hazard in hazards)


def test_the_enterprise_finds_one_to_accept_and_one_to_rectify(loaded: Flask) -> None:
    number = person("qy01").enterprise_id
    states = set(db.session.scalars(sa.select(Hazard.state).where(Hazard.site_id == number)))
    assert {State.OPEN, State.IN_PROGRESS} <= states


def test_everybody_can_sign_in_with_a_good_password(loaded: Flask) -> None:
    people = list(db.session.scalars(sa.select(User)))
    assert {user.role for user in people} == set(Role)
    for user in people:
        demand_good(PASSWORD, about=(user.username, user.name))
        assert not user.must_change_password
    assert sign_in("qy01", PASSWORD, address="127.0.0.1", now=cast.NOW)


def test_idle_sites_and_enterprises_have_somebody_responsible(loaded: Flask) -> None:
    sites = list(db.session.scalars(sa.select(Site)))
    assert {site.kind for site in sites} == set(SiteKind)
    assert all(site.supervisor for site in sites)


def test_it_is_never_loaded_over_something(loaded: Flask) -> None:
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Check))
    db.session.rollback()
    result = loaded.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code != 0
    assert "not empty" in result.output
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Check)) == before


def test_notices_of_the_last_weeks_are_delivered_and_some_are_refused(loaded: Flask) -> None:
    manners = set(db.session.scalars(sa.select(Delivery.manner)))
    assert manners == {Manner.PAPER, Manner.REFUSED}
    query = sa.select(Notice).where(Notice.issued_at.between(cast.NOW - WEEKS, cast.NOW - timedelta(days=7)))
    notices = list(db.session.scalars(query))
    delivered = [len(deliveries_of(notice)) for notice in notices]
    assert set(delivered) == {0, 1}
    assert 0.8 * len(notices) < sum(delivered) < len(notices)  # a few still lie in the office
    for delivery in db.session.scalars(sa.select(Delivery)):
        assert delivery.delivered_on >= local_day(delivery.notice.issued_at)
        assert delivery.facts["receiver"] and delivery.facts["deliverer"]


def test_what_is_late_was_escalated_and_the_gravest_got_a_letter(loaded: Flask) -> None:
    taken = escalation.gravest()
    steps = set(db.session.scalars(sa.select(Escalation.step)))
    assert {EscalationStep.DUE_SOON, EscalationStep.OVERDUE, EscalationStep.SUPERVISION_LETTER} <= steps
    active = db.session.scalars(sa.select(Hazard).where(Hazard.state.in_(ACTIVE)))
    late = [one for one in active if one.is_overdue(TODAY - timedelta(days=1))]
    assert late and all((one.id, one.due_on) in taken for one in late)
    letters = sa.select(Letter).where(Letter.kind == LetterKind.SUPERVISION)
    assert db.session.scalars(letters).first() is not None


def test_workers_reports_wait_on_today_of_the_supervisor(loaded: Flask) -> None:
    supervisor = person("shenyichuan")
    assert worker_reports.waiting_count(supervisor) == 2
    browser = loaded.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = f"{supervisor.id}.{supervisor.session_version}"
        session["_fresh"] = True
    assert browser.get("/today").text.count("/hazards/worker-reports/") == 2


CRITERIA = ("重大事故隐患判定", "重大火灾隐患判定", "重大生产安全事故隐患判定", "特种设备重大事故隐患判定")
PLACEHOLDERS = ("园区自定制度", "地方性法规、规章")


def test_no_notice_cites_a_criterion_for_a_general_hazard_or_what_is_no_law(
    loaded: Flask,
) -> None:
    notices = list(db.session.scalars(sa.select(Notice)))
    assert len(notices) > 100
    for notice in notices:
        for hazard in notice.facts["hazards"]:
            assert not any(name in hazard["basis_zh"] for name in PLACEHOLDERS), notice.number
            if hazard["grade"] == Grade.GENERAL.value:
                assert not any(name in hazard["basis_zh"] for name in CRITERIA), notice.number
                assert hazard["criterion"] == "", notice.number


def test_criteria_on_notices_and_records_are_those_of_the_sites_sector(loaded: Flask) -> None:
    named = [
        (notice.number, notice.site.sector, hazard["criterion"] + hazard["basis_zh"])
        for notice in db.session.scalars(sa.select(Notice))
        for hazard in notice.facts["hazards"]
        if hazard["grade"] != Grade.GENERAL.value
    ]
    named += [
        (hazard.number, hazard.site.sector, hazard.major_criterion + hazard.cited_basis)
        for hazard in db.session.scalars(sa.select(Hazard).where(Hazard.grade != Grade.GENERAL))
    ]
    assert len(named) > 5
    for number, sector, text in named:
        assert ("AQ 3067" in text) <= (sector is Sector.HAZCHEM), number
        assert ("工贸企业重大事故隐患判定标准" in text) <= (sector is not Sector.HAZCHEM), number


@pytest.mark.parametrize("language", ["zh", "en"])
def test_printed_notices_cite_only_bases_that_were_compared(
    loaded: Flask, tmp_path: Path, language: str
) -> None:
    compared = sa.select(Basis.law_id).where(Basis.checked)
    title = Law.title_zh if language == "zh" else Law.title_en
    never = {
        name.partition("（")[0]
        for name in db.session.scalars(sa.select(title).where(Law.id.not_in(compared)))
    }
    newest = sa.select(Notice).order_by(Notice.id.desc()).limit(8)
    for notice in db.session.scalars(newest):
        path = tmp_path / f"{notice.id}.pdf"
        notice_order(notice).build(language).save(path)
        text = read(path)
        assert not any(bare(name) in text for name in (*PLACEHOLDERS, *never)), notice.number
