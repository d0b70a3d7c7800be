"""`flask backup`, `flask restore` and `flask upgrade`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from ..core.clock import utcnow
from . import encryption, manifest, restoration, retention, upgrading
from .backup import take
from .encryption import Key
from .faults import told
from .manifest import Backup
from .places import place_at
from .verification import damages

ADDRESS = click.argument("address", metavar="DIR|s3://…")
KEY_FILE = click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Key of encrypted backups (flask backup key FILE, or age-keygen).",
)


class TakesByDefault(AppGroup):
    """A group whose first word may also be the place of `flask backup DIR`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in where none is named."""
        if args and args[0] not in self.commands and args[0] not in self.get_help_option_names(ctx):
            args = ["take", *args]
        return super().parse_args(ctx, args)


backup = TakesByDefault(
    "backup", help="Back up database and photos: flask backup DIR (or s3://…), or one of the commands below."
)


def key_of(path: Path | None) -> Key | None:
    """The key in a file, where one is named."""
    return encryption.read_key(path) if path else None


@backup.command("take", short_help="Back up (the word may be left out: flask backup DIR).")
@ADDRESS
@KEY_FILE
@click.option(
    "--keep-daily",
    default=0,
    type=click.IntRange(0, 9999),
    help="Then keep one backup of each of the last days.",
)
@click.option("--keep-weekly", default=0, type=click.IntRange(0, 9999), help="… of each of the last weeks.")
@click.option("--keep-monthly", default=0, type=click.IntRange(0, 9999), help="… of each of the last months.")
@told
def take_one(
    address: str, key_file: Path | None, keep_daily: int, keep_weekly: int, keep_monthly: int
) -> None:
    """Back up database and photos below DIR (a folder, or a bucket s3://…), while the zone is in use."""
    place = place_at(address)
    made = take(place, key=key_of(key_file), now=utcnow())
    _tell(made)
    keep = retention.Keep(keep_daily, keep_weekly, keep_monthly)
    for name in retention.prune(place, keep, upgrading.needed_in(place)):
        click.echo(f"deleted {place.shown(name)}")
    if made.manifest.lacking:
        raise click.ClickException(
            f"{len(made.manifest.lacking)} photos are missing or damaged on the server and in no earlier backup here:"
            f" {', '.join(made.manifest.lacking[:5])}. Run `flask scrub`"
        )


def _tell(made: Backup) -> None:
    what = made.manifest
    click.echo(
        f"{made.shown}: {what.outcome}; release {what.version}, tables {what.revision}, {what.counts.get('checks', 0)} checks,"
        f" {what.photos} photos ({what.photo_bytes >> 20} MB)"
        + (f", encrypted for {what.recipient}" if what.recipient else "")
    )


@backup.command("verify")
@ADDRESS
@KEY_FILE
@told
def verify(address: str, key_file: Path | None) -> None:
    """Open every file of the newest backup in DIR (or of the one that DIR is); exit status 1 when one is damaged."""
    found = manifest.find(address)
    faults = list(damages(found, key_of(key_file)))
    for fault in faults:
        click.echo(f"damaged: {fault}")
    if faults:
        raise click.ClickException(f"{found.shown}: {len(faults)} files are damaged")
    _tell(found)
    for sha256 in found.manifest.lacking:
        click.echo(f"was missing or damaged when it was made: photo {sha256}")


@backup.command("list")
@ADDRESS
@told
def list_all(address: str) -> None:
    """The backups in DIR, the oldest first."""
    place = place_at(address)
    for name in place.finished():
        _tell(manifest.read(place, name))


@backup.command("key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@told
def key(file: Path) -> None:
    """Write a new key for encrypted backups; keep a copy of it away from the server."""
    made = encryption.make_key(file)
    click.echo(f"{file}: {made.recipient}")
    click.echo("Without this file no encrypted backup can be opened by anybody: keep a copy off the server.")


@click.command("restore")
@ADDRESS
@KEY_FILE
@click.option("--photo", "photos", multiple=True, help="Put only this photo back (SHA-256); may be repeated.")
@with_appcontext
@told
def restore(address: str, key_file: Path | None, photos: tuple[str, ...]) -> None:
    """Restore the newest backup in DIR (or the one that DIR is) into an empty database and data folder."""
    found = manifest.find(address)
    if photos:
        lacking = restoration.mend(found, photos, key_of(key_file))
        click.echo(f"{len(photos) - len(lacking)} photos put back from {found.shown}")
        if lacking:
            raise click.ClickException(f"not in this backup: {', '.join(lacking)}")
        return
    restoration.restore(found, key_of(key_file))
    click.echo(f"restored from {found.shown}; now start the server: flask serve")
    for sha256 in found.manifest.lacking:
        click.echo(f"was missing or damaged when the backup was made: photo {sha256}")


@click.command("upgrade")
@click.argument("address", metavar="DIR|s3://…", required=False)
@KEY_FILE
@click.option("--undo", is_flag=True, help="Put the backup made before the last upgrade back.")
@click.option("--lose-newer", is_flag=True, help="With --undo: also when rows were added since that backup.")
@with_appcontext
@told
def upgrade(address: str | None, key_file: Path | None, undo: bool, lose_newer: bool) -> None:
    """Back up into DIR, migrate the database to this release, and examine it; a failure leaves it as it was."""
    key = key_of(key_file)
    if undo:
        undone = upgrading.undo(key, lose_newer=lose_newer, now=utcnow())
        click.echo(
            f"{undone.restored.shown} stands again; what stood until now is kept in {undone.replaced.shown}"
        )
        click.echo(
            "Now put the former release back and start its server: until then everybody is told to come back later."
        )
        return
    if address is None:
        raise click.UsageError("name the folder for the backup that is made first: flask upgrade DIR")
    done = upgrading.upgrade(place_at(address), key, now=utcnow())
    click.echo(f"tables {done.before} to {done.after}; backup before it: {done.backup}")
    click.echo(
        "Now restart the server: until then everybody is told to come back later. Back again: flask upgrade --undo"
    )
