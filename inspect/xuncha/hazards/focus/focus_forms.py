"""The form of a focus list, and a rule in words."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField, validators
from wtforms.widgets import CheckboxInput, ListWidget

from ...core.forms import OnceField, PageForm, WholeNumberField, choices
from ...core.i18n import label
from ...enterprises.models import Risk, Sector
from .focus_lists import MOST_REPEATS, Conditions, FocusList

LONGEST_NAME = 40
TICKS = {
    "key": _l("Key enterprise"),
    "crowded": _l("Crowded place"),
    "no_phone": _l("Phones not allowed inside (explosion risk)"),
    "open_major": _l("Major hazard not closed"),
    "overdue": _l("Overdue hazard"),
}


class TicksField(SelectMultipleField):
    """Several of a few, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class FocusListForm(PageForm):
    """Name and conditions."""

    once = OnceField()
    version = HiddenField()
    name_zh = StringField(
        _l("Name of the list, in Chinese"),
        [validators.InputRequired(_l("Enter the name.")), validators.Length(max=LONGEST_NAME)],
    )
    name_en = StringField(_l("Name of the list, in English"), [validators.Length(max=LONGEST_NAME)])
    sectors = TicksField(_l("Sector: one of"), choices=lambda: choices(Sector))
    risks = TicksField(_l("Risk: one of"), choices=lambda: choices(Risk))
    key = BooleanField(TICKS["key"])
    crowded = BooleanField(TICKS["crowded"])
    no_phone = BooleanField(TICKS["no_phone"])
    open_major = BooleanField(TICKS["open_major"])
    overdue = BooleanField(TICKS["overdue"])
    repeats = WholeNumberField(
        _l("Repeat hazards within twelve months, at least"),
        [
            validators.Optional(),
            validators.NumberRange(1, MOST_REPEATS, _l("Write a number from 1 to 99, or leave it empty.")),
        ],
    )

    @classmethod
    def showing(cls, focus: FocusList | None) -> FocusListForm:
        """The form of a new list or of one as it stands, or as it was posted."""
        if focus is None:
            return cls()
        rule = focus.rule
        shown = vars(rule) | {
            "sectors": [one.value for one in rule.sectors],
            "risks": [one.value for one in rule.risks],
            "repeats": rule.repeats or None,
        }
        return cls(
            data={"name_zh": focus.name_zh, "name_en": focus.name_en, "version": focus.version, **shown}
        )

    def rule(self) -> Conditions:
        """What was asked for."""
        return Conditions(
            tuple(Sector(value) for value in self.sectors.data or ()),
            tuple(Risk(value) for value in self.risks.data or ()),
            **{name: bool(self[name].data) for name in TICKS},
            repeats=self.repeats.data or 0,
        )


def in_words(rule: Conditions) -> list[str]:
    """A rule as people read it; all of it must hold."""
    either = gettext(" or ")
    found = [either.join(label(one) for one in group) for group in (rule.sectors, rule.risks) if group]
    found += [str(words) for name, words in TICKS.items() if getattr(rule, name)]
    if rule.repeats:
        found.append(
            ngettext(
                "at least %(num)s repeat hazard within twelve months",
                "at least %(num)s repeat hazards within twelve months",
                rule.repeats,
            )
        )
    return found
