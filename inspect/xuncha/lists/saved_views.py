"""Saved views of lists: a name for the filters, order and columns of an address, of one person or shared by the office."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Mapped, mapped_column

from ..core.access import Permission, allowed, demand, relation
from ..core.db import Base, Code, Pk, db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import visible_text

Args = Mapping[str, str]
Reader = Callable[[Args], dict[str, str]]
LONGEST_NAME = 40
LONGEST_QUERY = 2000
AT_MOST = 30


class SavedView(Base):
    """A saved view of a list."""

    __tablename__ = "saved_views"
    __table_args__ = (
        sa.UniqueConstraint("owner_id", "list", "name"),
        sa.Index("ix_saved_views_list", "list", "shared"),
    )

    id: Mapped[Pk]
    list: Mapped[Code]
    name: Mapped[str]
    query: Mapped[str]
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    @property
    def args(self) -> dict[str, str]:
        """What its address says, as the list reads it today."""
        return _lists[self.list].read(dict(parse_qsl(self.query)))

    @property
    def now(self) -> str:
        """The same as the query that the list's page names when it shows this view."""
        return urlencode(self.args)

    @property
    def url(self) -> str:
        """The list as it was saved."""
        address: dict[str, Any] = {**self.args}
        return url_for(_lists[self.list].endpoint, **address)


@dataclass(frozen=True)
class _List:
    """A list whose views are saved: its page, and what it keeps of an address."""

    endpoint: str
    label: str
    read: Reader


_lists: dict[str, _List] = {}


def offered(name: str, endpoint: str, label: str) -> Callable[[Reader], Reader]:
    """Register (as a decorator) how a list reads an address: only what it knows is saved."""

    def register(read: Reader) -> Reader:
        _lists[name] = _List(endpoint, label, read)
        return read

    return register


def place(view: SavedView) -> tuple[str, dict[str, str]]:
    """The page of a view's list, and its address."""
    return _lists[view.list].endpoint, view.args


@relation("keeper")
def _keeps(actor: Any, view: Any) -> bool:
    return bool(view.owner_id == actor.id)


def visible_to(actor: Any) -> sa.Select[SavedView]:
    """A person's own views and those that are shared."""
    known = sa.select(SavedView).where(SavedView.list.in_(_lists))
    return known.where(sa.or_(SavedView.owner_id == actor.id, SavedView.shared.is_(True)))


def of_list(name: str, actor: Any) -> list[SavedView]:
    """The views of a list that a person sees, the shared ones first."""
    query = visible_to(actor).where(SavedView.list == name)
    return list(db.session.scalars(query.order_by(SavedView.shared.desc(), SavedView.name, SavedView.id)))


def all_of(actor: Any) -> list[SavedView]:
    """The views of all lists that a person sees, list by list."""
    order = (SavedView.list, SavedView.shared.desc(), SavedView.name, SavedView.id)
    return list(db.session.scalars(visible_to(actor).order_by(*order)))


def label_of(view: SavedView) -> str:
    """The message that names the list of a view."""
    return _lists[view.list].label


@dataclass(frozen=True)
class OnPage:
    """What the page of a list knows of its saved views: its own address. The views come later, at no cost to the page."""

    list: str
    query: str


def on_page(name: str, args: Args, actor: Any) -> OnPage | None:
    """The address that a list would save; None for who keeps no views."""
    return OnPage(name, urlencode(args)) if allowed(actor, Permission.SAVE_VIEW) else None


def save(name: str, query: str, title: str, *, actor: Any, now: datetime, shared: bool = False) -> SavedView:
    """Save a view under a name of its own. Raises NotAllowed, Refused."""
    demand(actor, Permission.SAVE_VIEW)
    if name not in _lists or len(query) > LONGEST_QUERY:
        raise Refused(N_("This list cannot be saved. Open it again and save what it shows."))
    if len(of_list(name, actor)) >= AT_MOST:
        raise Refused(N_("There are %(most)s saved views of this list. Delete one first."), most=AT_MOST)
    view = SavedView(list=name, owner_id=actor.id, created_at=now, shared=False, name="")
    view.query = urlencode(_lists[name].read(dict(parse_qsl(query))))
    _set_name(view, title)
    db.session.add(view)
    db.session.flush()
    if shared:
        share(view, True, actor=actor)
    return view


def rename(view: SavedView, title: str, *, actor: Any) -> None:
    """Give a view another name. Raises NotAllowed, Refused."""
    demand(actor, Permission.CHANGE_VIEW, view)
    _set_name(view, title)


def _set_name(view: SavedView, title: str) -> None:
    name = visible_text(title)
    if not name:
        raise Refused(N_("Give the view a name."), field="name")
    if len(name) > LONGEST_NAME:
        raise Refused(N_("The name is longer than %(most)s characters."), field="name", most=LONGEST_NAME)
    same = sa.select(SavedView.id).where(
        SavedView.owner_id == view.owner_id, SavedView.list == view.list, SavedView.name == name
    )
    if db.session.scalar(same.where(SavedView.id != (view.id or 0))):
        raise Refused(N_("There is a view of this name already. Choose another name."), field="name")
    view.name = name


def share(view: SavedView, shared: bool, *, actor: Any) -> None:
    """Show a view to the whole office, or to its owner only. Raises NotAllowed."""
    demand(actor, Permission.SHARE_VIEW, view)
    view.shared = shared


def delete(view: SavedView, *, actor: Any) -> None:
    """Delete a view; the list stays as it is. Raises NotAllowed."""
    demand(actor, Permission.CHANGE_VIEW, view)
    db.session.delete(view)
