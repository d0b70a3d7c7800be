"""Forms of the accounts pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, SelectField, StringField, validators

from ..core.access import Role
from ..core.forms import PageForm, choices, int_or_none


class SignInForm(PageForm):
    """Who are you."""

    username = StringField(_l("Sign-in name"), [validators.InputRequired(_l("Enter your sign-in name."))])
    password = PasswordField(_l("Password"), [validators.InputRequired(_l("Enter your password."))])


class PasswordForm(PageForm):
    """Change one's password."""

    old = PasswordField(
        _l("Present password"), [validators.InputRequired(_l("Enter your present password."))]
    )
    password = PasswordField(
        _l("New password"),
        [validators.InputRequired(_l("Enter a new password."))],
        description=_l("At least 15 characters; a sentence is easy to remember."),
    )
    again = PasswordField(
        _l("New password again"),
        [validators.EqualTo("password", _l("The two new passwords are not the same."))],
    )


class UserForm(PageForm):
    """A person's facts."""

    username = StringField(
        _l("Sign-in name"), description=_l("Small letters and digits; cannot be changed later.")
    )
    name = StringField(
        _l("Name"), [validators.InputRequired(_l("Enter the person's name.")), validators.Length(max=60)]
    )
    role = SelectField(_l("Role"), choices=lambda: choices(Role))
    team_id = SelectField(_l("Team"), coerce=int_or_none)
    enterprise_id = SelectField(_l("Enterprise"), coerce=int_or_none)
    title = StringField(_l("Title"), [validators.Length(max=60)])
    certificate = StringField(_l("Certificate number"), [validators.Length(max=60)])
    phone = StringField(_l("Phone"), [validators.Length(max=40)])
    active = BooleanField(_l("May sign in"), default=True)
