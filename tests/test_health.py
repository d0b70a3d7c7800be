"""What a monitor and an operator see of a running site, and under which names it answers."""

import errno
import os

import pytest
from flask import Flask

from xuncha.version import VERSION


def test_health_tells_version_and_that_all_is_well(app: Flask) -> None:
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "version": VERSION, "checks": {"database": "ok", "storage": "ok"}}


def test_health_is_red_when_the_disk_takes_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.house.check_answer", lambda _response: None)  # it refuses every 5xx

    def fail(_file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": "ok", "storage": "fault"}


@pytest.mark.parametrize(
    ("host", "status"),
    [("zone.example", 200), ("zone.example:8443", 200), ("m.zone.cn", 200), ("evil.example", 400), ("", 400)],
)
def test_only_the_names_of_the_site_are_answered(
    app: Flask, monkeypatch: pytest.MonkeyPatch, host: str, status: int
) -> None:
    monkeypatch.setitem(app.config, "HOSTS", ["zone.example", ".zone.cn"])
    answer = app.test_client().get("/sign-in", headers={"Host": host})
    assert answer.status_code == status
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_every_name_is_answered_while_none_is_set(app: Flask) -> None:
    assert app.test_client().get("/sign-in", headers={"Host": "anything.example"}).status_code == 200


def test_the_sign_in_page_tells_the_version(app: Flask) -> None:
    assert f"Xuncha {VERSION}" in app.test_client().get("/sign-in").text
