"""Two installations that exchange signed files: what is refused, in words, before anything is touched."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.conftest import build
from tests.zones.conftest import World, file_in
from tests.zones.test_province import numbers
from xuncha.checklists.models import ChecklistVersion, Law
from xuncha.core.db import db
from xuncha.province.models import HandedOver
from xuncha.province.zone_figures import COUNTS

DAYS = ("--from", "2026-07-01", "--to", "2026-12-31")
Ask = Callable[..., Result]


@pytest.fixture
def outside(app: Flask) -> Flask:
    """A zone of another installation."""
    return app


def ask(app: Flask, *words: str) -> Result:
    """A command of an application, in a process that knows no other one."""
    run = app.test_cli_runner().invoke
    return contextvars.Context().run(lambda: run(args=["exchange", *words]))


def said(app: Flask, *words: str) -> str:
    """What a command prints that goes well."""
    done = ask(app, *words)
    assert done.exit_code == 0, done.output
    return done.output.strip()


def acquaint(world: World, outside: Flask) -> Flask:
    """Province and outside zone register each other's key; the province."""
    province = world.zone("province")
    said(province, "trust", "county9", said(outside, "key"))
    said(outside, "trust", "above", said(province, "key"))
    return province


def rows(app: Flask) -> list[int]:
    """What an exchange can change, counted."""
    with app.app_context():
        found = [
            db.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0
            for kind in (HandedOver, ChecklistVersion, Law)
        ]
        db.session.rollback()
    return found


def test_an_edition_goes_down_and_figures_come_up(world: World, outside: Flask, tmp_path: Path) -> None:
    province, down, up = acquaint(world, outside), str(tmp_path / "down"), str(tmp_path / "up")
    file_in(world.zone("county1"), "甲标记七", 100)
    file_in(outside, "丙标记九", 300, times=2)
    said(province, "publish")
    said(province, "write-edition", "county9", down)
    assert said(outside, "read", down) == "edition 1 of above is taken"
    said(outside, "write-figures", "above", up, *DAYS)
    assert said(province, "read", up) == "figures 1 of county9 is taken"
    lines = numbers(world.browser("province", "auditor"))
    found = COUNTS.index("hazards_found")
    assert [lines[name][found] for name in ("临江县", "临江经济开发区")] == [1, 2]
    other = numbers(world.browser("province", "auditor"), "from=2026-01-01&to=2026-06-30")
    assert not str(other["临江经济开发区"][found]).isdigit()  # no file tells of these days


def test_what_was_taken_is_not_taken_again_and_nothing_older(
    world: World, outside: Flask, tmp_path: Path
) -> None:
    province = acquaint(world, outside)
    first, second = str(tmp_path / "1"), str(tmp_path / "2")
    for file in (first, second):
        said(outside, "write-figures", "above", file, *DAYS)
    said(province, "read", second)
    before = rows(province)
    for file in (first, second):
        done = ask(province, "read", file)
        assert done.exit_code == 1 and "was taken before" in done.output
    assert rows(province) == before


def test_an_edition_without_a_checklist_is_refused(tmp_path: Path) -> None:
    bare = build(f"sqlite:///{tmp_path / 'bare.db'}", tmp_path)
    with bare.app_context():
        upgrade()
    done = ask(bare, "publish")
    assert done.exit_code == 1 and "No checklist is in use here" in done.output and rows(bare) == [0, 0, 0]


def test_a_file_for_another_zone_or_of_a_stranger_is_refused(
    world: World, outside: Flask, tmp_path: Path
) -> None:
    province, file = acquaint(world, outside), str(tmp_path / "file")
    said(province, "publish")
    said(province, "write-edition", "county9", file)
    stranger = world.zone("county2")
    assert "the signer" in ask(stranger, "read", file).output
    said(stranger, "trust", "above", said(province, "key"))
    assert "made for another zone" in ask(stranger, "read", file).output
    said(outside, "forget", "above")
    before = rows(outside)
    done = ask(outside, "read", file)
    assert done.exit_code == 1 and "is not known here" in done.output and rows(outside) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("trust", "No Name", "0" * 64), "small letters"),
        (("trust", "x", "abc"), "64 digits"),
        (("trust", "county1", "1" * 64), "is a zone of this installation"),
        (("write-edition", "nobody", "/tmp/x"), "no partner nobody"),
        (("read", "/nonexistent"), "No such file"),
    ],
)
def test_what_does_not_fit_is_said_in_words(world: World, words: tuple[str, ...], told: str) -> None:
    done = ask(world.zone("province"), *words)
    assert done.exit_code == 1 and told in done.output and "Traceback" not in done.output


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_changed_file_is_refused_whole(
    world: World, outside: Flask, tmp_path: Path, data: st.DataObject
) -> None:
    if not (tmp_path / "file").exists():
        province = acquaint(world, outside)
        said(province, "publish")
        said(province, "write-edition", "county9", str(tmp_path / "file"))
    whole = (tmp_path / "file").read_bytes()
    place = data.draw(st.one_of(st.integers(0, 230), st.integers(0, len(whole) - 1)))
    other = data.draw(st.integers(1, 255))
    changed = data.draw(
        st.sampled_from(
            [
                whole[:place] + bytes([whole[place] ^ other]) + whole[place + 1 :],
                whole[:place],
                whole[:place] + whole[place + 1 :],
                whole + bytes([other]),
                whole[:place] + bytes([other]) + whole[place:],
            ]
        )
    )
    if changed == whole:
        return
    (tmp_path / "changed").write_bytes(changed)
    before = rows(outside)
    done = ask(outside, "read", str(tmp_path / "changed"))
    assert done.exit_code == 1 and re.search("changed|not known here|no exchange file", done.output), (
        done.output
    )
    assert rows(outside) == before
