"""Every step of a piece of work at which a machine can stop: statements, commits, syncs and names of files."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

FILE_CALLS = ("fsync", "link", "fchmod", "unlink")


@contextmanager
def each_step(engine: Engine, tick: Callable[[str], None]) -> Iterator[None]:
    """Call `tick` before every file call and every statement that writes, and on both sides of every commit.

    Between two of these nothing on the disk changes.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in FILE_CALLS:
            patch.setattr(os, name, _ticking(getattr(os, name), name, tick))
        patch.setattr(engine.dialect, "do_commit", _on_both_sides(engine.dialect.do_commit, tick))

        def before(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            verb = statement.split()[0]
            if verb in {"INSERT", "UPDATE", "DELETE"}:
                tick(verb)

        sa.event.listen(engine, "before_cursor_execute", before)
        try:
            yield
        finally:
            sa.event.remove(engine, "before_cursor_execute", before)


def _ticking(call: Callable[..., Any], name: str, tick: Callable[[str], None]) -> Callable[..., Any]:
    def ticking(*given: Any, **more: Any) -> Any:
        tick(name)
        return call(*given, **more)

    return ticking


def _on_both_sides(call: Callable[..., Any], tick: Callable[[str], None]) -> Callable[..., Any]:
    def commit(connection: Any) -> None:
        tick("before the commit")
        call(connection)
        tick("after the commit")

    return commit


def killed_at(nth: int, engine: Engine, work: Callable[[], object]) -> bool:
    """Do the work in a child process that is killed (SIGKILL) at its nth step; whether it came that far."""
    engine.dispose()
    child = os.fork()
    if child == 0:
        left = [nth]

        def tick(_name: str) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            with each_step(engine, tick):
                work()
            os._exit(0)
        finally:
            os._exit(1)  # never back into the test runner
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work itself failed"
    return os.WIFSIGNALED(status)
