"""Settings that do not fit are named in a sentence: by the doctor as faults, by every other command before it works."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.served import ROOT, Served

BROKEN = {
    "PORT": "abc",
    "XUNCHA_PROCESSES": "many",
    "XUNCHA_THREADS": "x",
    "XUNCHA_LEGAL_MODE": "bogus",
    "XUNCHA_FONT": "/nonexistent",
    "XUNCHA_MAX_UPLOAD_MB": "abc",
    "XUNCHA_HTTPS": "true",
    "XUNCHA_PROXIES": "-1",
    "XUNCHA_PUBLIC_URL": "safety.zone.cn",
    "XUNCHA_LINK_DAYS": "soon",
    "DATABASE_URL": "mysql://x",
}


def flask(data: Path, settings: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    environment = Served(data, settings=settings).environment()
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_doctor_names_every_broken_setting(tmp_path: Path) -> None:
    done = flask(tmp_path, BROKEN | {"HOST": "203.0.113.7"}, "doctor")
    faults = [line for line in done.stdout.splitlines() if line.startswith("FAULT")]
    assert done.returncode == 1
    assert [name for name in [*BROKEN, "HOST"] if not any(f" {name}: " in line for line in faults)] == []
    assert "Traceback" not in done.stderr
    assert "mysql" not in done.stdout  # an address of a database holds a password


@pytest.mark.parametrize("words", ["users add anna --name x", "db upgrade", "routes"])
def test_no_command_works_on_broken_settings(tmp_path: Path, words: str) -> None:
    done = flask(tmp_path, {"DATABASE_URL": "mysql://x", "XUNCHA_MAX_UPLOAD_MB": "abc"}, *words.split())
    assert done.returncode in {1, 2}
    assert "Error: DATABASE_URL must be empty, sqlite:///… or postgresql://…" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "xuncha.db").exists()


@pytest.mark.parametrize("settings", [{"PORT": "99999"}, {"HOST": "203.0.113.7"}])
def test_the_server_says_where_it_cannot_listen(tmp_path: Path, settings: dict[str, str]) -> None:
    done = flask(tmp_path, settings, "serve")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ") and "Traceback" not in done.stderr


def test_what_is_too_large_is_refused_in_the_readers_language(tmp_path: Path) -> None:
    server = Served(tmp_path, settings={"XUNCHA_MAX_UPLOAD_MB": "1"}).start()
    try:
        asked = urllib.request.Request(
            f"{server.url}/sign-in", data=b"x" * 2_000_000, headers={"Accept-Language": "zh"}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked, timeout=20)
        assert refused.value.code == 413
        assert "内容过大" in refused.value.read().decode()
    finally:
        server.kill()
