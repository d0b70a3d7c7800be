"""Selects of users and teams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from ..core import search
from ..core.access import FIELD, Permission, Role, allowed, relation
from ..core.db import db
from ..core.panels import Panels
from .models import Team, User

# Parts of the page Me that higher domains fill; a maker gets the person twice.
me_panels = Panels()
ORDER = (User.active.desc(), User.role, User.name, User.id)


def visible_to(actor: User) -> sa.Select[User]:
    """Users that the actor may manage; others see themselves."""
    query = sa.select(User).order_by(*ORDER)
    return query if allowed(actor, Permission.MANAGE_USERS) else query.where(User.id == actor.id)


def found(actor: User, text: str) -> sa.Select[User]:
    """Of the visible users, those whose name (also in Pinyin), sign-in name or phone contains the text."""
    query = visible_to(actor)
    if not text:
        return query
    own = search.mention(User, text, User.name, User.username, User.phone)
    return query.where(search.either(User.id, own, *search.sounding(User, text)).holds)


_enterprises: list[Callable[[], list[tuple[int, str]]]] = []


def names_enterprises(source: Callable[[], list[tuple[int, str]]]) -> Callable[[], list[tuple[int, str]]]:
    """Register where the numbers and names of enterprises come from; that domain stands above this one."""
    _enterprises.append(source)
    return source


def enterprise_choices() -> list[tuple[int, str]]:
    """Number and name of every enterprise, for the form of an enterprise's account."""
    return [choice for source in _enterprises for choice in source()]


# Made once: every list with filters asks it.
_SUPERVISORS = sa.select(User).where(User.role.in_(list(FIELD)), User.active).order_by(User.name)
_NAMES_OF_SUPERVISORS = _SUPERVISORS.with_only_columns(User.id, User.name)


def supervisors() -> list[User]:
    """Everybody who can be named for a site."""
    return list(db.session.scalars(_SUPERVISORS))


def names_of_supervisors() -> Sequence[sa.Row[int, str]]:
    """The same as numbers and names, for the filters of a list."""
    return db.session.execute(_NAMES_OF_SUPERVISORS).all()


def experts() -> list[User]:
    """Every active expert."""
    return list(
        db.session.scalars(sa.select(User).where(User.role == Role.EXPERT, User.active).order_by(User.name))
    )


def teams() -> list[Team]:
    """All teams."""
    return list(db.session.scalars(sa.select(Team).order_by(Team.id)))


def by_username(username: str) -> User | None:
    """The user with a sign-in name."""
    return db.session.scalar(sa.select(User).where(User.username == username.strip().lower()))


@relation("author")
def is_author(actor: Any, thing: Any) -> bool:
    """The actor made the thing."""
    return bool(thing.author_id == actor.id)
