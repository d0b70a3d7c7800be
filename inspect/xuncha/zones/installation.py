"""The installation of many zones as `flask` and servers see it: it answers by the zones, and its commands are about them."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from .. import cli, config
from ..core.db import db, limit_statements
from ..core.schema_version import is_current
from ..operations.opening import CannotOpen
from .declared import Zone, ZonesFault, read
from .dispatcher import Dispatcher

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Build = Callable[..., Flask]
NAME_ONE = "this works on one zone: name it (XUNCHA_ZONE=KEY flask …), or use flask zones each …"


class Installation(Flask):
    """What stands before the zones; it has no page and no database of its own."""

    def __init__(self, zones: Dispatcher) -> None:
        super().__init__(__name__, static_folder=None)
        self.zones = zones
        self.config["PROXIES"] = int(config.read("XUNCHA_PROXIES"))
        self.config["MAX_CONTENT_LENGTH"] = int(config.read("XUNCHA_MAX_UPLOAD_MB")) * 1024 * 1024

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer by the zone of the host that the client named; each zone reads the proxies' headers again."""
        hops = self.config["PROXIES"]
        answer: Any = ProxyFix(self.zones, x_for=hops, x_proto=hops, x_host=hops) if hops else self.zones
        found: Iterable[bytes] = answer(environ, start_response)
        return found


def _refuse(**_given: object) -> None:
    raise click.ClickException(NAME_ONE)


def reopen() -> None:
    """Serve a zone that could not be opened before. Raises CannotOpen while its tables are not of this release."""
    try:
        if not is_current():
            raise CannotOpen(
                "its database is not of this release: restart the server, which brings it up to date"
            )
        for engine in db.engines.values():
            limit_statements(engine, int(config.read("XUNCHA_DB_TIMEOUT_S")))
    finally:
        db.session.remove()


def dispatcher_of(build: Build, base: Mapping[str, str]) -> Dispatcher:
    """The zones of the file that an environment names. Raises ClickException for a fault in it."""
    try:
        zones = read(Path(config.read("XUNCHA_ZONES", base)), base)
    except ZonesFault as problem:
        raise click.ClickException(str(problem)) from None

    def made(zone: Zone) -> Flask:
        return build(zone.environment, PROVINCE=zone.province, ZONE_HOSTS=zone.hosts)

    return Dispatcher(zones, made, reopen)


def application(build: Build) -> Flask:
    """The installation of the file that XUNCHA_ZONES names, or the one zone of it that XUNCHA_ZONE names."""
    from .commands import serve, zones

    base = {name: value for name, value in os.environ.items() if name != "XUNCHA_ZONE"}
    found, key = dispatcher_of(build, base), os.environ.get("XUNCHA_ZONE", "")
    if key:
        if key not in found.zones:
            raise click.ClickException(
                f"XUNCHA_ZONE: there is no zone {key}; there are {', '.join(found.zones)}"
            )
        os.environ.update(found.zones[key].environment)  # commands read their settings there
        return found.app(key)
    made = Installation(found)
    cli.set_up(made)
    for name, command in list(made.cli.commands.items()):
        refusing = copy.copy(command)  # the command itself is the one of every application of this process
        refusing.callback = _refuse
        made.cli.add_command(refusing, name)
    made.cli.add_command(serve)
    made.cli.add_command(zones)
    return made
