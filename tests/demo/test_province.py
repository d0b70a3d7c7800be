"""The province: made in bulk, yet each row is such as the product's own actions would have written it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from tests import cast
from tests.checks.filings import sent_photo
from tests.conftest import build
from tests.demo.replay import OF_EVENT, OF_EXTENSION, OF_PLAN, REPLAYED, replayed
from tests.postgresql import new_database

from xuncha.accounts.actions import sign_in
from xuncha.accounts.models import User
from xuncha.campaigns.models import CampaignCheck
from xuncha.checks.filing import Filing, PhotoRef
from xuncha.checks.models import Answer, Check, LegalMode, Signature, VisitKind
from xuncha.core.access import Role
from xuncha.core.clock import local_day
from xuncha.core.db import Base, db
from xuncha.core.numbering import Counter as CounterRow
from xuncha.demo.people_and_sites import PASSWORD
from xuncha.demo.province.bulk import Ledger
from xuncha.enterprises.models import Assignment, Site
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard, HazardEvent, Notice, Opinion
from xuncha.hazards.queries import found_before
from xuncha.schedule.actions import open_month
from xuncha.schedule.lifecycle import TaskState
from xuncha.schedule.models import Task
from xuncha.schedule.queries import state_of
from xuncha.stats.figures import Figures, Period

pytestmark = pytest.mark.timeout(600)
TODAY = local_day(cast.NOW)
SIZE = ("demo", "province", "--enterprises", "30", "--years", "2")
SEED = "2"  # in so few hazards not every seed has each way, one in hundreds, that they can go
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def made(url: str, folder: Path, seed: str = SEED) -> Flask:
    """An application whose database the command filled on the cast's day."""
    app = build(url, folder)
    with time_machine.travel(cast.NOW, tick=False):
        result = app.test_cli_runner().invoke(args=[*SIZE, "--seed", seed])
    assert result.exit_code == 0, result.output
    assert "shenyichuan" in result.output and PASSWORD in result.output
    return app


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("province")
    return made(f"sqlite:///{folder / 'xuncha.db'}", folder)


@pytest.fixture
def loaded(province: Flask) -> Iterator[Flask]:
    """The province on its day; what a test writes is taken back."""
    with time_machine.travel(cast.NOW, tick=True), province.app_context():
        yield province
        db.session.rollback()
        db.session.remove()


def everything(kind: type[Any]) -> list[Any]:
    return list(db.session.scalars(sa.select(kind).order_by(kind.id)))


def person(role: Role) -> User:
    return db.session.scalars(sa.select(User).where(User.role == role).order_by(User.id).limit(1)).one()


def test_each_hazard_is_what_the_products_steps_make_of_its_events(loaded: Flask) -> None:
    photo = PhotoRef(**sent_photo(person(Role.OFFICE_ADMIN)))
    with db.session.no_autoflush:
        for stored in everything(Hazard):
            hazard = replayed(stored, photo)
            for name in REPLAYED:
                assert getattr(hazard, name) == getattr(stored, name), (stored.number, name)
            assert len(hazard.events) == len(stored.events)
            for mine, theirs in zip(hazard.events, stored.events, strict=True):
                assert [getattr(mine, name) for name in OF_EVENT] == [
                    getattr(theirs, name) for name in OF_EVENT
                ]
            plans = zip(hazard.plans, stored.plans, strict=True)
            assert all(getattr(a, name) == getattr(b, name) for a, b in plans for name in OF_PLAN)
            for asked, kept in zip(hazard.extensions, stored.extensions, strict=True):
                assert [getattr(asked, name) for name in OF_EXTENSION] == [
                    getattr(kept, name) for name in OF_EXTENSION
                ]


def test_every_way_of_a_hazard_is_gone(loaded: Flask) -> None:
    # Sights, merges, look-backs and escalations follow from what people saw or nights brought; own findings and letters of
    # supervision are of single enterprises; experts' findings go out as they did before there were opinions: the bulk holds none.
    later = {Act.FOUND_AGAIN, Act.MERGE, Act.LOOK_BACK, Act.RELAPSE, Act.ESCALATE}
    later |= {Act.CLOSE_OWN, Act.SUPERVISE, Act.CONFIRM_FINDING, Act.REJECT_FINDING}
    assert set(db.session.scalars(sa.select(HazardEvent.act).distinct())) == {*Act} - later
    at_a_visit = sa.and_(HazardEvent.act == Act.VERIFY, HazardEvent.check_id.is_not(None))
    assert db.session.scalar(sa.select(sa.func.count()).where(at_a_visit))


def test_events_grow_with_their_moments(loaded: Flask) -> None:
    moments = list(db.session.scalars(sa.select(HazardEvent.at).order_by(HazardEvent.id)))
    assert moments == sorted(moments)


def test_each_check_is_a_filing_that_was_taken(loaded: Flask) -> None:
    for check in everything(Check):
        filing = Filing.model_validate(check.payload)
        assert filing.digest() == check.digest
        assert (str(filing.uuid), filing.site_id, filing.task_id) == (
            check.uuid,
            check.site_id,
            check.task_id,
        )
        assert (filing.started_at, filing.finished_at) == (check.started_at, check.finished_at)
        assert check.started_at < check.finished_at < check.received_at < cast.NOW
        assert check.visited_on == local_day(check.started_at)
        assert [(part.item_id, part.result) for part in filing.answers] == [
            (answer.item_id, answer.result) for answer in check.answers
        ]
        assert set(check.facts["items"]) == {answer.code for answer in check.answers}
        assert [part.party for part in filing.signatures] == [one.party for one in check.signatures]
        assert bool(check.late_reason) == (
            local_day(check.received_at) > check.visited_on and not check.replaces_id
        )
        assert (check.mode is LegalMode.EXPERT) == (check.kind is VisitKind.EXPERT)
        linked = db.session.scalars(
            sa.select(CampaignCheck.campaign_id).where(CampaignCheck.check_id == check.id)
        )
        assert list(linked) == filing.campaign_ids


def test_findings_and_looks_again_of_filings_are_hazards_and_events(loaded: Flask) -> None:
    newest = {check.id: check for check in everything(Check) if check.replaced_by is None}
    for check in newest.values():
        filing = Filing.model_validate(check.payload)
        query = sa.select(Hazard).where(Hazard.check_id == check.id).order_by(Hazard.id)
        hazards = list(db.session.scalars(query))
        assert [one.uuid for one in hazards] == [str(one.uuid) for one in filing.findings]
        for hazard, finding in zip(hazards, filing.findings, strict=True):
            assert hazard.original_due_on == finding.due_on
            assert hazard.basis == check.facts["items"][hazard.item_code]["basis_zh"]
        looked = sa.select(Hazard.uuid).join(HazardEvent, HazardEvent.hazard_id == Hazard.id)
        of_check = HazardEvent.check_id == (check.replaces_id or check.id)
        assert {str(one.hazard_uuid) for one in filing.rechecks} == set(
            db.session.scalars(looked.where(of_check, HazardEvent.act == Act.VERIFY))
        )


def test_what_repeats_an_earlier_hazard_names_the_last_one(loaded: Flask) -> None:
    hazards = everything(Hazard)
    repeating = [one for one in hazards if one.repeat_of_id is not None]
    assert 0.05 < len(repeating) / len(hazards) < 0.9
    for one in [*repeating[::3], *hazards[::7]]:
        last = found_before(one.site, [one.item_code], one.found_on).get(one.item_code)
        assert (one.repeat_of, one.occurrence) == ((last.hazard, last.times + 1) if last else (None, 1))


def test_notices_and_opinions_tell_what_is_so(loaded: Flask) -> None:
    for notice in everything(Notice):
        assert [one["number"] for one in notice.facts["hazards"]] == [one.number for one in notice.hazards]
        assert notice.facts["site"] == notice.site.facts()
        assert notice.facts["check"]["number"] == notice.check.number
        assert {event.at for one in notice.hazards for event in one.events if event.act is Act.ISSUE} == {
            notice.issued_at
        }
    events = {event.id: event for event in everything(HazardEvent)}
    for opinion in everything(Opinion):
        (result,) = opinion.facts["results"]
        event = events[result["event"]]
        assert (event.hazard.number, event.hazard.notice) == (result["number"], opinion.notice)
        assert result["fixed"] == (event.act is Act.VERIFY) and event.at < opinion.issued_at


def test_numbers_are_given_in_a_row_and_go_on(loaded: Flask) -> None:
    kinds: dict[str, Any] = {"check": Check, "hazard": Hazard, "notice": Notice, "opinion": Opinion}
    for name, kind in kinds.items():
        first = kind.edition == 1 if kind is Check else sa.true()
        rows = db.session.execute(sa.select(kind.year, kind.serial).where(first).order_by(kind.id)).all()
        given = Counter(year for year, _ in rows)
        assert [tuple(row) for row in rows] == [
            (year, serial) for year in sorted(given) for serial in range(1, given[year] + 1)
        ]
        for year, count in given.items():
            assert db.session.get_one(CounterRow, (name, year)).last == count


def test_tasks_are_those_that_the_schedule_opens_and_the_checks_did(loaded: Flask) -> None:
    done = {
        check.task_id: check for check in everything(Check) if check.task_id and check.replaces_id is None
    }
    for task in everything(Task):
        held = [
            one for one in task.site.assignments
            if one.from_on <= task.window_start and (one.until_on is None or one.until_on > task.window_start)
        ]  # fmt: skip
        assert [one.supervisor_id for one in held] == [task.supervisor_id]
        check = done.get(task.id)
        assert task.done_on == (check and check.visited_on)
        if check is not None:
            assert check.site_id == task.site_id
            assert ("other_supervisor" in check.flags) == (check.inspector_id != task.supervisor_id)
    for month in range(1, 12):
        assert open_month(2026, month, actor=None, now=cast.NOW) == 0
    states = Counter(state_of(task, TODAY) for task in everything(Task))
    assert set(states) == set(TaskState) - {TaskState.POSTPONED}  # a province postpones nothing
    assert states[TaskState.DONE] > 0.9 * sum(states.values())


def test_sites_are_held_without_gaps(loaded: Flask) -> None:
    for site in everything(Site):
        ends = [one.until_on for one in site.assignments]
        assert ends == [one.from_on for one in site.assignments[1:]] + [None]
        assert site.supervisor_id == site.assignments[-1].supervisor_id
    assert db.session.scalar(sa.select(sa.func.count()).where(Assignment.until_on.is_not(None)))


def figures() -> Figures:
    return Figures(Period.between(*YEAR, None, today=TODAY))


def test_figures_add_up(loaded: Flask) -> None:
    told = figures()
    found = ("hazards_closed", "found_in_progress", "found_to_verify", "found_overdue")
    assert told.number("hazards_found") == sum(told.number(name) for name in found)
    assert told.number("hazards_found") == db.session.scalar(
        sa.select(sa.func.count()).where(Hazard.found_on.between(*YEAR), Hazard.state != State.VOID)
    )
    due = sum(
        state_of(task, TODAY) is TaskState.DUE for task in everything(Task) if task.window_start >= YEAR[0]
    )
    plan = ("tasks_done", "tasks_done_late", "tasks_not_done")
    begun = told.number("tasks_planned")
    assert 0 <= begun - sum(told.number(name) for name in plan) <= due
    for name in ("rectification_rate", "completion_rate", "recheck_rate"):
        assert 0.85 < (told.rate(name) or 0) < 1


PAGES = (
    "/today",
    "/figures",
    "/figures?first=2026-01-01&last=2026-06-30",
    "/hazards",
    "/checks",
    "/enterprises",
)


def test_pages_and_papers_open(loaded: Flask) -> None:
    newest_first = (Check.id.desc(), Notice.id.desc())
    check = db.session.scalars(sa.select(Check).join(Answer).order_by(newest_first[0]).limit(1)).one()
    notice = db.session.scalars(sa.select(Notice).order_by(newest_first[1]).limit(1)).one()
    leader, own = person(Role.LEADER).id, person(Role.SUPERVISOR).id
    held = sa.select(Hazard.id).join(Hazard.site).where(Site.supervisor_id == own)
    hazard = db.session.scalar(held.limit(1))
    papers = (f"/papers/records/{check.id}?format=pdf", f"/papers/notices/{notice.id}?format=pdf")
    db.session.rollback()
    wanted = {leader: (*PAGES, *papers), own: (*PAGES, f"/hazards/{hazard}")}
    for reader, addresses in wanted.items():
        browser: Any = loaded.test_client()
        browser.sign_in(reader)
        for where in addresses:
            answer = browser.get(where)
            assert answer.status_code == 200, where
            assert (answer.mimetype == "application/pdf") == (where in papers)


def test_people_sign_in(loaded: Flask) -> None:
    assert {user.role for user in everything(User)} == set(Role)
    for username in ("shenyichuan", "qy01", "fzr01", "zhuanjia1"):
        assert sign_in(username, PASSWORD, address="127.0.0.1", now=cast.NOW)


def test_the_database_is_whole_and_keeps_evidence(loaded: Flask) -> None:
    connection = db.session.connection()
    assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"  # the check constraints too
    assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    for kind in (Check, Answer, Signature, HazardEvent):
        with pytest.raises(sa.exc.IntegrityError, match="evidence"):
            db.session.execute(sa.update(kind).values(id=kind.id + 10**9))
    said = loaded.test_cli_runner().invoke(args=["doctor"]).output
    assert "FAULT" not in "".join(
        line for line in said.splitlines() if "build/" not in line and "fonts/" not in line
    )


def test_it_is_never_loaded_over_something(loaded: Flask) -> None:
    before = rows()
    db.session.rollback()
    result = loaded.test_cli_runner().invoke(args=[*SIZE])
    assert result.exit_code != 0 and "not empty" in result.output
    assert rows() == before


def rows() -> dict[str, list[Any]]:
    """Everything that the database holds, but what is random in itself (salts of passwords) and what a test brought."""
    told: dict[str, list[Any]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in {"photos", "jobs"}:
            continue
        columns = [column for column in table.columns if column.name != "password_hash"]
        found = db.session.execute(sa.select(*columns).order_by(*table.primary_key.columns))
        told[table.name] = [json.dumps([*row], default=str, ensure_ascii=False) for row in found]
    return told


def told_by(app: Flask) -> dict[str, list[Any]]:
    """What rows() tells of an application's database."""
    with app.app_context():
        told = rows()
        db.session.remove()
    return told


def test_another_seed_makes_other_rows(province: Flask, tmp_path: Path) -> None:
    other = made(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path, "7")
    theirs, mine = told_by(other), told_by(province)
    assert theirs["checks"] != mine["checks"] and theirs["users"][0] != mine["users"][0]
    assert theirs["items"] == mine["items"]


@pytest.fixture(scope="module")
def on_postgresql(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = made(new_database(postgresql_server, "province"), tmp_path_factory.mktemp("province-pg"))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_same_seed_makes_the_same_rows_on_postgresql_which_counts_on(
    province: Flask, on_postgresql: Flask
) -> None:
    mine, theirs = told_by(province), told_by(on_postgresql)
    for name in mine.keys() - {"proof_keys"}:  # each database makes a key of its own
        assert theirs[name] == mine[name], name
    with time_machine.travel(cast.NOW), on_postgresql.app_context():
        assert figures().number("hazards_found") > 500
        opened = open_month(2026, 12, actor=None, now=cast.NOW)
        assert opened and db.session.scalar(sa.select(sa.func.max(Task.id))) == len(mine["tasks"]) + opened
        db.session.rollback()
        db.session.remove()


@given(st.lists(st.integers(0, 200_000)), st.lists(st.integers(0, 200_000)).map(sorted))
def test_a_ledger_gives_everything_once_in_order(moments: list[int], limits: list[int]) -> None:
    ledger, given_out = Ledger(), []
    for number, moment in enumerate(moments):
        ledger.add(moment, number)
    for limit in [*limits, 10**6]:
        taken = ledger.take(limit)
        assert all(moment < limit for moment, _ in taken)
        given_out += taken
    assert given_out == sorted(
        ((moment, number) for number, moment in enumerate(moments)), key=lambda one: one[0]
    )
