"""The pages of the channels: who sets which, what is taken, and that the address is a secret."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.hazards.builders import NOW, person
from tests.house import House
from tests.reminders.conftest import SetChannel
from tests.reminders.receivers import HttpReceiver

from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.reminders import deliveries
from xuncha.reminders.commands import prepare_all, send_all
from xuncha.reminders.models import Channel, Delivery, DeliveryState

Browser = Callable[[str], House]
WECOM = "wecombot://abcdef01-aaaa-4aaa-8aaa-0123456789ab"


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """What a server that logs all it can would keep."""
    kept, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(kept), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(handler)
    root.setLevel(level)


def one() -> Channel:
    return db.session.scalars(sa.select(Channel).where(Channel.removed_at.is_(None))).one()


def test_a_test_is_sent_and_its_outcome_shown(
    receiver: HttpReceiver, set_channel: SetChannel, as_user: Browser
) -> None:
    set_channel("wang", receiver.address)
    office, number = as_user("admin"), one().id
    assert "尚未使用" in office.text("/reminders")
    assert office.post(f"/reminders/{number}/test").status_code == 302
    assert len(receiver.messages) == 1
    assert "可用" in office.text("/reminders")
    receiver.status = 403
    office.post(f"/reminders/{number}/test")
    assert "403" in office.text("/reminders")
    receiver.stop()
    office.post(f"/reminders/{number}/test")
    assert "没有应答" in office.text("/reminders")


def test_the_address_is_shown_masked_and_stands_nowhere(
    work: str,
    receiver: HttpReceiver,
    set_channel: SetChannel,
    as_user: Browser,
    everything_logged: io.StringIO,
    capfd: pytest.CaptureFixture[str],
) -> None:
    address = receiver.address.replace("json://", "json://robot:passw0rd@")
    assert set_channel("wang", address) == 302
    receiver.status = 500
    prepare_all(now=NOW)
    send_all(now=NOW)
    office = as_user("admin")
    office.post(f"/reminders/{one().id}/test")
    page = office.text("/reminders")
    assert f"127.0.0.1:{receiver.port}" in page
    kept = [str(tuple(row)) for row in db.session.execute(sa.text("SELECT * FROM reminder_channels"))]
    kept += [f"{row.before} {row.after}" for row in db.session.scalars(sa.select(HistoryRow))]
    written = "".join(capfd.readouterr())
    for place in (page, everything_logged.getvalue(), written, *kept):
        assert "s3cret" not in place and "passw0rd" not in place


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hello",
        "json://",
        "syslog://",
        "file:///etc/passwd",
        "https://127.0.0.1/",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "wecombot://",
        "mailto://",
        "json://\x07",
        "json://" + "x" * 2000,
        "dingtalk://🙂",
        "json://[::1",
    ],
)
def test_what_is_no_address_is_refused_in_words_and_stays_typed(as_user: Browser, address: str) -> None:
    office = as_user("admin")
    answer = office.post("/reminders", data={"audience": "managers", "address": address})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Channel)) == 0


@pytest.mark.parametrize("audience", ["", "user:", "user:999999", "team:x", "user:1 OR 1=1"])
def test_an_audience_that_is_not_offered_is_refused(as_user: Browser, audience: str) -> None:
    answer = as_user("admin").post("/reminders", data={"audience": audience, "address": WECOM})
    assert answer.status_code == 422
    assert WECOM in answer.text


def test_one_sets_ones_own_channel_to_a_chat_service_only(as_user: Browser, receiver: HttpReceiver) -> None:
    wang = as_user("wang")
    for address in (receiver.address, "mailto://127.0.0.1/?to=a@b.cn&from=a@b.cn"):
        assert wang.post("/me/reminders", data={"address": address}).status_code == 422
    assert wang.post("/me/reminders", data={"address": WECOM}).status_code == 302
    page = wang.text("/me/reminders")
    assert "wecombot://" in page and "0123456789ab" not in page
    assert "wecombot://" in wang.text("/me")
    assert one().user_id == person("wang").id
    assert wang.post("/me/reminders/remove").status_code == 302
    assert db.session.scalars(sa.select(Channel.secret)).all() == [""]
    assert wang.post("/me/reminders/remove").status_code == 404


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdef01-aaaa-4aaa-8aaa-0123456789ab",
            "wecombot://",
        ),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/abcdef01-aaaa-4aaa-8aaa-0123456789ab", "feishu://"),
        ("https://oapi.dingtalk.com/robot/send?access_token=abcdef0123456789ab", "dingtalk://"),
    ],
)
def test_the_address_that_a_chat_service_shows_may_be_pasted(
    as_user: Browser, address: str, shown: str
) -> None:
    assert as_user("wang").post("/me/reminders", data={"address": address}).status_code == 302
    assert one().masked.startswith(shown) and "0123456789ab" not in one().masked


def test_setting_it_again_changes_the_address(set_channel: SetChannel, receiver: HttpReceiver) -> None:
    set_channel("managers", WECOM)
    set_channel("managers", receiver.address)
    assert one().masked.startswith("json://")


def test_removing_drops_what_waits(
    work: str, receiver: HttpReceiver, set_channel: SetChannel, as_user: Browser
) -> None:
    set_channel("wang", receiver.address)
    prepare_all(now=NOW)
    assert as_user("admin").post(f"/reminders/{one().id}/remove").status_code == 302
    assert deliveries.due_channels(NOW) == []
    assert send_all(now=NOW) == (0, 0)
    assert db.session.scalars(sa.select(Delivery.state)).all() == [DeliveryState.DROPPED]


@pytest.mark.parametrize("who", ["leader", "lin", "wang", "expert", "auditor", "officer"])
def test_only_the_office_sees_the_channels(
    app: Flask, set_channel: SetChannel, as_user: Browser, who: str
) -> None:
    set_channel("zhao", WECOM)
    number, browser = one().id, as_user(who)
    assert browser.get("/reminders").status_code == 403
    for verb in ("test", "remove"):
        assert browser.post(f"/reminders/{number}/{verb}").status_code == 403
    assert one().id == number


@pytest.mark.parametrize("who", ["expert", "auditor"])
def test_who_is_told_nothing_has_no_channel(as_user: Browser, set_channel: SetChannel, who: str) -> None:
    assert as_user(who).get("/me/reminders").status_code == 404
    assert set_channel(who, WECOM) == 422
