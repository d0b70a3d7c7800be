"""Why a backup, a restore or an upgrade is not done: a sentence for whoever runs the command."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
R = TypeVar("R")


class BackupFault(Exception):
    """It cannot be done, and nothing was changed; the text says why and what to do."""


def told(command: Callable[P, R]) -> Callable[P, R]:
    """A command that tells faults, those of the disk too, in a sentence and ends with status 1."""

    @functools.wraps(command)
    def run(*given: P.args, **named: P.kwargs) -> R:
        try:
            return command(*given, **named)
        except (BackupFault, OSError) as problem:
            raise click.ClickException(str(problem)) from None

    return run
