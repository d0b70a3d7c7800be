"""`flask exchange`: signed files between two installations whose networks are apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click
from flask.cli import with_appcontext

from ..core.clock import today, utcnow
from ..core.db import commit
from ..core.errors import Refused
from ..core.schema_version import needs_tables
from ..stats.figures import Period
from . import editions, signed_files
from . import exchange as exchanges
from .signed_files import ExchangeFault

P = ParamSpec("P")
DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


def _told(callback: Callable[P, None]) -> Callable[P, None]:
    """A command on the data that says in words what it refuses."""

    @with_appcontext
    @needs_tables
    @wraps(callback)
    def run(*given: P.args, **named: P.kwargs) -> None:
        try:
            callback(*given, **named)
        except (ExchangeFault, Refused) as problem:
            raise click.ClickException(str(problem)) from None

    return run


@click.group("exchange")
def exchange() -> None:
    """Signed files between two installations: checklists and laws downwards, figures upwards."""


@exchange.command("key")
@_told
def show_key() -> None:
    """Print the public key of this zone; the pair is made on first use and lies in the data folder."""
    click.echo(signed_files.public_key())


@exchange.command("trust")
@click.argument("name")
@click.argument("key")
@_told
def trust(name: str, key: str) -> None:
    """Believe files that are signed with KEY as those of NAME. Compare the key by telephone or on paper first."""
    exchanges.trust(name, key.strip().lower(), utcnow())
    commit()
    click.echo(f"files of {name} are believed from now on")


@exchange.command("forget")
@click.argument("name")
@_told
def forget(name: str) -> None:
    """Believe no further file of NAME; what was taken stays."""
    exchanges.forget(name)
    commit()
    click.echo(f"files of {name} are believed no more")


@exchange.command("partners")
@_told
def list_partners() -> None:
    """Whose files are believed here."""
    for one in exchanges.partners():
        click.echo(f"{one.key}  {one.public_key}")


@exchange.command("publish")
@_told
def publish() -> None:
    """Put the checklists in use and the laws together as the next edition."""
    content = editions.publish(utcnow())
    commit()
    click.echo(
        f"edition {content['number']}: {len(content['checklists'])} checklists, {len(content['laws'])} laws"
    )


@exchange.command("write-edition")
@click.argument("name")
@FILE
@_told
def write_edition(name: str, file: Path) -> None:
    """Write the newest edition for NAME into FILE."""
    _write(file, exchanges.edition_for(name))


@exchange.command("write-figures")
@click.argument("name")
@FILE
@click.option("--from", "first", required=True, type=DAY, help="First day of the period.")
@click.option("--to", "last", required=True, type=DAY, help="Its last day.")
@click.option("--as-of", type=DAY, help="As of the end of this day; by default the last day, or today.")
@_told
def write_figures(name: str, file: Path, first: datetime, last: datetime, as_of: datetime | None) -> None:
    """Write the figures of a period for NAME into FILE."""
    day = as_of.date() if as_of else None
    period = Period.between(first.date(), last.date(), day, today=today())
    _write(file, exchanges.figures_for(name, period, utcnow()))
    commit()


def _write(file: Path, data: bytes) -> None:
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_bytes(data)
        part.replace(file)
    except OSError as problem:
        raise ExchangeFault(f"{file}: {problem.strerror}") from None
    click.echo(f"{file}: {len(data)} bytes")


@exchange.command("read")
@FILE
@_told
def read(file: Path) -> None:
    """Take what FILE brings; refused whole, before anything is touched, where anything does not fit."""
    opened = exchanges.take(signed_files.read_path(file), utcnow())
    commit()
    click.echo(f"{opened.kind.value} {opened.number} of {opened.partner} is taken")
