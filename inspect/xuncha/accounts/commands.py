"""`flask users`: list, add and change accounts. On an empty system it makes the first administrator."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from ..core.access import Role
from ..core.click_types import NUMBER
from ..core.clock import utcnow
from ..core.db import commit
from ..core.errors import Refused
from ..core.schema_version import needs_tables
from . import actions, passwords, queries

users = AppGroup("users", help="Accounts.")


@users.command("add")
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OFFICE_ADMIN.value)
@click.option("--enterprise", type=NUMBER, help="Number of the enterprise, for its accounts.")
@click.option("--password", help="First password; a random one is made and printed when none is given.")
@needs_tables
def add(username: str, name: str, role: str, enterprise: int | None, password: str | None) -> None:
    """Add a person; the password must be changed at the first sign-in."""
    secret = password or passwords.random_password()
    try:
        actions.add_user(
            username, secret, actor=None, now=utcnow(), name=name, role=Role(role), enterprise_id=enterprise
        )
    except Refused as problem:
        raise click.ClickException(str(problem)) from None
    commit()
    click.echo(f"{username.strip().lower()}  {secret}")


@users.command("reset-password")
@click.argument("username")
@needs_tables
def reset(username: str) -> None:
    """Give a person a new first password and print it."""
    user = queries.by_username(username)
    if user is None:
        raise click.ClickException("no such user")
    secret = actions.reset_password(user, actor=None, now=utcnow())
    commit()
    click.echo(f"{user.username}  {secret}")
