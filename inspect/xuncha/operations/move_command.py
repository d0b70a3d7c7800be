"""`flask move`: carry the zone to another database."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from ..core.schema_version import needs_tables
from . import move as moving


@click.command("move")
@click.option("--to", "url", required=True, help="Database to fill: sqlite:///… or postgresql+psycopg://…")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Data folder of the new installation: photos and the secret key are copied there.",
)
@with_appcontext
@needs_tables
def move(url: str, data: Path | None) -> None:
    """Carry this zone to another database, and prove by digests that all of it arrived.

    The zone is only read and may be in use. A run that was cut goes on where it was, and another run takes what changed since:
    for the last one stop the server, then start it with DATABASE_URL set to the new database.
    """
    try:
        moved = moving.move(url, data)
    except moving.CannotMove as problem:
        raise click.ClickException(str(problem)) from None
    except sa.exc.ArgumentError:
        raise click.ClickException(f"not an address of a database: {url}") from None
    except sa.exc.DBAPIError as problem:
        raise click.ClickException(f"the database failed: {problem.orig}. Run the command again.") from None
    for table in moved.tables:
        if table.rows:
            click.echo(f"{table.table:32} {table.rows:>9} rows  {table.digest[:16]}")
    click.echo(
        f"{sum(table.rows for table in moved.tables)} rows in {len(moved.tables)} tables, equal by digest"
    )
    if data:
        click.echo(f"{moved.photos} photos copied, {moved.photos_there} were there or are damaged here")
