"""What whoever runs an installation does: commands, empty machines, and damage to files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from click.testing import Result
from flask import Flask, has_app_context

from tests import cast
from tests.checks.filings import failing, filing, sent_photo, visit
from tests.conftest import build
from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.core.db import db
from xuncha.enterprises.models import Site


def run(app: Flask, *words: object) -> Result:
    """Run a command on an application's data; nothing stays open for it."""
    if has_app_context():
        db.session.remove()
    with app.app_context():  # a command takes the context that is open, and a test has another one open
        done: Result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done


def succeed(app: Flask, *words: object) -> str:
    """Run a command that must end well; what it told."""
    done = run(app, *words)
    assert done.exit_code == 0, done.output
    return done.output


def refuse(app: Flask, *words: object) -> str:
    """Run a command that must refuse; its sentence."""
    done = run(app, *words)
    assert done.exit_code == 1 and "Traceback" not in done.output, done.output
    return done.output


def empty_machine(folder: Path, url: str | None = None) -> Flask:
    """An application on an empty data folder and an empty database: SQLite, or that of the address."""
    folder.mkdir()
    return build(url or f"sqlite:///{folder / 'xuncha.db'}", folder)


def is_begun(app: Flask) -> bool:
    """Whether the application's database has any table."""
    path = Path(app.config["DATA"]) / "xuncha.db"
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        return path.exists()
    with app.app_context():
        return bool(sa.inspect(db.engine).get_table_names())


def has_database(content: bytes) -> bool:
    """Whether a database lies in it that anybody can read: SQLite's file or a dump of PostgreSQL."""
    return b"SQLite format 3" in content or b"PGDMP" in content


def file_with_photo(who: str, code: str, seed: int) -> str:
    """File a check with a hazard, both with one photo; the hash of the photo."""
    photo = sent_photo(one(User, User.username == who), seed)
    place = one(Site, Site.name == cast.PLACES[code].name)
    raw = failing(visit(place, photos=[photo]), before=[photo])
    file_check(filing(raw), actor=one(User, User.username == who), now=cast.NOW)
    db.session.commit()
    return str(photo["sha256"])


def one(kind: Any, holds: Any) -> Any:
    """The one row for which it holds."""
    return db.session.scalars(sa.select(kind).where(holds)).one()


def rewrite_manifest(backup: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a manifest as somebody would who also writes its digest anew."""
    path = backup / "manifest.json"
    told = json.loads(path.read_text())
    change(told)
    text = json.dumps(told)
    path.write_text(text)
    (backup / "manifest.json.sha256").write_text(
        f"{hashlib.sha256(text.encode()).hexdigest()}  manifest.json\n"
    )


def turn_a_bit(path: Path, at: int = -1) -> None:
    """Change one bit of a file; by default in its middle."""
    content = bytearray(path.read_bytes())
    content[at if at >= 0 else len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def files_below(folder: Path) -> dict[str, str]:
    """Every file of a folder with the hash of its content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def newest(folder: Path) -> Path:
    """The newest finished backup in a folder."""
    return max(folder.glob("*Z"))
