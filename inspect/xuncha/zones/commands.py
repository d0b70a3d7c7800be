"""`flask serve` of an installation of many zones, and `flask zones`."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo, with_appcontext

from .. import cli, config, serving
from ..core.paths import running_app
from ..core.programs import pass_to_program
from ..operations.opening import open_zone, ready_to_fork
from .declared import ZonesFault, parse
from .dispatcher import Dispatcher
from .installation import Installation

log = logging.getLogger(__name__)


def _installation() -> Installation:
    app = running_app()
    assert isinstance(app, Installation)
    return app


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Bring the database of every zone up to date and serve all of them until stopped."""
    host, port = config.read("HOST"), int(config.read("PORT"))
    sockets, app = cli.bound(host, port), _installation()
    for zone in app.zones.zones.values():
        if fault := _open(app.zones, zone.key):
            click.echo(f"zone {zone.key} is not served: {fault}", err=True)
            app.zones.close(zone.key)
        click.echo(f"{zone.key}: {' '.join(zone.hosts)}")
    click.echo(f"Xuncha: {len(app.zones.zones)} zones, http://{host}:{port}  (stop with Ctrl-C)")
    serving.serve(app, sockets, app.zones.built())


def _open(zones: Dispatcher, key: str) -> str:
    """Open one zone; what hinders it. A zone that cannot be opened keeps no other one from being served."""
    try:
        with zones.app(key).app_context():
            open_zone()
            ready_to_fork()
    except (Exception, SystemExit) as problem:
        log.debug("zone %s", key, exc_info=True)
        return str(problem).partition("\n")[0] or type(problem).__name__
    return ""


@click.group("zones")
def zones() -> None:
    """The zones of this installation."""


@zones.command("list")
@with_appcontext
def list_zones() -> None:
    """Name every zone with its hosts, database, data folder and photos."""
    for zone in _installation().zones.zones.values():
        kind = "province" if zone.province else "zone"
        click.echo(f"{zone.key}  {kind}  {' '.join(zone.hosts)}  {zone.database}  {zone.data}  {zone.photos}")


@zones.command("add")
@click.argument("key")
@click.argument("hosts", nargs=-1, required=True)
@click.option("--province", is_flag=True, help="The zone that reads the figures of all others.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of this zone alone.")
@with_appcontext
def add_zone(key: str, hosts: tuple[str, ...], province: bool, settings: tuple[str, ...]) -> None:
    """Declare a zone at the end of the file; nothing is written unless all of it fits. Then restart the server."""
    path = Path(config.read("XUNCHA_ZONES"))
    lines = [f"[zones.{key}]", f"hosts = [{', '.join(map(_quoted, hosts))}]"]
    lines += ["province = true"] if province else []
    for one in settings:
        name, equals, value = one.partition("=")
        if not equals:
            raise click.UsageError(f"--set {one}: write NAME=VALUE")
        lines.append(f"{_quoted(name)} = {_quoted(value)}")
    text = path.read_text("utf-8").rstrip() + "\n\n" + "\n".join(lines) + "\n"
    try:
        parse(text, os.environ, name=str(path))
    except ZonesFault as problem:
        raise click.ClickException(str(problem)) from None
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8")
    part.replace(path)
    click.echo(f"{key} stands in {path}; now restart the server")


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escaped = "".join(f"\\u{ord(one):04X}" if one in '"\\' or ord(one) < 32 else one for one in text)
    return f'"{escaped}"'


@zones.command("each", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def each(ctx: click.Context, command: tuple[str, ...]) -> None:
    """Run a command for every zone, in a process of its own: flask zones each nightly. {zone} stands for the zone's key.

    A zone that fails does not stop the others; the exit status is 1 then, and the last line names it.
    """
    info = ctx.ensure_object(ScriptInfo)
    app: Flask = info.load_app()
    assert isinstance(app, Installation)
    failed = []
    for key in app.zones.zones:
        click.echo(f"== {key}")
        if pass_to_program(_words(info, key, command), {"XUNCHA_ZONE": key}):
            failed.append(key)
    if failed:
        sound = len(app.zones.zones) - len(failed)
        raise click.ClickException(f"failed for {', '.join(failed)}; done for {sound} zones")


def _words(info: ScriptInfo, key: str, command: tuple[str, ...]) -> list[str]:
    app = ["--app", info.app_import_path] if info.app_import_path else []
    return [sys.executable, "-m", "flask", *app, *(word.replace("{zone}", key) for word in command)]
