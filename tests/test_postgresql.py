"""What is of PostgreSQL alone, or asks more of it: what has a transaction of its own there, indexes, races of many.

Each test with the fixture `app` runs on PostgreSQL anyhow.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask_migrate import check as compare_with_models
from flask_migrate import downgrade

from tests import cast
from tests.checks.filings import failing, filing, visit
from tests.conftest import build, settle
from tests.hazards.builders import LATER
from tests.hazards.by_link import BASE
from tests.hazards.by_poster import hung
from tests.hazards.by_poster import report_at_once as by_poster_at_once
from tests.hazards.test_escalation import demand_once_by_two
from tests.house import House
from tests.postgresql import new_database
from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.checks.models import Check
from xuncha.core import paging, search
from xuncha.core.db import db
from xuncha.enterprises import list_queries
from xuncha.enterprises.list_columns import LISTINGS
from xuncha.enterprises.models import Site, SiteKind
from xuncha.hazards.follow_up import news
from xuncha.hazards.follow_up.escalation_steps import Escalation, EscalationStep
from xuncha.hazards.lists import list_orders
from xuncha.hazards.lists import list_queries as hazards
from xuncha.hazards.lists.filters import Criteria, Order, View
from xuncha.hazards.models import SETTLED, Hazard, queued
from xuncha.hazards.public.worker_reports import WorkerReport
from xuncha.sync.models import VisitBurden


@pytest.fixture(scope="session")
def pg_app(
    postgresql_server: str, tmp_path_factory: pytest.TempPathFactory, password_hash: str
) -> Iterator[Flask]:
    """The application on it, with the cast."""
    app = build(new_database(postgresql_server, "promises"), tmp_path_factory.mktemp("data"))
    settle(app, password_hash)
    yield app
    with app.app_context():
        db.engine.dispose()


def person(name: str) -> User:
    return db.session.scalars(sa.select(User).where(User.username == name)).one()


def place(code: str) -> Site:
    return db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES[code].name)).one()


def at_once(app: Flask, count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run the same work in several threads at one moment; what each gave or raised."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(index: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                results[index] = work(index)
                db.session.commit()
            except Exception as problem:
                db.session.rollback()
                results[index] = problem

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_migrations_equal_the_models_and_go_down(pg_app: Flask) -> None:
    with pg_app.app_context():
        compare_with_models()


def test_one_report_sent_six_times_by_a_poster_is_one_report(pg_app: Flask) -> None:
    pg_app.config["PUBLIC_URL"] = BASE
    with time_machine.travel(cast.NOW, tick=True):
        with pg_app.app_context():
            number, path = hung()
            db.session.remove()
            codes = by_poster_at_once(pg_app, path, 6)
        with pg_app.app_context():
            query = sa.select(sa.func.count()).where(WorkerReport.poster_id == number)
            assert (codes, db.session.scalar(query)) == ([302] * 6, 1)
            db.session.remove()


def test_one_filing_sent_many_times_at_one_moment_is_one_check(pg_app: Flask) -> None:
    with pg_app.app_context():
        raw = failing(visit(place("huaxin")))
        db.session.rollback()
    results = at_once(pg_app, 8, lambda _index: file_check(filing(raw), actor=person("wang"), now=cast.NOW))
    with pg_app.app_context():
        checks = db.session.scalars(sa.select(Check).where(Check.uuid == raw["uuid"])).all()
        assert len(checks) == 1
        hazards = db.session.scalar(
            sa.select(sa.func.count()).select_from(Hazard).where(Hazard.check_id == checks[0].id)
        )
        assert hazards == 1
        again = file_check(filing(raw), actor=person("wang"), now=cast.NOW)
        taken = [result for result in results if not isinstance(result, Exception)]
        assert taken and all(result.model_dump() == again.model_dump() for result in taken)
        assert all(
            isinstance(result, sa.exc.IntegrityError) for result in results if isinstance(result, Exception)
        )
        db.session.rollback()


def test_numbers_are_given_once_under_a_race(pg_app: Flask) -> None:
    with pg_app.app_context():
        raws = [visit(place("huaxin")) for _ in range(8)]
        db.session.rollback()
    receipts = at_once(
        pg_app, 8, lambda index: file_check(filing(raws[index]), actor=person("wang"), now=cast.NOW)
    )
    assert len({receipt.number for receipt in receipts}) == 8


def test_the_migrations_go_down_to_nothing_over_data(settled_pg: str, tmp_path: Path) -> None:
    app = build(settled_pg, tmp_path)
    with app.app_context():
        downgrade(revision="base")
        assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
        db.engine.dispose()


def test_lists_are_walked_by_key_and_text_is_found_as_everywhere(pg_app: Flask) -> None:
    names = [
        f"{kind}{number % 7}号{sign}"
        for number, kind in enumerate(["化工厂", "Mill", "仓库"] * 20)
        for sign in "%_"
    ]
    with pg_app.app_context():
        db.session.add_all(Site(name=name, area=name[-2:], created_at=cast.NOW) for name in names)
        db.session.flush()
        for part in ("化", "化工", "化工厂3", "mILL", "%", "号_", "没有"):
            found = search.either(Site.id, search.mention(Site, part, Site.name))
            told = db.session.scalars(sa.select(Site.name).where(found.holds)).all()
            every = db.session.scalars(sa.select(Site.name)).all()
            assert sorted(told) == sorted(name for name in every if part.lower() in name.lower()), part
        for sort in ("name", "-name", "risk", "-area", "supervisor"):
            look, query = (
                LISTINGS[SiteKind.ENTERPRISE]
                .look({"sort": sort})
                .of(list_queries.filtered(person("admin"), SiteKind.ENTERPRISE, list_queries.Criteria()))
            )
            walked, at = [], ""
            while at is not None:
                page = paging.page(query, look.order, {"at": at}, size=7)
                walked, at = walked + page.rows, page.next
            assert walked == list(db.session.scalars(query)), sort
        db.session.rollback()


def test_a_search_and_the_burden_answer_as_everywhere(pg_app: Flask) -> None:
    with pg_app.app_context():
        number = person("admin").id
        db.session.rollback()
        browser = pg_app.test_client()
        assert isinstance(browser, House)
        browser.sign_in(number)
        for text in ("hxhg", "huaxin", "华鑫", "HUAXIN"):
            assert "华鑫化工有限公司" in browser.text(f"/search?q={text}"), text
        for text in ("2026-1", "GEN-01", "%25%25", "wjg"):
            assert browser.get(f"/search?q={text}").status_code == 200, text
        told = {"uuid": "0f3c9e2a-aaaa-4bbb-8ccc-00000000000a", "minutes": 3, "taps": 9, "left": False}
        for _again in range(2):
            said = {"device": "7f3c9e2a-aaaa-4bbb-8ccc-000000000001", "unsent": 0, "visits": [told]}
            assert browser.post("/sync/heartbeat", json=said).status_code == 200
        assert browser.get("/burden").status_code == 200
        assert db.session.scalar(sa.select(sa.func.count()).select_from(VisitBurden)) == 1
        db.session.rollback()


def test_the_indexes_of_lists_are_known_again(pg_app: Flask) -> None:
    def plan(query: sa.Select[Any]) -> str:
        words = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        return "\n".join(db.session.scalars(sa.text(f"EXPLAIN {words}".replace(":", "\\:"))))

    with pg_app.app_context():
        many = [
            {"name": f"第{number}号{'化工有限' if number == 77 else '机械'}公司"} for number in range(4000)
        ]
        db.session.execute(sa.insert(Site), [one | {"created_at": cast.NOW} for one in many])
        # What autovacuum does in time.
        db.session.execute(sa.text("SELECT gin_clean_pending_list('search_sites')"))
        db.session.execute(sa.text("ANALYZE sites"))
        db.session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        db.session.execute(sa.text("SET LOCAL enable_sort = off"))
        waiting = (
            sa.select(Hazard.id).where(queued < SETTLED).order_by(*list_orders.order(Order.DUE)).limit(50)
        )
        assert "order_hazards_queue" in plan(waiting)
        risky = (
            sa.select(Site.id)
            .where(Site.kind == "enterprise")
            .order_by(*LISTINGS[SiteKind.ENTERPRISE].look({"sort": "risk"}).order)
            .limit(50)
        )
        assert "order_sites_risk" in plan(risky)
        assert "search_sites" in plan(search.mention(Site, "化工有限", Site.name).numbers)
        db.session.rollback()


def test_two_processes_at_once_escalate_each_hazard_once(pg_app: Flask, tmp_path: Path) -> None:
    with pg_app.app_context():
        before = news.count_new(person("wang"), cast.NOW) or 0
        steps = sa.select(sa.func.count()).select_from(Escalation)
        taken = db.session.scalar(steps) or 0
        db.session.rollback()
        demand_once_by_two(pg_app, pg_app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
        added = (db.session.scalar(steps) or 0) - taken
        assert added >= 12
        assert news.count_new(person("wang"), cast.NOW) == before + added
        found = hazards.filtered(
            person("wang"), Criteria(view=View.TO_PUSH, step=EscalationStep.OVERDUE), LATER
        )
        assert len(db.session.scalars(found).all()) == added
        db.session.remove()
