"""What is done to accounts: add, change, sign in, change a password, end access."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ..core import history
from ..core.access import ENTERPRISE, Permission, Role, demand
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import visible_text
from . import passwords, queries
from .models import FailedSignIn, User

TRIES = 5
WINDOW = timedelta(minutes=10)
# These stand where a sign-in name does, and are none.
LINK, REPORT, ATTENDANCE = "(link)", "(report)", "(attendance)"
ATTENDANCES = 600  # from an address in ten minutes: a hall shares the address of its network
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
BAD_USERNAME = N_("A sign-in name has 2 to 32 characters: small letters, digits, dot, hyphen, underscore.")
EDITABLE = ("name", "phone", "title", "certificate", "role", "team_id", "enterprise_id", "active", "lang")


EndsDuty = Callable[[User, Role, bool], None]
_before_ending_duty: list[EndsDuty] = []


def before_ending_duty(check: EndsDuty) -> EndsDuty:
    """Register a check (user, new role, still active) that may refuse to end or change a person's duty."""
    _before_ending_duty.append(check)
    return check


class TooManyTries(Refused):
    """Guessing is slowed down."""

    status = 429


def _check_fields(fields: dict[str, Any]) -> None:
    if not str(fields.get("name", "")).strip():
        raise Refused(N_("Enter the person's name."), field="name")
    if (Role(fields["role"]) in ENTERPRISE) != bool(fields.get("enterprise_id")):
        raise Refused(
            N_("An enterprise account needs its enterprise, and only such an account has one."),
            field="enterprise_id",
        )


def add_user(
    username: str,
    password: str,
    *,
    actor: User | None,
    now: datetime,
    must_change: bool = True,
    stored: str = "",
    **fields: Any,
) -> User:
    """Add a person; without an actor it is the command line's doing. `stored` is the password's form, made before."""
    if actor is not None:
        demand(actor, Permission.MANAGE_USERS)
    username = visible_text(username).lower()
    if not USERNAME.fullmatch(username):
        raise Refused(BAD_USERNAME, field="username")
    if queries.by_username(username):
        raise Refused(N_("This sign-in name is taken."), field="username")
    _check_fields(fields)
    passwords.demand_good(password, about=(username, fields["name"]))
    user = User(
        username=username,
        password_hash=stored or passwords.hash_password(password),
        must_change_password=must_change,
        created_at=now,
        **{key: fields[key] for key in EDITABLE if key in fields},
    )
    db.session.add(user)
    history.record(user, "add", actor=actor, now=now, after={"username": username, "role": str(user.role)})
    return user


def change_user(user: User, *, actor: User, now: datetime, **fields: Any) -> User:
    """Change a person's facts; a change of role, enterprise or access ends their other sessions at once."""
    demand(actor, Permission.MANAGE_USERS)
    merged = {key: getattr(user, key) for key in EDITABLE} | fields
    _check_fields(merged)
    if user.id == actor.id and (not merged["active"] or merged["role"] != user.role):
        raise Refused(
            N_("You cannot end or change your own access; ask another administrator."), field="role"
        )
    if user.active and (not merged["active"] or merged["role"] != user.role):
        for check in _before_ending_duty:
            check(user, Role(merged["role"]), bool(merged["active"]))
    before = {key: getattr(user, key) for key in EDITABLE if key in fields}
    for key in before:
        setattr(user, key, fields[key])
    changed = {key: str(value) for key, value in before.items() if value != getattr(user, key)}
    if {"role", "enterprise_id", "active", "team_id"} & changed.keys():
        user.session_version += 1
    history.record(
        user,
        "change",
        actor=actor,
        now=now,
        before=changed,
        after={key: str(getattr(user, key)) for key in changed},
    )
    return user


def reset_password(user: User, *, actor: User | None, now: datetime) -> str:
    """Give a new first password, shown once; the old sessions end."""
    if actor is not None:
        demand(actor, Permission.MANAGE_USERS)
    password = passwords.random_password()
    user.password_hash = passwords.hash_password(password)
    user.must_change_password = True
    user.session_version += 1
    history.record(user, "reset_password", actor=actor, now=now)
    return password


def change_password(user: User, old: str, new: str, *, now: datetime) -> None:
    """Change one's own password; every other session ends."""
    if not passwords.matches(user.password_hash, old):
        raise Refused(N_("The present password is not right."), field="old")
    passwords.demand_good(new, about=(user.username, user.name))
    user.password_hash = passwords.hash_password(new)
    user.must_change_password = False
    user.session_version += 1
    history.record(user, "change_password", actor=user, now=now)


def _failures(now: datetime, *which: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(FailedSignIn)
    return db.session.scalar(query.where(*which, FailedSignIn.at > now - WINDOW)) or 0


def demand_few_wrong_links(address: str, now: datetime) -> None:
    """Raise TooManyTries after twenty wrong links of notices from an address in ten minutes."""
    if _failures(now, FailedSignIn.username == LINK, FailedSignIn.address == address) >= TRIES * 4:
        raise TooManyTries(N_("Too many wrong addresses were tried from here. Wait ten minutes."))


def note_wrong_link(address: str, now: datetime) -> None:
    """Count a wrong link of a notice or poster against an address; what no longer counts is forgotten."""
    _note(LINK, address, now)


def demand_few_reports(address: str, now: datetime) -> None:
    """Raise TooManyTries after twenty reports by posters from an address in ten minutes."""
    if _failures(now, FailedSignIn.username == REPORT, FailedSignIn.address == address) >= TRIES * 4:
        raise TooManyTries(N_("Too many reports came from here. Wait ten minutes; in danger, call."))


def note_report(address: str, now: datetime) -> None:
    """Count a report by a poster against an address; nothing tells which report, and what no longer counts is forgotten."""
    _note(REPORT, address, now)


def demand_few_attendances(address: str, now: datetime) -> None:
    """Raise TooManyTries after so many sign-ins to trainings and beginnings of exams from an address in ten minutes."""
    if _failures(now, FailedSignIn.username == ATTENDANCE, FailedSignIn.address == address) >= ATTENDANCES:
        raise TooManyTries(N_("Too many people signed in from here at once. Wait ten minutes."))


def note_attendance(address: str, now: datetime) -> None:
    """Count a sign-in against an address; nothing tells whose, and what no longer counts is forgotten."""
    _note(ATTENDANCE, address, now)


def _note(what: str, address: str, now: datetime) -> None:
    old = sa.delete(FailedSignIn).where(FailedSignIn.username == what, FailedSignIn.at < now - WINDOW)
    db.session.execute(old)
    db.session.add(FailedSignIn(username=what, address=address, at=now))


def sign_in(username: str, password: str, *, address: str, now: datetime) -> User | None:
    """The user, or None for a wrong name or password (same words, same time).

    Raises TooManyTries after five failures of an account, or twenty of an address, in ten minutes.
    """
    name = username.strip().lower()[:64]
    if (
        _failures(now, FailedSignIn.username == name) >= TRIES
        or _failures(
            now, FailedSignIn.username.not_in((LINK, REPORT, ATTENDANCE)), FailedSignIn.address == address
        )
        >= TRIES * 4
    ):
        raise TooManyTries(
            N_("Too many wrong tries. Wait ten minutes, or ask the office for a new password.")
        )
    user = queries.by_username(name)
    stored = user.password_hash if user and user.active else passwords.nobody()
    db.session.rollback()  # hashing is slow: hold no lock meanwhile
    if not passwords.matches(stored, password):
        db.session.add(FailedSignIn(username=name, address=address, at=now))
        return None
    user = queries.by_username(name)
    if user is None or not user.active:
        return None
    db.session.execute(sa.delete(FailedSignIn).where(FailedSignIn.username == name))
    if passwords.needs_rehash(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    history.record(user, "sign_in", actor=user, now=now)
    return user


def set_language(user: User, lang: str) -> None:
    """Keep the language a person chose."""
    user.lang = lang
