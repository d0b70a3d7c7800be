"""`flask doctor`: versions, settings, storage, calendar, pending migrations; leaves with 1 when something is at fault."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from . import config
from .accounts.models import User
from .checks import legal_mode
from .core import maintenance, settings
from .core.clock import utcnow
from .core.db import db, sqlite_is_safe
from .core.paths import static_folder
from .core.schema_version import is_current
from .photos.queries import store
from .reports.layout import fonts, spare_fonts
from .stats.totals import rebuild
from .version import VERSION
from .watching import conditions

FIGURE_SAMPLE = 200


@dataclass(frozen=True)
class Finding:
    """One line of the examination; `fault` is None when all is well, True when it must be mended, False for a warning."""

    what: str
    value: str
    fault: bool | None = None


def _versions() -> Iterator[Finding]:
    yield Finding("xuncha", VERSION)
    yield Finding("python", sys.version.split()[0])
    for name in ("flask", "sqlalchemy", "reportlab", "pillow", "waitress"):
        yield Finding(name, importlib.metadata.version(name))


def _settings() -> Iterator[Finding]:
    for setting in config.SETTINGS:
        secret = setting.name in {
            "SECRET_KEY",
            "SECRET_KEY_OLD",
            "DATABASE_URL",
            "XUNCHA_METRICS_TOKEN",
        } and bool(setting.given)
        value = "(set)" if secret else setting.given or "(empty)"
        yield Finding(
            setting.name, f"{value} {setting.fault}" if setting.fault else value, bool(setting.fault) or None
        )
    if current_app.config["SESSION_COOKIE_SECURE"] and not current_app.config["HOSTS"]:
        yield Finding("XUNCHA_HOSTS", "any Host header is taken until the site's names are set", False)
    if not current_app.config["PUBLIC_URL"]:
        yield Finding(
            "XUNCHA_PUBLIC_URL",
            "notices carry no code that opens their page, and papers none that proves them, until it is set",
            False,
        )


def _listening() -> Iterator[Finding]:
    """A taken port is no fault: the server itself may hold it."""
    try:
        config.try_address(config.read("HOST"), 0)
    except OSError as problem:
        yield Finding("HOST", f"{config.read('HOST')}: {problem.strerror}", True)


def _database() -> Iterator[Finding]:
    connection = db.session.connection()
    name = connection.dialect.name
    if name == "sqlite":
        version = connection.exec_driver_sql("select sqlite_version(), sqlite_source_id()").one()
        safe = sqlite_is_safe(tuple(int(part) for part in version[0].split(".")))
        yield Finding("sqlite", f"{version[0]} ({version[1][:10]})", None if safe else True)
        mode = connection.exec_driver_sql("pragma journal_mode").scalar()
        yield Finding("journal", str(mode), None if mode == "wal" else False)
    else:
        yield Finding(name, str(connection.exec_driver_sql("show server_version").scalar()))
    if is_current():
        users = connection.scalar(sa.select(sa.func.count()).select_from(User))
        yield Finding("users", str(users), None if users else False)


def _kept() -> Iterator[Finding]:
    """What holds now of the settings that the office keeps on its page."""
    if not is_current():
        return
    values = settings.values()
    for key, one in config.KEPT.items():
        if key not in settings.given() and values[key] != one.default:
            yield Finding(f"setting {key}", values[key])
    if not values["org_zh"]:
        yield Finding("XUNCHA_ORG_ZH", "papers print no inspecting organ until it is set", False)
    if legal_mode.mode_proposed().value != values["legal_mode"]:
        yield Finding("XUNCHA_LEGAL_MODE", "enforcement needs XUNCHA_ENFORCEMENT; zone_check is used", False)


def _figures() -> Iterator[Finding]:
    """Whether the derived rows of the figures fit the hazards' events, by a sample."""
    if not is_current():
        return
    wrong = rebuild.sample_differences(db.session.connection(), FIGURE_SAMPLE)
    if wrong or not rebuild.is_current(db.session.connection()):
        yield Finding(
            "figures",
            f"{'; '.join(wrong[:3]) or 'made by other definitions'}: run `flask figures rebuild`",
            True,
        )
    else:
        yield Finding("figures", f"fit the events of up to {FIGURE_SAMPLE} hazards taken at random")


def _conditions() -> Iterator[Finding]:
    """What /readyz and the alarms look at too."""
    for name in conditions.ALL:
        one = conditions.look_at(name, utcnow())
        yield Finding(name, one.told, one.fault)


def _photos() -> Iterator[Finding]:
    damaged = store().damages()
    if damaged:
        told = f"{len(damaged)} missing or damaged, {', '.join(damaged[:3])}: see `flask scrub`"
        yield Finding("photos", told, True)


def _upgrade() -> Iterator[Finding]:
    if maintenance.is_on():
        yield Finding("upgrade", "requests are sent away until the server is started anew", False)


def _installed() -> Iterator[Finding]:
    for name in (
        "vendor/fonts/NotoSansSC-Regular.ttf",
        "vendor/fonts/NotoSansSC-Bold.ttf",
        "build/app.js",
        "build/app.css",
        "build/lists.css",
    ):
        there = (static_folder() / name).is_file()
        yield Finding(name, "installed" if there else "missing: run `make setup`", None if there else True)
    yield from _spare_fonts()


def _spare_fonts() -> Iterator[Finding]:
    """Papers print without them; a name that needs one then shows marks in place of its letters."""
    fonts.use(current_app.config["FONT_FOLDER"])
    lacking = set(spare_fonts.missing())
    for spare in spare_fonts.SPARES:
        name = spare.files[0]
        if spare not in lacking:
            yield Finding(name, "installed")
        elif spare.package:
            yield Finding(name, f"not installed; for {spare.what}: Debian's {spare.package} (optional)")
        else:
            yield Finding(name, f"missing: {spare.what} prints as {fonts.MARK}; run `make setup`", False)


Examination = Callable[[], Iterator[Finding]]
EXAMINATIONS: tuple[Examination, ...] = (
    _versions,
    _settings,
    _listening,
    _installed,
    _database,
    _kept,
    _figures,
    _conditions,
    _photos,
    _upgrade,
)
AFTER_MIGRATING = (_database, _kept, _figures)
OF_THE_DATABASE = (*AFTER_MIGRATING, _conditions)


def findings(examinations: Sequence[Examination] = EXAMINATIONS) -> Iterator[Finding]:
    """What the examinations find; one that fails is a fault itself."""
    for examine in examinations:
        if examine in OF_THE_DATABASE and config.setting("DATABASE_URL").fault:
            continue
        try:
            yield from list(examine())
        except Exception as error:
            yield Finding(examine.__name__.strip("_"), f"{type(error).__name__}: {error}", True)


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Examine the installation; exit status 1 when something must be mended."""
    faults = 0
    for finding in findings():
        mark = {None: "ok  ", False: "WARN", True: "FAULT"}[finding.fault]
        click.echo(f"{mark:6}{finding.what}: {finding.value}")
        faults += finding.fault is True
    if faults:
        raise SystemExit(1)
