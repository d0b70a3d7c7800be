"""`flask photos`: what a timer does with photos that have arrived."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from ..core.schema_version import needs_tables
from .likeness import print_new

photos = AppGroup("photos", help="Photos that look like earlier ones.")


@photos.command("compare")
@needs_tables
def compare() -> None:
    """Compare the photos that are new with earlier ones; running it again does nothing (flask nightly does it too)."""
    click.echo(f"{print_new()} photos compared with earlier ones")
