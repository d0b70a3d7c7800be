"""`flask scrub` reads every photo again; `flask photos` compares new ones and carries all to another store."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup, with_appcontext

from ..core.db import db, release
from ..core.schema_version import needs_tables
from .likeness import print_new
from .models import Photo
from .queries import store
from .store import Damage, PhotoStore


@click.command("scrub")
@with_appcontext
@needs_tables
def scrub() -> None:
    """Compare every photo with its hash; exit status 1 when one is missing or damaged (pages and papers then name it)."""
    expected = set(db.session.scalars(sa.select(Photo.sha256)))
    release()
    kept, faulty = store(), []
    for finding in kept.scrub(expected):
        click.echo(f"{finding.damage}: {finding.name}")
        if finding.damage is not Damage.STRAY:
            kept.note_damage(finding.name, finding.damage)
            faulty.append(finding.name)
    mended = kept.forget_mended(faulty)
    if mended:
        click.echo(f"{mended} are sound again")
    if faulty:
        raise click.ClickException(
            f"{len(faulty)} of {len(expected)} photos are missing or damaged: put them back with"
            " `flask restore DIR --photo SHA256`"
        )
    click.echo(f"{len(expected)} photos are as they were sent")


photos = AppGroup("photos", help="Photos: compare new ones with earlier ones, carry them to another store.")


@photos.command("compare")
def compare() -> None:
    """Compare the photos that are new with earlier ones; running it again does nothing (flask nightly does it too)."""
    click.echo(f"{print_new()} photos compared with earlier ones")


@photos.command("carry")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@needs_tables
def carry(folder: Path) -> None:
    """Put the photos of FOLDER (a data folder's `photos`) into the store in use, as PHOTO_STORE names it.

    What is there already is left alone, so a run that was cut goes on where it was.
    """
    source, target = PhotoStore(folder), store()
    hashes = set(db.session.scalars(sa.select(Photo.sha256)))
    release()
    carried, lacking = 0, 0
    for sha256 in sorted(hashes):
        if target.exists(sha256):
            continue
        if not source.verify(sha256):
            lacking += 1
            continue
        with source.open(sha256) as original:
            target.put(original, sha256=sha256)
        carried += 1
    click.echo(f"{carried} photos carried, {len(hashes) - carried - lacking} were there")
    if lacking:
        raise click.ClickException(f"{lacking} photos are in neither of them, or damaged: see flask scrub")
