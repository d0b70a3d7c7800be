"""The `flask` commands that offices and scripts use."""

from __future__ import annotations

import errno
import socket
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import with_appcontext

from . import config
from .accounts.commands import users
from .accounts.models import User
from .core.db import db
from .doctor import doctor


@click.command("serve")
@click.option(
    "--demo", is_flag=True, help="Load the demo zone when the database is empty, and print its sign-ins."
)
@with_appcontext
def serve(demo: bool) -> None:
    """Bring the database up to date and serve until stopped."""
    import waitress
    from flask_migrate import upgrade

    host, port = config.read("HOST"), int(config.read("PORT"))
    _demand_free(host, port)
    upgrade()
    if demo:
        _demo()
    db.session.remove()
    app: Any = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's target
    click.echo(f"Xuncha: http://{host}:{port}  (stop with Ctrl-C)")
    # Waitress takes a request whole before a thread sees it: stalled phones hold no thread.
    waitress.serve(
        app,
        host=host,
        port=port,
        threads=int(config.read("XUNCHA_THREADS")),
        connection_limit=1000,
        channel_timeout=120,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
        ident=None,
    )


def _demand_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise click.ClickException(
                    f"port {port} is taken; choose another: PORT=8001 make run"
                ) from None
            raise


def _demo() -> None:
    from .demo.commands import load_into_empty, print_sign_ins

    if db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0:
        load_into_empty()
    print_sign_ins()


def set_up(app: Flask) -> None:
    """Register every command."""
    for command in (users, serve, doctor):
        app.cli.add_command(command)
