"""The alarm about the certificate that browsers get at the public address."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from socket import create_server

import pytest
import time_machine
from cryptography import x509
from flask import Flask

from xuncha.core.certificates import SERVER_CERT, SERVER_KEY
from xuncha.core.db import db


@contextmanager
def secured(folder: Path) -> Iterator[int]:
    """A server on the loopback with the certificate of a folder; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / SERVER_CERT, folder / SERVER_KEY)
    with create_server(("127.0.0.1", 0)) as plain, context.wrap_socket(plain, server_side=True) as server:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    server.accept()[0].close()

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]


@pytest.fixture
def line_of(app: Flask, tmp_path: Path) -> Callable[[timedelta], str]:
    """What `flask alarms` says of a certificate so long before its end."""
    made = app.test_cli_runner().invoke(args=["cert", "--host", "localhost", "--out", str(tmp_path / "tls")])
    assert made.exit_code == 0, made.output

    end = x509.load_pem_x509_certificate((tmp_path / "tls" / SERVER_CERT).read_bytes()).not_valid_after_utc

    def at(left: timedelta) -> str:
        with secured(tmp_path / "tls") as port:
            app.config["PUBLIC_URL"] = f"https://localhost:{port}"
            db.session.rollback()
            with time_machine.travel(end - left, tick=True):
                output = app.test_cli_runner().invoke(args=["alarms"]).output
        return next((line for line in output.splitlines() if line.startswith("certificate: ")), "")

    return at


@pytest.mark.parametrize(
    ("left", "words"), [(30, ""), (22, ""), (20, "holds for 20 days."), (-2, "ended 2 days ago.")]
)
def test_it_is_told_three_weeks_before_the_end(
    line_of: Callable[[timedelta], str], left: int, words: str
) -> None:
    told = line_of(timedelta(days=left, minutes=5 if left > 0 else -5))
    assert told.endswith(words) if words else told == ""


def test_an_address_that_does_not_answer_is_told(app: Flask) -> None:
    app.config["PUBLIC_URL"] = "https://127.0.0.1:9"
    db.session.rollback()
    output = app.test_cli_runner().invoke(args=["alarms"]).output
    assert "certificate: https://127.0.0.1:9 does not answer with a certificate." in output
