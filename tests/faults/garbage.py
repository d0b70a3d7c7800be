"""The application with pages that make garbage, and one that tells which threads searched for it."""

from __future__ import annotations

import gc
import os
import threading
from typing import Any

from flask import Flask
from wsgi import app

from xuncha.core.access import Permission
from xuncha.core.web import needs

assert isinstance(app, Flask)
ROUNDS = 20_000
searched: dict[str, int] = {}
freed = 0


def _note(phase: str, info: dict[str, Any]) -> None:
    global freed
    if phase == "stop":
        name = "main" if threading.current_thread() is threading.main_thread() else "another"
        searched[name] = searched.get(name, 0) + 1
        freed += info["collected"]


@app.get("/faults/make")
@needs(Permission.BE_ANYONE)
def make() -> str:
    """Make cycles that only a search finds."""
    for _round in range(ROUNDS):
        circle: list[Any] = []
        circle.append(circle)
    return "made"


@app.get("/faults/searched")
@needs(Permission.BE_ANYONE)
def told() -> dict[str, Any]:
    """How often each kind of thread searched since the start, and how much was freed."""
    return {"searched": searched, "freed": freed}


def _from_now() -> None:
    searched.clear()
    gc.callbacks.append(_note)


os.register_at_fork(after_in_child=_from_now)
