"""`flask map`: the outline of the zone from a file, for who sets the server up."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from ..core.clock import utcnow
from ..core.db import commit
from ..core.errors import Refused
from ..core.i18n import sentence, use_language
from ..core.schema_version import needs_tables
from . import actions

zone_map = AppGroup("map", help="The map of the zone.")


@zone_map.command("outline")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@needs_tables
def bring_outline(file: Path) -> None:
    """Draw the map from the outline in a GeoJSON FILE, in WGS-84."""
    try:
        row = actions.bring_outline(file.read_bytes(), file.name, actor=None, now=utcnow())
    except Refused as problem:
        with use_language("en"):
            raise click.ClickException(sentence(problem)) from None
    commit()
    click.echo(f"{row.name}: {len(row.rings)} rings, {row.points} points")
