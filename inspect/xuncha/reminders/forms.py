"""Forms of the channels."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, validators

from ..core.forms import OnceField, PageForm


class OwnChannelForm(PageForm):
    """The address of one's own channel."""

    once = OnceField()
    address = StringField(
        _l("Address of the channel"), [validators.InputRequired(_l("Enter the address of the channel."))]
    )


class ChannelForm(OwnChannelForm):
    """The same for a person or a group."""

    audience = SelectField(_l("For whom"))
