"""The `flask` commands that offices and scripts use."""

from __future__ import annotations

from flask import Flask

from .accounts.commands import users


def set_up(app: Flask) -> None:
    """Register every command."""
    app.cli.add_command(users)
