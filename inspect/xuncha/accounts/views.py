"""Sign-in, one's own account, and the office's list of users."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from ..core import held_forms, history, paging
from ..core.access import Permission, Role
from ..core.clock import utcnow
from ..core.db import commit, db
from ..core.errors import Refused
from ..core.forms import attempt, show_problem
from ..core.i18n import LANGUAGES, chosen_language, pick, sentence
from ..core.web import done, fetch, needs, safe_next
from . import actions, import_views, passwords, queries
from .blueprint import pages
from .forms import PasswordForm, SignInForm, UserForm
from .models import User

__all__ = ["import_views", "pages"]


def _home() -> str:
    from ..navigation import home_endpoint

    return url_for(home_endpoint(current_user.role))


@pages.get("/")
@needs(Permission.BE_ANYONE)
def home() -> Response:
    """The page on which this person begins."""
    return redirect(_home() if current_user.is_authenticated else url_for("accounts.sign_in"))


@pages.route("/sign-in", methods=["GET", "POST"])
@needs(Permission.BE_ANYONE)
def sign_in() -> str | Response | tuple[str, int]:
    """Sign in, and go on where one wanted to go."""
    form = SignInForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            user = actions.sign_in(
                form.username.data, form.password.data, address=request.remote_addr or "", now=utcnow()
            )
            commit()
        except Refused as problem:
            flash(sentence(problem), "error")
            return render_template("accounts/sign_in.html", form=form), problem.status
        if user:
            lang = session.get("lang")
            held_forms.begin_session()
            if lang and not user.lang:
                actions.set_language(user, lang)
                commit()
            login_user(user)
            return redirect(safe_next(request.args.get("next"), _home()))
        form.password.errors = [gettext("The name or the password is not right.")]
    return render_template("accounts/sign_in.html", form=form), status


@pages.post("/sign-out")
@needs(Permission.BE_SIGNED_IN)
def sign_out() -> Response:
    """Sign out on this device."""
    logout_user()
    lang = chosen_language()
    session.clear()
    session["lang"] = lang
    return redirect(url_for("accounts.sign_in"))


@pages.post("/language")
@needs(Permission.BE_ANYONE)
def set_language() -> Response:
    """Speak the other language from now on."""
    lang = request.form.get("lang", "")
    if lang in LANGUAGES:
        session["lang"] = lang
        if current_user.is_authenticated:
            actions.set_language(current_user, lang)
            commit()
    return redirect(safe_next(request.form.get("next"), url_for("accounts.home")))


@pages.get("/me")
@needs(Permission.BE_SIGNED_IN)
def me() -> str:
    """One's own account, and what this phone still holds."""
    panels = queries.me_panels.of(current_user, current_user)
    return render_template("accounts/me.html", panels=panels)


@pages.route("/me/password", methods=["GET", "POST"])
@needs(Permission.BE_SIGNED_IN)
def change_password() -> Response | tuple[str, int]:
    """Change one's password; other sessions end, this one goes on."""
    form = PasswordForm()
    if form.validate_on_submit():
        user_id = current_user.id
        try:
            user = db.session.get_one(User, user_id)
            actions.change_password(user, form.old.data, form.password.data, now=utcnow())
            commit()
            login_user(user)
            flash(gettext("Your password is changed. Other devices are signed out."), "success")
            return redirect(_home())
        except Refused as problem:
            show_problem(form, problem)
    return render_template("accounts/password.html", form=form), 422 if form.is_submitted() else 200


def _fill_choices(form: UserForm) -> None:
    none = ("", gettext("None"))
    form.team_id.choices = [none, *((team.id, pick(team, "name")) for team in queries.teams())]
    form.enterprise_id.choices = [none, *queries.enterprise_choices()]


@pages.get("/users")
@needs(Permission.MANAGE_USERS)
def users() -> str:
    """Everybody who has an account, or those whose name, sign-in name or phone contains the text."""
    text = request.args.get("text", "").strip()[:60]
    query = queries.found(current_user, text).options(selectinload(User.team))
    page = paging.page(query, queries.ORDER, request.args)
    return render_template("accounts/users.html", page=page, people=page.rows, text=text)


@pages.route("/users/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_USERS)
def add_user() -> str | tuple[str, int]:
    """Add a person with a first password, shown once."""
    form = UserForm()
    _fill_choices(form)
    if form.validate_on_submit():
        password = passwords.random_password()
        user = attempt(
            form,
            lambda: actions.add_user(
                form.username.data or "", password, actor=current_user, now=utcnow(), **_fields(form)
            ),
        )
        if user:
            commit()
            return _show_once(user, password)
    return render_template("accounts/user.html", form=form, person=None), 422 if form.is_submitted() else 200


def _state_of(person: User) -> str:
    """What stands for a person's facts as they are kept: a draft is for these, not for later ones."""
    facts = repr([getattr(person, name) for name in actions.EDITABLE])
    return hashlib.sha256(facts.encode()).hexdigest()[:12]


def _fields(form: UserForm) -> dict[str, Any]:
    fields = {name: getattr(form, name).data for name in actions.EDITABLE if name in form._fields}
    fields["role"] = Role(form.role.data)
    return fields


def _show_once(user: User, password: str) -> str:
    return render_template("accounts/first_password.html", person=user, password=password)


@pages.route("/users/<int:number>", methods=["GET", "POST"])
@needs(Permission.MANAGE_USERS)
def user(number: int) -> Response | tuple[str, int]:
    """Change a person's facts or end their access."""
    person = fetch(queries.visible_to(current_user).where(User.id == number), Permission.MANAGE_USERS)
    form = UserForm(obj=person)
    _fill_choices(form)
    if form.validate_on_submit():
        fields = _fields(form)
        if attempt(
            form, lambda: actions.change_user(person, actor=current_user, now=utcnow(), **fields) or person
        ):
            return done(gettext("%(name)s is changed.", name=person.name), "accounts.users")
    page = render_template(
        "accounts/user.html", form=form, person=person, rows=history.of(person), kept_as=_state_of(person)
    )
    return page, 422 if form.is_submitted() else 200


@pages.post("/users/<int:number>/password")
@needs(Permission.MANAGE_USERS)
def reset_password(number: int) -> str:
    """Give a person a new first password, shown once."""
    person = fetch(queries.visible_to(current_user).where(User.id == number), Permission.MANAGE_USERS)
    password = actions.reset_password(person, actor=current_user, now=utcnow())
    commit()
    return _show_once(person, password)
