"""Fixtures: an application on a fresh copy of a settled database, clients signed in as the cast."""

from __future__ import annotations

import gc
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from fasteners import InterProcessLock as FileLock
from flask import Flask
from flask_migrate import upgrade

from tests import cast, compiled_once, postgresql
from tests.house import House
from tests.served import Served
from xuncha import create_app
from xuncha.accounts.models import User
from xuncha.accounts.passwords import hash_password
from xuncha.core.db import db, engine_options
from xuncha.enterprises.models import Site

DATABASES = ("sqlite", "postgresql")
SEARCHES = (20_000, 20, 50)  # gc.set_threshold; Python begins with (700, 10, 10)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=(*DATABASES, "both"),
        default="sqlite",
        help="what the application of a test keeps its rows in; postgresql alone runs only the tests that have one",
    )


def pytest_configure() -> None:
    """Let servers and commands be forked, since so many are started."""
    Served.fork = True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that has an application on the database that `--database` names, or on both."""
    if "database" in metafunc.fixturenames:
        named = metafunc.config.getoption("--database")
        if metafunc.definition.get_closest_marker("about_sqlite"):
            named = "sqlite"
        metafunc.parametrize("database", DATABASES if named == "both" else (named,), indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL alone, leave out the tests without an application: they bring the databases that they are about."""
    if config.getoption("--database") == "postgresql":
        items[:] = [item for item in items if _database_of(item) == "postgresql"]


def _database_of(item: pytest.Item) -> object:
    case = getattr(item, "callspec", None)
    return case.params.get("database") if case else None


def build(url: str, folder: Path, **more: object) -> Flask:
    """An application for tests on a database address and a data folder."""
    app = create_app(
        TESTING=True,
        DATA=folder,
        SECRET_KEY="test",
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS={**engine_options(url), "query_cache_size": compiled_once.STATEMENTS},
        WTF_CSRF_ENABLED=False,
        SETTINGS_GIVEN={
            "zone_zh": "临江经济开发区",
            "zone_en": "Linjiang Economic Development Zone",
            "org_zh": "临江经济开发区安全生产办公室",
            "org_en": "Work Safety Office of Linjiang Zone",
        },
        **more,
    )
    app.test_client_class = House
    app.config["PROPAGATE_EXCEPTIONS"] = False
    compiled_once.keep_templates(app)
    compiled_once.take_statements(app)
    return app


def pytest_collection_finish() -> None:
    """Search less for garbage: the program and the tests stay until the end, and each search read all of them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCHES)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what ran where; the name of a test begins its parameters with its database."""
    where = Counter(
        one.nodeid.partition("[")[2].split("-")[0].rstrip("]")
        for one in terminalreporter.getreports("passed")
    )
    told = [f"{where.pop(database, 0)} on {database}" for database in DATABASES]
    terminalreporter.write_line(
        f"passed: {', '.join(told)}, {where.total()} that need none or bring their own"
    )


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The cast's one password, hashed once."""
    return hash_password(cast.PASSWORD)


def settle(app: Flask, password_hash: str) -> None:
    """Tables, checklists and cast."""
    from xuncha.checklists.loading import load_seed

    with app.app_context():
        upgrade()
        load_seed(now=cast.NOW)
        cast.settle(password_hash)
        compiled_once.keep_statements(db.engine)
        db.session.remove()
        db.engine.dispose()


def leave_to_the_system(engine: sa.Engine) -> None:
    """Let the system choose when SQLite's writes go to the disk, as tests/postgresql.py does: no test outlives a power cut."""

    @sa.event.listens_for(engine, "connect")
    def relax(connection: Any, _record: Any) -> None:
        if engine.dialect.name == "sqlite":
            connection.execute("PRAGMA synchronous=OFF")


def shut_down(app: Flask) -> None:
    """Leave all of an application's database in its one file, so that it can be copied."""
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
        db.engine.dispose()


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Path:
    """A database file with the cast, copied for every test."""
    folder = tmp_path_factory.mktemp("settled")
    path = folder / "xuncha.db"
    app = build(f"sqlite:///{path}", folder)
    settle(app, password_hash)
    shut_down(app)
    return path


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server of this worker's own."""
    with postgresql.server(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest.fixture(scope="session")
def settled_template(
    postgresql_server: str, tmp_path_factory: pytest.TempPathFactory, password_hash: str
) -> str:
    """The name of a PostgreSQL database with the cast, copied for every test."""
    settle(
        build(postgresql.new_database(postgresql_server, "settled"), tmp_path_factory.mktemp("data")),
        password_hash,
    )
    return "settled"


@pytest.fixture
def settled_pg(postgresql_server: str, settled_template: str) -> Iterator[str]:
    """The address of a fresh PostgreSQL database with the cast."""
    url = postgresql.new_database(postgresql_server, f"copy_{uuid4().hex}", settled_template)
    yield url
    postgresql.drop_database(postgresql_server, url)


@pytest.fixture(scope="session")
def demo_zone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo zone, made once for all workers of a run by the product's own command."""
    shared = tmp_path_factory.getbasetemp().parent / "served-zone"
    with FileLock(f"{shared}.lock"):
        if not (shared / "ready").exists():
            shared.mkdir(exist_ok=True)
            server = Served(shared)
            server.flask("demo", "load")
            (shared / "ready").touch()
    return shared


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh database with the cast, of the kind that `--database` names."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("settled_pg")
        return url
    path = tmp_path / "xuncha.db"
    shutil.copy(request.getfixturevalue("settled"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """A fresh application; its clock stands at cast.NOW and runs on."""
    app = build(database, tmp_path)
    with time_machine.travel(cast.NOW, tick=True), app.app_context():
        leave_to_the_system(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def user(app: Flask) -> Callable[[str], User]:
    """A person of the cast by sign-in name."""
    return lambda name: db.session.scalars(sa.select(User).where(User.username == name)).one()


@pytest.fixture
def site(app: Flask) -> Callable[[str], Site]:
    """A place of the cast by its code."""
    return lambda code: db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES[code].name)).one()


@pytest.fixture
def client(app: Flask) -> House:
    """A browser nobody has signed in with."""
    made = app.test_client()
    assert isinstance(made, House)
    return made


@pytest.fixture
def as_user(app: Flask, user: Callable[[str], User]) -> Callable[[str], House]:
    """A browser signed in as a person of the cast."""

    def browser(name: str) -> House:
        made = app.test_client()
        assert isinstance(made, House)
        number = user(name).id
        db.session.rollback()
        return made.sign_in(number)

    return browser
