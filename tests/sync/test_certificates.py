"""`flask cert`: a private authority and a certificate that a client trusting it accepts; the page that shows phones how."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest
from flask import Flask
from tests.conftest import build
from tests.house import House


def run(app: Flask, *words: str) -> object:
    return app.test_cli_runner().invoke(args=["cert", *words])


def handshake(folder: Path, name: str) -> str:
    """Connect to a server with the made certificate, trusting only the made authority; the subject it proved."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.crt", folder / "server.key")
    client = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _address = listener.accept()
            try:
                server.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            with (
                socket.create_connection(listener.getsockname(), timeout=5) as plain,
                client.wrap_socket(plain, server_hostname=name) as secure,
            ):
                return str(secure.version())
        finally:
            thread.join(5)


@pytest.mark.parametrize("name", ["xuncha.zone", "127.0.0.1"])
def test_a_client_that_trusts_the_authority_accepts_the_server(app: Flask, tmp_path: Path, name: str) -> None:
    result = run(app, "--host", "xuncha.zone", "--host", "127.0.0.1", "--out", str(tmp_path / "tls"))
    assert result.exit_code == 0, result.output
    assert handshake(tmp_path / "tls", name).startswith("TLS")


def test_another_name_is_refused_and_the_keys_are_closed(app: Flask, tmp_path: Path) -> None:
    run(app, "--host", "xuncha.zone", "--out", str(tmp_path / "tls"))
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path / "tls", "elsewhere.zone")
    for key in ("ca.key", "server.key"):
        assert (tmp_path / "tls" / key).stat().st_mode & 0o077 == 0


def test_a_second_run_keeps_the_authority_that_phones_trust(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    run(app, "--host", "xuncha.zone", "--out", str(folder))
    authority, leaf = (folder / "ca.crt").read_bytes(), (folder / "server.crt").read_bytes()
    run(app, "--host", "xuncha.zone", "--out", str(folder))
    assert (folder / "ca.crt").read_bytes() == authority
    assert (folder / "server.crt").read_bytes() != leaf


@pytest.mark.parametrize(
    "words", [["--host", "bad name!"], ["--host", "x", "--days", "5000"], ["--host", "x", "--days", "0"]]
)
def test_what_cannot_be_certified_is_said_without_a_trace(
    app: Flask, tmp_path: Path, words: list[str]
) -> None:
    result = run(app, *words, "--out", str(tmp_path / "tls"))
    assert result.exit_code != 0
    assert "Error" in result.output and "Traceback" not in result.output


def test_phones_get_the_certificate_only_where_one_is_set(app: Flask, client: House, tmp_path: Path) -> None:
    assert client.get("/trust").status_code == 200
    assert client.get("/trust/ca.crt").status_code == 404
    run(app, "--host", "xuncha.zone", "--out", str(tmp_path / "tls"))
    folder = tmp_path / "other"
    folder.mkdir()
    own = build(f"sqlite:///{folder / 'x.db'}", folder, CA_FILE=str(tmp_path / "tls" / "ca.crt"))
    answer = own.test_client().get("/trust/ca.crt")
    assert answer.status_code == 200
    assert answer.mimetype == "application/x-x509-ca-cert"
    assert b"PRIVATE" not in answer.data
