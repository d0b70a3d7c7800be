"""Stalled phones shut nobody out (P2): half-sent uploads hold no thread of the shipped server."""

import shutil
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
import waitress
from flask import Flask
from waitress.adjustments import Adjustments

from tests.faults.stalled import HEAD, latencies, stalled
from tests.served import Served, free_port


def test_sixty_half_sent_uploads_hold_nobody_up(settled: Path, tmp_path: Path) -> None:
    shutil.copy(settled, tmp_path / "xuncha.db")
    served = Served(tmp_path).start()
    try:
        with stalled(served.port, 60):
            assert len(latencies(f"{served.url}/sign-in", 9)) == 9
    finally:
        served.kill()


def test_a_stalled_upload_is_dropped_within_two_minutes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(waitress, "serve", lambda _app, **settings: given.update(settings))
    monkeypatch.setenv("PORT", str(free_port()))
    done = app.test_cli_runner().invoke(args=["serve"])
    assert done.exit_code == 0, done.output
    shipped = Adjustments(**given)
    assert shipped.channel_timeout + shipped.cleanup_interval <= 120
    # The same server in a hurry: what the settings mean.
    server = waitress.create_server(app, **given | {"channel_timeout": 1, "cleanup_interval": 1})
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with socket.create_connection(("127.0.0.1", given["port"]), timeout=10) as phone:
        phone.sendall(HEAD + b"\xff" * 100_000)
        assert phone.recv(1) == b""
    server.close()
    thread.join(5)
