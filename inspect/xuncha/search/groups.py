"""What a search finds, by kind. Every kind asks the select of its own list, so nobody is shown what the list would not show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..accounts.queries import ORDER as BY_ROLE
from ..accounts.queries import found as users_found
from ..checklists import queries as checklists
from ..checklists.citations import law_text
from ..checklists.models import Checklist, ChecklistVersion, Item, Law
from ..checks import queries as checks
from ..checks.models import Check
from ..core import pinyin
from ..core.access import Permission, allowed
from ..core.clock import today
from ..core.db import db, like_pattern
from ..core.i18n import label, pick, write_day
from ..core.labels import N_
from ..core.paging import COUNTED, Total
from ..enterprises import list_queries as site_lists
from ..enterprises.models import Contact, Site, SiteKind
from ..enterprises.queries import ids_visible_to, supervisors_visible_to
from ..hazards.lists import filters, list_orders, list_queries
from ..hazards.models import Hazard
from .papers import papers_found

EACH = 5


@dataclass(frozen=True)
class Hit:
    """One line of a group: a link, and what tells it from others of its name."""

    title: str
    url: str
    meta: str = ""


@dataclass(frozen=True)
class Group:
    """The best hits of a kind; `url` opens the list of all `total` of them, where it has a filter for the text."""

    label: str
    hits: list[Hit]
    total: Total
    url: str = ""


def groups(actor: User, text: str) -> list[Group]:
    """All that the actor may see and that fits, by kind; kinds without a hit are left out."""
    return [group for maker in MAKERS for group in maker(actor, text) if group.hits]


def _has(column: Any, text: str) -> sa.ColumnElement[bool]:
    return column.ilike(like_pattern(text), escape="\\")


def _rank(column: Any, text: str, sound: Any = None) -> sa.ColumnElement[int]:
    """Whole names first, then their beginnings, then parts of them, then what begins with the sound; last the rest."""
    inside = like_pattern(text)
    whens: list[Any] = [
        (column == text, 0),
        (column.ilike(inside[1:], escape="\\"), 1),
        (column.ilike(inside, escape="\\"), 2),
    ]
    if sound is not None and (letters := pinyin.typed(text)):
        whens.append((sound.like(f"\n{letters}%"), 3))
    return sa.case(*whens, else_=4)


def _best(query: sa.Select[Any], key: Any, best: Any, *order: Any) -> tuple[Total, list[Any]]:
    """How many rows there are, counted to a bound, and the best; of very many the first of their list."""
    some = query.order_by(None).with_only_columns(key).limit(COUNTED + 1).subquery()
    total = Total(db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0)
    if not total:
        return total, []
    orders = (best, *order) if total <= COUNTED else order
    return total, list(db.session.scalars(query.order_by(None).order_by(*orders).limit(EACH)).unique())


def _together(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _sites(actor: User, text: str) -> Iterator[Group]:
    if not allowed(actor, Permission.SEE_SITE):
        return
    criteria = site_lists.Criteria(text=text)
    for kind, name, endpoint in (
        (SiteKind.ENTERPRISE, N_("Enterprises"), "enterprises.index"),
        (SiteKind.IDLE, N_("Idle sites"), "enterprises.idle_sites"),
    ):
        query = site_lists.filtered(actor, kind, criteria)
        rank = _rank(Site.name, text, Site.pinyin)
        total, rows = _best(query, Site.id, rank, *site_lists.order(""))
        hits = [
            Hit(
                site.name,
                url_for("enterprises.show", number=site.id),
                _together(site.uscc, site.area, site.address),
            )
            for site in rows
        ]
        yield Group(gettext(name), hits, total, url_for(endpoint, text=text))


def _hazards(actor: User, text: str) -> Iterator[Group]:
    if not allowed(actor, Permission.SEE_HAZARD):
        return
    criteria = filters.Criteria(view=filters.View.ALL, text=text)
    query = list_queries.with_sites(list_queries.filtered(actor, criteria, today()))
    rank = sa.case(
        (Hazard.number == text, 0),
        (_has(Hazard.number, text), 1),
        (_has(Hazard.description, text), 2),
        (_has(Hazard.place, text), 3),
        else_=4,
    )
    total, rows = _best(query, Hazard.id, rank, *list_orders.order(filters.Order.FOUND))
    hits = [
        Hit(
            hazard.description,
            url_for("hazards.show", number=hazard.id),
            _together(hazard.number, hazard.site.name, label(hazard.state)),
        )
        for hazard in rows
    ]
    yield Group(gettext("Hazards"), hits, total, url_for("hazards.index", view="all", q=text))


def _checks(actor: User, text: str) -> Iterator[Group]:
    if not allowed(actor, Permission.SEE_CHECK):
        return
    query = checks.with_people(checks.filtered(actor, checks.Criteria(text=text)))
    rank = _rank(Check.number, text)
    total, rows = _best(query, Check.id, rank, *checks.NEWEST)
    hits = [
        Hit(
            check.site.name,
            url_for("checks.show", number=check.id),
            _together(check.number, label(check.kind), write_day(check.visited_on), check.inspector.name),
        )
        for check in rows
    ]
    yield Group(gettext("Checks"), hits, total, url_for("checks.index", text=text))


def _papers(actor: User, text: str) -> Iterator[Group]:
    found = papers_found(actor, text)
    yield Group(gettext("Papers"), [Hit(*one) for one in found[:EACH]], Total(len(found)))


def _people(actor: User, text: str) -> Iterator[Group]:
    if allowed(actor, Permission.MANAGE_USERS):
        query, whole = users_found(actor, text), url_for("accounts.users", text=text)
    elif allowed(actor, Permission.SEE_LOAD):
        by_name = sa.or_(_has(User.name, text), pinyin.sounds_like(User.pinyin, text))
        query, whole = supervisors_visible_to(actor).where(by_name), ""
    else:
        return
    query = query.options(joinedload(User.team))
    total, rows = _best(query, User.id, _rank(User.name, text, User.pinyin), *BY_ROLE)
    hits = [
        Hit(
            person.name,
            url_for("accounts.user", number=person.id)
            if whole
            else url_for("enterprises.index", supervisor=person.id),
            _together(label(person.role), pick(person.team, "name") if person.team else "", person.phone),
        )
        for person in rows
    ]
    yield Group(gettext("People"), hits, total, whole)


def _contacts(actor: User, text: str) -> Iterator[Group]:
    if not allowed(actor, Permission.SEE_SITE):
        return
    fits = sa.or_(
        _has(Contact.name, text), _has(Contact.phone, text), pinyin.sounds_like(Contact.pinyin, text)
    )
    query = sa.select(Contact).join(Contact.site).options(contains_eager(Contact.site).load_only(Site.name))
    query = query.where(Contact.site_id.in_(ids_visible_to(actor)), fits)
    rank = _rank(Contact.name, text, Contact.pinyin)
    total, rows = _best(query, Contact.id, rank, Contact.name, Contact.id)
    hits = [
        Hit(
            contact.name,
            url_for("enterprises.show", number=contact.site_id),
            _together(contact.site.name, contact.title or label(contact.duty), contact.phone),
        )
        for contact in rows
    ]
    yield Group(gettext("Contacts"), hits, total)


def _items(actor: User, text: str) -> Iterator[Group]:
    if not allowed(actor, Permission.SEE_CHECKLISTS):
        return
    newest = (
        sa.select(sa.func.max(ChecklistVersion.id))
        .where(ChecklistVersion.published_at.is_not(None))
        .group_by(ChecklistVersion.checklist_id)
    )
    fits = [_has(column, text) for column in (Item.text_zh, Item.text_en, Item.code)]
    query = sa.select(Item).join(Item.version).join(ChecklistVersion.checklist)
    query = query.where(Item.version_id.in_(newest), sa.or_(*fits, pinyin.sounds_like(Item.pinyin, text)))
    query = query.options(contains_eager(Item.version).contains_eager(ChecklistVersion.checklist))
    rank = sa.case((Item.code == text.upper(), 0), (sa.or_(*fits), 1), else_=2)
    total, rows = _best(query, Item.id, rank, Checklist.position, Item.position, Item.id)
    hits = [
        Hit(
            pick(item, "text"),
            url_for("checklists.show", code=item.version.checklist.code, _anchor=item.code),
            _together(item.code, pick(item.version.checklist, "title")),
        )
        for item in rows
    ]
    yield Group(gettext("Checklist items"), hits, total)


def _laws(actor: User, text: str) -> Iterator[Group]:
    if not allowed(actor, Permission.SEE_CHECKLISTS):
        return
    fits = sa.or_(*(_has(column, text) for column in (Law.title_zh, Law.title_en, Law.edition)))
    query = checklists.laws_visible_to(actor).where(fits)
    name = Law.title_zh
    total, rows = _best(query, Law.id, _rank(name, text), name, Law.in_force_from.desc(), Law.id)
    day = today()
    hits = [
        Hit(
            law_text(law),
            url_for("checklists.laws", _anchor=f"law-{law.id}"),
            gettext("In force") if law.in_force(day) else gettext("Not in force"),
        )
        for law in rows
    ]
    yield Group(gettext("Laws and standards"), hits, total)


MAKERS: tuple[Callable[[User, str], Iterator[Group]], ...] = (
    _sites,
    _papers,
    _hazards,
    _checks,
    _people,
    _contacts,
    _items,
    _laws,
)
