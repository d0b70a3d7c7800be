"""A server whose database a test has prepared."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tests.conftest import build, shut_down
from tests.hazards.by_link import BASE
from tests.served import Served
from xuncha.core.db import db

KEY = "test"  # what `build` signs with
Made = TypeVar("Made")


@contextmanager
def served_after(prepare: Callable[[], Made], settled: Path, folder: Path) -> Iterator[tuple[Served, Made]]:
    """The shipped server on a copy of a database to which `prepare` wrote, and what that gave; papers carry addresses."""
    shutil.copy(settled, folder / "xuncha.db")
    app = build(f"sqlite:///{folder / 'xuncha.db'}", folder, PUBLIC_URL=BASE)
    with app.app_context():
        made = prepare()
        db.session.remove()
    shut_down(app)
    server = Served(folder, settings={"SECRET_KEY": KEY})
    server.settings["XUNCHA_PUBLIC_URL"] = server.url
    try:
        yield server.start(patience_s=90), made
    finally:
        server.kill()
