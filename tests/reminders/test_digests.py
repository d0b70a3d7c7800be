"""Digests by real receivers: once a person and day whoever sends, tried again when a channel is down, never in the way."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests import cast
from tests.conftest import build
from tests.hazards.builders import NOW, finding, issued, person
from tests.hazards.by_link import BASE
from tests.hazards.by_poster import hung, report
from tests.hazards.by_poster import worker as phone_of
from tests.house import House
from tests.reminders.conftest import SetChannel
from tests.reminders.receivers import HttpReceiver, smtp_server

from xuncha.accounts.models import Team, User
from xuncha.core import settings
from xuncha.core.db import db
from xuncha.reminders import actions, channels
from xuncha.reminders.commands import prepare_all, send_all
from xuncha.reminders.models import Delivery, DeliveryState, Fault
from xuncha.schedule.actions import open_month
from xuncha.watching import conditions

Browser = Callable[[str], House]
DAY = timedelta(days=1)


def run(after: timedelta = timedelta(0)) -> tuple[int, int]:
    """What `flask reminders send` does at a moment."""
    prepare_all(now=NOW + after)
    return send_all(now=NOW + after)


def states() -> list[DeliveryState]:
    return list(db.session.scalars(sa.select(Delivery.state).order_by(Delivery.id)))


def test_a_digest_says_what_today_says_and_comes_once_a_day(
    work: str, receiver: HttpReceiver, set_channel: SetChannel, as_user: Browser
) -> None:
    assert set_channel("wang", receiver.address) == 302
    assert [run(), run(), run(timedelta(hours=3))] == [(1, 0), (0, 0), (0, 0)]
    (text,) = receiver.texts
    huaxin = cast.PLACES["huaxin"].name
    today = as_user("wang").text("/today")
    assert huaxin in text and huaxin in today
    assert "本期待查: 1" in text and "本期待查" in today
    assert cast.PLACES["minghe"].name not in text
    assert run(DAY) == (1, 0)
    assert len(receiver.messages) == 2


def test_the_enterprise_is_told_of_its_hazards_without_what_was_found(
    work: str, receiver: HttpReceiver, set_channel: SetChannel
) -> None:
    set_channel("officer", receiver.address)
    assert run() == (1, 0)
    (text,) = receiver.texts
    assert work in text
    assert finding()["description"] not in text and finding()["place"] not in text


def test_it_is_written_in_the_readers_language_and_leads_to_the_site(
    app: Flask, work: str, receiver: HttpReceiver, set_channel: SetChannel
) -> None:
    app.config["PUBLIC_URL"] = "https://safety.example.cn"
    person("officer").lang = "en"
    db.session.commit()
    set_channel("officer", receiver.address)
    assert run() == (1, 0)
    message = receiver.messages[0]
    assert "Hazards to rectify: 1" in message["message"]
    assert message["message"].endswith("https://safety.example.cn")
    assert message["title"] == "Safety inspection: your work on 3 Nov 2026"


@pytest.mark.parametrize("who", ["officer", "wang"])
def test_a_workers_report_is_told_without_what_the_worker_wrote(
    app: Flask, receiver: HttpReceiver, set_channel: SetChannel, who: str
) -> None:
    app.config["PUBLIC_URL"] = BASE
    phone, page = phone_of(app, hung()[1])
    assert phone.post(page, data=report(reporter="李工")).status_code == 302
    person(who).lang = "en"
    db.session.commit()
    assert set_channel(who, receiver.address) == 302
    assert run()[0] == 1
    (text,) = receiver.texts
    assert "Workers' reports to decide: 1" in text and cast.PLACES["huaxin"].name in text
    for secret in ("配电箱冒烟", "一车间东侧", "李工"):
        assert secret not in text


def test_who_has_nothing_to_do_gets_nothing(receiver: HttpReceiver, set_channel: SetChannel) -> None:
    set_channel("officer", receiver.address)
    assert [run(), run()] == [(0, 0), (0, 0)]
    assert receiver.messages == [] and states() == [DeliveryState.NOTHING]


def test_a_person_who_may_not_sign_in_gets_nothing(
    work: str, receiver: HttpReceiver, set_channel: SetChannel
) -> None:
    set_channel("officer", receiver.address)
    person("officer").active = False
    db.session.commit()
    assert run() == (0, 0)


def _send_in_process(url: str, folder: str, moment: datetime) -> None:
    app = build(url, Path(folder))
    with app.app_context():
        prepare_all(now=moment)
        send_all(now=moment)


def demand_one_message_by_two(url: str, folder: Path, receiver: HttpReceiver) -> None:
    """Two processes that prepare and send at one moment bring each digest once."""
    receiver.lag_s = 0.5  # the other one looks for work while this one waits for the service
    open_month(2026, 11, actor=None, now=NOW)
    issued()
    team = db.session.scalars(sa.select(Team).order_by(Team.id)).first()
    office = person("admin")
    for whom in ("wang", "zhao", "officer"):
        actions.set_channel(receiver.address, person=person(whom), actor=office, now=NOW)
    actions.set_channel(receiver.address, team=team, actor=office, now=NOW)
    actions.set_channel(receiver.address, actor=office, now=NOW)
    db.session.commit()
    db.session.remove()
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_send_in_process, args=(url, str(folder), NOW)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    rows = list(db.session.scalars(sa.select(Delivery)))
    sent = [row for row in rows if row.state is DeliveryState.SENT]
    assert {row.user.username for row in sent} >= {"wang", "officer"}
    assert [row.attempts for row in sent] == [1] * len(sent)
    assert len(receiver.messages) == len({row.channel_id for row in sent})
    assert len({row.user_id for row in rows}) == len(rows)


def test_two_processes_at_once_bring_each_digest_once(
    app: Flask, tmp_path: Path, receiver: HttpReceiver
) -> None:
    demand_one_message_by_two(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, receiver)


def test_what_a_dead_sender_claimed_is_sent_after_a_while(
    work: str, receiver: HttpReceiver, set_channel: SetChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_channel("wang", receiver.address)

    def die(*_given: str) -> channels.Outcome:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(channels, "send", die)
        with pytest.raises(KeyboardInterrupt):
            run()
    db.session.rollback()
    assert run(timedelta(minutes=5)) == (0, 0)
    assert run(timedelta(minutes=16)) == (1, 0)
    assert len(receiver.messages) == 1


def test_a_channel_that_is_down_is_tried_again_later_and_holds_nobody_back(
    work: str, receiver: HttpReceiver, set_channel: SetChannel, as_user: Browser
) -> None:
    other = HttpReceiver()
    set_channel("officer", receiver.address)
    set_channel("wang", other.address)
    receiver.stop()
    assert run() == (1, 1)
    assert len(other.messages) == 1
    shown = as_user("admin").text("/reminders")
    assert "没有应答" in shown and "未送达" in shown
    assert run(timedelta(minutes=10)) == (0, 0)
    assert run(timedelta(minutes=16)) == (0, 1)
    assert run(timedelta(minutes=40)) == (0, 0)
    receiver.start()
    assert run(timedelta(minutes=47)) == (1, 0)
    assert len(receiver.messages) == 1 and len(other.messages) == 1
    assert "未送达" not in as_user("admin").text("/reminders")
    other.stop()


def test_a_channel_that_was_down_for_a_week_is_shown_and_then_brings_one_digest(
    work: str, receiver: HttpReceiver, set_channel: SetChannel, as_user: Browser
) -> None:
    set_channel("wang", receiver.address)
    receiver.status = 500
    for days in range(8):
        assert run(days * DAY) == (0, 1)
    with time_machine.travel(NOW + 7 * DAY, tick=True):
        office = as_user("admin")
        assert person("wang").name in office.text("/settings")
        assert "500" in office.text("/reminders")
        assert "未送达" in as_user("wang").text("/me")
        # Of today's digest nothing can be said yet; of the channel it can.
        assert conditions.queue(NOW + 7 * DAY).fault is False
    receiver.status = 200
    assert run(8 * DAY) == (1, 0)
    assert conditions.queue(NOW + 8 * DAY).fault is None
    assert len(receiver.messages) == 1
    assert states().count(DeliveryState.DROPPED) == 8


def test_a_group_gets_its_members_in_one_message_but_who_has_his_own_channel(
    work: str, receiver: HttpReceiver, set_channel: SetChannel
) -> None:
    own = HttpReceiver()
    north = db.session.scalars(sa.select(Team.id).where(Team.name_zh == cast.TEAMS["north"][0])).one()
    assert set_channel(f"team:{north}", receiver.address) == 302
    assert set_channel("wang", own.address) == 302
    assert set_channel("managers", receiver.address) == 302
    sent, failed = run()
    assert failed == 0 and sent >= 2
    assert len(own.messages) == 1
    of_team = [text for text in receiver.texts if person("zhao").name in text]
    assert len(of_team) == 1
    assert person("wang").name not in of_team[0] and person("chen").name not in of_team[0]
    own.stop()


def test_quiet_hours_are_kept(app: Flask, work: str, receiver: HttpReceiver, set_channel: SetChannel) -> None:
    set_channel("wang", receiver.address)
    settings.write({"quiet_from": "9", "quiet_to": "11"}, actor=None, now=NOW)
    db.session.commit()

    def told(*words: str) -> str:
        result = app.test_cli_runner().invoke(args=words)
        assert result.exit_code == 0, result.output
        return result.output

    assert "1 digests prepared" in told("nightly")
    assert "quiet hours" in told("reminders", "send")
    assert receiver.messages == []
    with time_machine.travel(NOW + timedelta(hours=1), tick=True):
        assert "1 digests sent, 0 wait" in told("reminders", "send")
    assert len(receiver.messages) == 1


@pytest.mark.parametrize(
    ("begins", "ends", "hour", "quiet"),
    [
        (20, 7, 21, True),
        (20, 7, 3, True),
        (20, 7, 7, False),
        (20, 7, 19, False),
        (1, 6, 5, True),
        (8, 8, 8, False),
    ],
)
def test_quiet_hours_may_go_over_midnight(app: Flask, begins: int, ends: int, hour: int, quiet: bool) -> None:
    from xuncha.core.clock import at, local_day
    from xuncha.reminders.deliveries import is_quiet

    settings.write({"quiet_from": str(begins), "quiet_to": str(ends)}, actor=None, now=NOW)
    assert is_quiet(at(local_day(NOW), hour)) is quiet


def test_a_long_digest_comes_in_parts_and_whole(app: Flask, receiver: HttpReceiver) -> None:
    lines = [f"- 第{number}家企业 · 隐患编号{number:05}" for number in range(1500)]
    secret = channels.seal(receiver.address)
    assert channels.send(secret, "安全巡查", "\n".join(lines)).fault is None
    assert len(receiver.messages) > 1
    assert max(len(text.encode()) for text in receiver.texts) <= 32768
    told = "\n".join(receiver.texts).splitlines()
    assert [line.strip() for line in told if line.strip()] == lines


def test_mail_arrives_by_a_real_smtp_server(work: str, set_channel: SetChannel) -> None:
    with smtp_server() as (port, box):
        address = f"mailto://127.0.0.1:{port}/?from=xuncha@zone.cn&to=sun@huaxin.cn"
        assert set_channel("officer", address) == 302
        assert [run(), run()] == [(1, 0), (0, 0)]
    (mail,) = box.mails
    assert mail["To"] is not None and "sun@huaxin.cn" in mail["To"]
    assert "安全巡查" in mail["Subject"]
    body = mail.get_body(("plain", "html"))
    assert body is not None and work in body.get_content()


def test_a_dead_mail_server_is_said(work: str, set_channel: SetChannel) -> None:
    with smtp_server() as (port, _box):
        set_channel("officer", f"mailto://127.0.0.1:{port}/?from=xuncha@zone.cn&to=sun@huaxin.cn")
    assert run() == (0, 1)
    (row,) = db.session.scalars(sa.select(Delivery))
    assert (row.fault, row.state) == (Fault.UNREACHABLE, DeliveryState.PENDING)


def test_after_a_change_of_the_key_the_address_is_asked_for(
    app: Flask, work: str, receiver: HttpReceiver, set_channel: SetChannel, user: Callable[[str], User]
) -> None:
    set_channel("wang", receiver.address)
    app.config["SECRET_KEY"] = "another"
    assert run() == (0, 1)
    app.config["SECRET_KEY_FALLBACKS"] = ["test"]
    assert run(timedelta(hours=1)) == (1, 0)
