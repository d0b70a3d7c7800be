"""`flask demo`: fill an empty database with the demo zone, and say how to sign in."""

from __future__ import annotations

import gc

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from ..accounts.models import User
from ..checklists.loading import load_seed
from ..core import settings
from ..core.clock import today, utcnow
from ..core.db import commit, db
from ..core.schema_version import needs_tables
from ..enterprises.models import Site
from ..schedule.loading import load_calendar
from ..stats.totals import rebuild
from .people_and_sites import PASSWORD, read
from .province import SEED

demo = AppGroup("demo", help="The invented zone for trying the product.")

SIGN_INS = (
    ("admin", "office administrator"),
    ("leader", "leader in charge"),
    ("lead1", "lead of team 1 (lead2, lead3: the other teams)"),
    ("shenyichuan", "supervisor with something in every state"),
    ("zhuanjia1", "expert (to zhuanjia4)"),
    ("qy01", "safety officer of an enterprise (to qy30)"),
    ("fzr01", "principal of the same enterprise (to fzr06)"),
    ("auditor", "auditor, read only"),
)
SIGN_INS_OF_PROVINCE = (
    ("admin", "office administrator"),
    ("leader", "leader in charge"),
    ("lead1", "lead of team 1 (lead2 and so on: the other teams)"),
    ("shenyichuan", "supervisor of team 1"),
    ("zhuanjia1", "expert (zhuanjia2 and so on)"),
    ("qy01", "safety officer of an enterprise (qy02 and so on)"),
    ("fzr01", "principal of the same enterprise (to fzr06)"),
    ("auditor", "auditor, read only"),
)


@demo.command("load")
@needs_tables
def load() -> None:
    """Fill an empty database with the demo zone."""
    load_into_empty()
    print_sign_ins()


@demo.command("province")
@click.option(
    "--enterprises", type=click.IntRange(10, 20_000), default=10_000, show_default=True, help="How many."
)
@click.option(
    "--years", type=click.IntRange(1, 6), default=5, show_default=True, help="The last of them is this year."
)
@click.option(
    "--seed", type=int, default=SEED, show_default=True, help="The same seed on the same day: the same rows."
)
@needs_tables
def province(enterprises: int, years: int, seed: int) -> None:
    """Fill an empty database with the data of a province, in bulk and without photos, for trying it at size."""
    from .province.load import load as load_province  # loaded by this command, by no server

    _demand_empty()
    click.echo(f"Making a province of {enterprises:,} enterprises over {years} years …")
    _prepare()
    commit()
    written = load_province(enterprises, years, seed, today(), click.echo)
    click.echo("Making the figures …")
    rebuild.make(db.session.connection())
    commit()
    for table, count in written.items():
        click.echo(f"  {count:>10,} {table}")
    _say(SIGN_INS_OF_PROVINCE)


def _demand_empty() -> None:
    if any(db.session.scalar(sa.select(sa.exists(sa.select(table.id)))) for table in (User, Site)):
        raise click.ClickException(
            "the database is not empty: demo data is only made in an empty one. "
            "Name an empty folder in XUNCHA_DATA."
        )


def _prepare() -> None:
    """What every office has before its people and sites."""
    _set_up()
    load_seed(now=utcnow())
    load_calendar()


def load_into_empty() -> None:
    """Make the demo zone relative to today. Raises ClickException when anybody or anything is there already."""
    from .simulation import live

    _demand_empty()
    click.echo("Making the demo zone: about two minutes …")
    session = db.session()
    expiring, session.expire_on_commit = session.expire_on_commit, False
    thresholds = gc.get_threshold()
    gc.set_threshold(
        100_000, 50, 100
    )  # a hundred thousand rows in a row: looking for garbage is a tenth of the time
    try:
        _prepare()
        live(today())
        commit()
    finally:
        gc.set_threshold(*thresholds)
        session.expire_on_commit = expiring
        db.session.remove()


def _set_up() -> None:
    """An office that named no zone of its own gets the demo zone's name on pages and papers, and no first steps."""
    names, now = read("names")["zone"], settings.values()
    wanted = {settings.FIRST_STEPS: settings.AWAY}
    for name in ("zone", "org"):
        if not any(now[f"{name}_{lang}"] for lang in ("zh", "en")):
            wanted |= {f"{name}_{lang}": names[f"{name}_{lang}"] for lang in ("zh", "en")}
    if not now["office_phone"]:
        wanted["office_phone"] = names["office_phone"]
    if not any(now[key] != "0" for key in settings.CAPS):
        wanted |= read("names")["caps"]
    settings.write(wanted, actor=None, now=utcnow())


def print_sign_ins() -> None:
    """Say who can sign in, if the database holds the demo zone."""
    people = set(db.session.scalars(sa.select(User.username)))
    if not people.issuperset(username for username, _ in SIGN_INS):
        return
    _set_up()  # a demo zone of an earlier release has no name in its database
    commit()
    _say(SIGN_INS)


def _say(sign_ins: tuple[tuple[str, str], ...]) -> None:
    click.echo(f"Demo zone. Everybody's password: {PASSWORD}")
    for username, meaning in sign_ins:
        click.echo(f"  {username:<12} {meaning}")
