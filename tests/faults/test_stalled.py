"""Stalled phones shut nobody out (P2): half-sent uploads hold no thread of the shipped server."""

import shutil
import socket
import threading
from pathlib import Path

import waitress
from flask import Flask
from waitress.adjustments import Adjustments

from tests.faults.stalled import HEAD, latencies, stalled
from tests.served import Served
from xuncha import serving
from xuncha.serving import web_worker


def test_sixty_half_sent_uploads_hold_nobody_up(settled: Path, tmp_path: Path) -> None:
    shutil.copy(settled, tmp_path / "xuncha.db")
    served = Served(tmp_path).start()
    try:
        with stalled(served.port, 60):
            assert len(latencies(f"{served.url}/sign-in", 9)) == 9
    finally:
        served.kill()


def test_a_stalled_upload_is_dropped_within_two_minutes(app: Flask) -> None:
    given = web_worker.options(app)
    shipped = Adjustments(**given)
    assert shipped.channel_timeout + shipped.cleanup_interval <= 120
    # The same server in a hurry: what the settings mean.
    hurry = given | {"channel_timeout": 1, "cleanup_interval": 1}
    server = waitress.create_server(app, sockets=serving.bind("127.0.0.1", 0), **hurry)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with socket.create_connection(("127.0.0.1", int(server.effective_port)), timeout=10) as phone:
        phone.sendall(HEAD + b"\xff" * 100_000)
        assert phone.recv(1) == b""
    server.close()
    thread.join(5)
