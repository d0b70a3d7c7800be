"""`flask scrub`: read every photo again, and remember those that the disk has lost or changed."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from ..core.db import db, release
from ..core.schema_version import needs_tables
from .models import Photo
from .queries import store
from .store import Damage


@click.command("scrub")
@with_appcontext
@needs_tables
def scrub() -> None:
    """Compare every photo with its hash; exit status 1 when one is missing or damaged (pages and papers then name it)."""
    expected = set(db.session.scalars(sa.select(Photo.sha256)))
    release()
    photos, faulty = store(), []
    for finding in photos.scrub(expected):
        click.echo(f"{finding.damage}: {finding.name}")
        if finding.damage is not Damage.STRAY:
            photos.note_damage(finding.name, finding.damage)
            faulty.append(finding.name)
    mended = photos.forget_mended(faulty)
    if mended:
        click.echo(f"{mended} are sound again")
    if faulty:
        raise click.ClickException(
            f"{len(faulty)} of {len(expected)} photos are missing or damaged: put them back with"
            " `flask restore DIR --photo SHA256`"
        )
    click.echo(f"{len(expected)} photos are as they were sent")
