"""Text is found by an index, and what is found is exactly what holds the text."""

from __future__ import annotations

import string
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import cast
from tests.house import House
from xuncha.accounts.models import User
from xuncha.core import search
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.trainings.models import Audience, Training, TrainingKind

SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# Few letters, so that parts repeat; the signs that patterns, quotes and the index itself could take for their own.
LETTERS = "aAbÄäß化工火𠮷①%_\\\"'*^- \n1"
texts = st.text(LETTERS, max_size=9)


def folding() -> Callable[[str], str]:
    """How the database takes the difference of case away: PostgreSQL by its locale, SQLite for ASCII only."""
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    if is_postgresql and db.session.scalar(sa.select(sa.func.lower("Ä") == "ä")):
        return str.lower
    return lambda text: text.translate(SMALL)


def found(part: str, *columns: object) -> set[int]:
    wanted = search.either(Site.id, search.mention(Site, part, *columns))
    return set(db.session.scalars(sa.select(Site.id).where(wanted.holds)))


@pytest.fixture(params=["few", "many"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gathered by the index, and asked one by one."""
    if request.param == "many":
        monkeypatch.setattr(search, "FEW", 0)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(st.tuples(texts, texts), max_size=8),
    part=st.text(LETTERS, min_size=1, max_size=7),
    data=st.data(),
)
def test_what_is_found_holds_the_text_and_nothing_else_does(
    app: Flask, either_way: None, drawn: list[tuple[str, str]], part: str, data: st.DataObject
) -> None:
    sites = [Site(name=name, address=address, created_at=cast.NOW) for name, address in drawn]
    db.session.add_all(sites)
    db.session.flush()
    for site in sites:
        # Later changes are found too, and what stood there before is not.
        if data.draw(st.booleans()):
            site.address = data.draw(texts)
    db.session.flush()
    whole = {site.id: (site.name, site.address) for site in db.session.scalars(sa.select(Site))}
    fold = folding()
    expected = {
        number for number, (name, address) in whole.items() if fold(part) in fold(f"{name}\0{address}")
    }
    assert found(part, Site.name, Site.address) == expected
    assert found(part, Site.name) == {
        number for number, (name, _address) in whole.items() if fold(part) in fold(name)
    }
    db.session.rollback()


def test_what_is_deleted_is_found_no_more(app: Flask) -> None:
    site = Site(name="旧厂", created_at=cast.NOW)
    db.session.add(site)
    db.session.flush()
    assert found("旧厂", Site.name) == {site.id}
    db.session.delete(site)
    db.session.flush()
    assert found("旧厂", Site.name) == set()
    db.session.rollback()


def test_the_lists_find_parts_of_names_and_numbers(as_user: Callable[[str], House], app: Flask) -> None:
    admin = db.session.scalars(sa.select(User).where(User.role == Role.OFFICE_ADMIN)).first()
    assert admin
    training = Training(
        kind=TrainingKind.COURSE,
        topic="有限空间作业",
        held_on=cast.NOW.date(),
        place="会议室",
        organiser="安办",
        hours=2,
        recorded_by_id=admin.id,
        recorded_at=cast.NOW,
        audience=[Audience(group_name="外包队伍", headcount=3)],
    )
    db.session.add(training)
    db.session.commit()
    browser = as_user("admin")
    for url, words in (
        ("/enterprises?text=91320500ma1mxxjx62", "华鑫化工有限公司"),
        ("/enterprises?text=化工", "华鑫化工有限公司"),
        ("/users?text=WANG", "王监管"),
        ("/trainings?text=空间", "有限空间作业"),
        ("/trainings?text=外包队", "有限空间作业"),
    ):
        assert words in browser.text(url), url
    for url in (
        "/trainings?text=%25",
        "/checks?text=_",
        "/hazards?q=%25&view=all",
        "/campaigns/cases?text=%22",
    ):
        assert "没有符合" in browser.text(url), url
