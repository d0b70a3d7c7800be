"""Forms of the checklists' editor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)

from ..core import settings
from ..core.forms import DayField, OnceField, PageForm, Row, choices, int_or_none
from ..core.labels import N_
from ..photos.queries import by_hash
from .limits import FIELDS, MOST_DECIMALS
from .models import HazardClass, Item, Major

GUIDANCE = ("guidance_zh", "guidance_en")
EXAMPLES = ("right_example", "wrong_example")
DECIMALS = range(MOST_DECIMALS + 1)
SPARE_BASES, SPARE_PHRASES = 2, 1
GRADES = (("general", N_("General hazard")), ("major", N_("Major hazard")))
LAW_KINDS = (
    ("law", N_("Law")),
    ("regulation", N_("Regulation")),
    ("rule", N_("Departmental rule")),
    ("standard", N_("Standard")),
    ("criterion", N_("Criterion of major hazards")),
)
HOW_CHECKED = (
    ("full text", N_("Full text read")),
    ("secondary source", N_("Known from a secondary source")),
    ("not checked", N_("Text not checked")),
)


def words(pairs: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Choices in the language of now."""
    return [(value, gettext(text)) for value, text in pairs]


class BasisForm(Row):
    """One clause that an item rests on; an empty law leaves the line out."""

    law_id = SelectField(_l("Law, rule or standard"), coerce=int_or_none)
    clause = StringField(
        _l("Clause"), [validators.Length(max=40)], description=_l("For example §21(1) or 5.1.2")
    )
    checked = BooleanField(_l("Compared with the official text"))


class PhraseForm(Row):
    """One ready wording; an empty wording leaves it out."""

    text_zh = TextAreaField(_l("Finding, in Chinese"), [validators.Length(max=1000)])
    text_en = TextAreaField(_l("Finding, in English"), [validators.Length(max=1000)])
    measure_zh = TextAreaField(_l("Measure, in Chinese"), [validators.Length(max=1000)])
    measure_en = TextAreaField(_l("Measure, in English"), [validators.Length(max=1000)])
    grade = SelectField(_l("Grade"), choices=lambda: words(GRADES))
    days = SelectField(_l("Deadline"), coerce=int, default=lambda: settings.number("term"))


def deadline(days: int) -> str:
    """A deadline in days, in words."""
    return gettext("On the spot") if days == 0 else ngettext("%(days)s day", "%(days)s days", days, days=days)


def _hash_or_none(text: str | None) -> str:
    """The hash of a photo that has been received; anything else is none."""
    return text if text and by_hash(text) is not None else ""


class ItemForm(PageForm):
    """An item of a draft."""

    text_zh = TextAreaField(
        _l("What is looked at, in Chinese"),
        [
            validators.InputRequired(_l("Write what is to be looked at, in Chinese.")),
            validators.Length(max=1000),
        ],
    )
    text_en = TextAreaField(_l("What is looked at, in English"), [validators.Length(max=1000)])
    hazard_class = SelectField(_l("Class of hazard"), choices=lambda: choices(HazardClass))
    major = SelectField(_l("Major hazard"), choices=lambda: choices(Major))
    major_note_zh = TextAreaField(_l("Scope of the criterion, in Chinese"), [validators.Length(max=500)])
    major_note_en = TextAreaField(_l("Scope of the criterion, in English"), [validators.Length(max=500)])
    photo_required = BooleanField(_l("A photo is required"))
    quantity_zh = StringField(_l("What is measured, in Chinese"), [validators.Length(max=60)])
    quantity_en = StringField(_l("What is measured, in English"), [validators.Length(max=60)])
    unit = StringField(
        _l("Unit"), [validators.Length(max=20)], description=_l("For example MPa, %LEL, mg/m\u00b3")
    )
    decimals = SelectField(_l("Decimals"), coerce=int, choices=lambda: [(n, str(n)) for n in DECIMALS])
    lower = StringField(_l("Lower limit"), [validators.Length(max=15)])
    upper = StringField(_l("Upper limit"), [validators.Length(max=15)])
    guidance_zh = TextAreaField(_l("How to look, in Chinese"), [validators.Length(max=600)])
    guidance_en = TextAreaField(_l("How to look, in English"), [validators.Length(max=600)])
    right_example = HiddenField(filters=[_hash_or_none])
    right_example_file = FileField(_l("Picture: right"))
    right_example_gone = BooleanField(_l("Take this picture away"))
    wrong_example = HiddenField(filters=[_hash_or_none])
    wrong_example_file = FileField(_l("Picture: wrong"))
    wrong_example_gone = BooleanField(_l("Take this picture away"))
    bases = FieldList(FormField(BasisForm), label=_l("Legal basis"))
    phrases = FieldList(FormField(PhraseForm), label=_l("Ready wordings"))

    def offer(self, laws: list[tuple[int, str]], kept: set[int]) -> None:
        """Offer the laws, the deadlines (those `kept` by the item too), and spare lines for a basis and a wording."""
        if not self.is_submitted():
            for _spare in range(SPARE_BASES):
                self.bases.append_entry()
            for _spare in range(SPARE_PHRASES):
                self.phrases.append_entry()
        for entry in self.bases:
            entry.form.law_id.choices = [("", gettext("None")), *laws]
        days = sorted({0, *settings.terms(), *kept})
        for entry in self.phrases:
            entry.form.days.choices = [(one, deadline(one)) for one in days]

    def show(self, pictures: Mapping[str, str]) -> None:
        """Take pictures that have just arrived, by their hashes; they stand in for those before."""
        for name, sha256 in pictures.items():
            self[name].data, self[f"{name}_gone"].data = sha256, False

    def measured(self) -> dict[str, Any]:
        """What is measured and asked for, and how to look."""
        texts = {name: (self[name].data or "").strip() for name in (*FIELDS, *GUIDANCE) if name != "decimals"}
        texts |= {name: "" if self[f"{name}_gone"].data else self[name].data or "" for name in EXAMPLES}
        return texts | {"decimals": self.decimals.data, "photo_required": bool(self.photo_required.data)}

    def rows(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The bases and phrases that were filled in."""
        bases = [
            {name: entry.form[name].data for name in ("law_id", "clause", "checked")}
            for entry in self.bases
            if entry.form.law_id.data
        ]
        phrases = [
            {field.short_name: field.data for field in entry.form}
            for entry in self.phrases
            if (entry.form.text_zh.data or "").strip()
        ]
        return bases, phrases


def item_form(item: Item | None) -> ItemForm:
    """The form, filled from an item."""
    return ItemForm(obj=item)


class PublishForm(PageForm):
    """Publish a draft."""

    asked_by = StringField(
        _l("Who asked for the change"),
        [
            validators.InputRequired(_l("Say who asked for the change: a person, an authority, a meeting.")),
            validators.Length(max=200),
        ],
    )

    note = TextAreaField(
        _l("What changed and why"),
        [
            validators.InputRequired(_l("Say what changed and why; people read it beside the version.")),
            validators.Length(max=1000),
        ],
    )


class LawForm(PageForm):
    """A law, rule or standard in one edition."""

    once = OnceField()
    title_zh = StringField(
        _l("Title, in Chinese"),
        [validators.InputRequired(_l("Write the title, in Chinese.")), validators.Length(max=200)],
    )
    title_en = StringField(_l("Title, in English"), [validators.Length(max=200)], default="")
    edition = StringField(
        _l("Edition"),
        [validators.Length(max=20)],
        default="",
        description=_l("The year, for example 2021"),
    )
    kind = SelectField(_l("Kind"), choices=lambda: words(LAW_KINDS))
    in_force_from = DayField(_l("In force from"), [validators.Optional()])
    in_force_to = DayField(_l("Last day in force"), [validators.Optional()])
    checked = SelectField(_l("How the text was checked"), choices=lambda: words(HOW_CHECKED))
    checked_on = DayField(_l("Text checked on"), [validators.Optional()])
    note_zh = TextAreaField(_l("Note, in Chinese"), [validators.Length(max=500)], default="")
    note_en = TextAreaField(_l("Note, in English"), [validators.Length(max=500)], default="")
