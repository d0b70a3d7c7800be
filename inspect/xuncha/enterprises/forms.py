"""Forms of the enterprises pages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FloatField,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)

from ..accounts.models import User
from ..core.forms import (
    EMPTY,
    DayField,
    FilterSelectField,
    OnceField,
    PageForm,
    Row,
    WholeNumberField,
    choices,
    int_or_none,
)
from ..core.i18n import sentence, word
from ..core.labels import N_
from .actions import EDITABLE
from .list_queries import NOBODY
from .models import ContactDuty, Risk, Sector, Site, WorkingState
from .validation import LENGTHS, MOST_CONTACTS, SHORT, ContactFacts, clean

ENUMS = {"sector": Sector, "risk": Risk, "working_state": WorkingState}
NOT_FOR_IDLE = ("uscc", "sector", "key", "key_since", "crowded", "working_state", "staff")
optional = validators.Optional()


def _most(name: str) -> validators.Length:
    return validators.Length(max=LENGTHS.get(name, SHORT), message=_l("At most %(max)d characters."))


class FilterForm(Form):
    """The filters of the lists; everything is optional and stands in the address."""

    text = StringField(N_("Name, code or address"))
    sector = FilterSelectField(N_("Sector"), validate_choice=False)
    risk = FilterSelectField(N_("Risk level"), validate_choice=False)
    key = FilterSelectField(N_("Key enterprise"), validate_choice=False)
    crowded = FilterSelectField(N_("Crowded"), validate_choice=False)
    state = FilterSelectField(N_("Working state"), validate_choice=False)
    area = FilterSelectField(N_("Area"), validate_choice=False)
    supervisor = FilterSelectField(N_("Supervisor"), validate_choice=False)

    def fill(self, areas: list[str], people: list[User]) -> None:
        """Give the lists their choices in the language of now."""
        every = word(N_("All"))
        self.sector.choices = choices(Sector, empty=every)
        self.risk.choices = choices(Risk, empty=every)
        self.state.choices = choices(WorkingState, empty=every)
        for field in (self.key, self.crowded):
            field.choices = [("", every), ("1", gettext("Yes")), ("0", gettext("No"))]
        self.area.choices = [("", every), *((area, area) for area in areas)]
        self.supervisor.choices = [
            ("", every),
            (NOBODY, gettext("Without a supervisor")),
            *((str(person.id), person.name) for person in people),
        ]


class ContactForm(Row):
    """A line of contacts; without a name it goes away."""

    duty = SelectField(_l("Duty"), choices=lambda: choices(ContactDuty))
    name = StringField(_l("Name"), [_most("contact")])
    title = StringField(_l("Title"), [_most("contact")])
    phone = StringField(_l("Phone"), [_most("contact")])


class SiteForm(PageForm):
    """The facts of a site; `version` is the state that the writer looked at."""

    once = OnceField()
    version = HiddenField()
    name = StringField(
        _l("Name of the site"), [validators.InputRequired(_l("Enter the name.")), _most("name")]
    )
    uscc = StringField(
        _l("Unified social credit code"),
        [_most("uscc")],
        description=_l("18 characters from the business licence."),
    )
    sector = SelectField(
        _l("Sector"),
        [validators.InputRequired(_l("Choose the sector."))],
        choices=lambda: choices(Sector, empty=str(EMPTY)),
    )
    risk = SelectField(
        _l("Risk level"),
        [validators.InputRequired(_l("Choose the risk level."))],
        choices=lambda: choices(Risk, empty=str(EMPTY)),
    )
    key = BooleanField(_l("Key enterprise (checked twice a month)"))
    key_since = DayField(_l("Key since"), [optional], description=_l("Empty: from today."))
    crowded = BooleanField(_l("Crowded place"))
    working_state = SelectField(_l("Working state"), choices=lambda: choices(WorkingState))
    area = StringField(_l("Area"), [_most("area")])
    address = StringField(_l("Address"), [_most("address")])
    latitude = FloatField(_l("Latitude"), [optional], description=_l("WGS-84, as phones report it."))
    longitude = FloatField(_l("Longitude"), [optional])
    staff = WholeNumberField(_l("Staff"), [optional])
    no_phone = BooleanField(_l("Phones not allowed inside (explosion risk)"))
    entry_notes = TextAreaField(
        _l("Notes for entering"),
        [_most("entry_notes")],
        description=_l("Gate, protective gear, whom to call."),
    )
    note = TextAreaField(_l("Note"), [_most("note")])
    contacts = FieldList(FormField(ContactForm), _l("Contacts"), max_entries=MOST_CONTACTS)
    twin_ok = BooleanField(_l("It is another site than the one already listed"))

    def shorten(self) -> None:
        """Leave out what an idle site does not have."""
        for name in NOT_FOR_IDLE:
            del self[name]

    def show(self, site: Site | None) -> None:
        """Fill the form from a site; two empty lines of contacts wait at the end."""
        if site is not None:
            for name in EDITABLE:
                if name in self._fields:
                    value = getattr(site, name)
                    self[name].data = value.value if name in ENUMS else value
            self.version.data = str(site.version)
            for contact in site.contacts:
                line = {
                    "duty": contact.duty.value,
                    "name": contact.name,
                    "title": contact.title,
                    "phone": contact.phone,
                }
                self.contacts.append_entry(line)
        duties = (
            (ContactDuty.PRINCIPAL, ContactDuty.SAFETY_OFFICER) if site is None else (ContactDuty.OTHER,) * 2
        )
        for duty in duties[: MOST_CONTACTS - len(self.contacts)]:
            self.contacts.append_entry({"duty": duty.value})

    def validate(self, extra_validators: Any = None) -> bool:
        """The form's own rules, and those that a workbook's rows obey too: every problem at once."""
        fine = bool(super().validate(extra_validators))
        wrong = {name for name, field in self._fields.items() if field.errors}
        if wrong & ENUMS.keys():
            return False
        for problem in clean(self.facts())[1]:
            if problem.field in self._fields and problem.field not in wrong:
                self[problem.field].errors = [*self[problem.field].errors, sentence(problem)]
                fine = False
        return fine

    def facts(self) -> dict[str, Any]:
        """What was entered, as the actions take it."""
        found = {name: self[name].data for name in EDITABLE if name in self._fields}
        return {name: ENUMS[name](value) if name in ENUMS else value for name, value in found.items()}

    def contact_facts(self) -> list[ContactFacts]:
        """The lines of contacts."""
        return [
            ContactFacts(
                ContactDuty(line["duty"]), line["name"] or "", line["title"] or "", line["phone"] or ""
            )
            for line in self.contacts.data
        ]


def _people(people: list[User], empty: str) -> list[tuple[str, str]]:
    named = [(str(one.id), f"{one.name} ({one.team.name_zh})" if one.team else one.name) for one in people]
    return [("", empty), *named]


class DutyForm(PageForm):
    """From which day, and why."""

    from_on = DayField(_l("Begins on"), [validators.InputRequired(_l("Enter the day from which it holds."))])
    note = StringField(_l("Reason or note"), [validators.Length(max=500)])
    correcting = BooleanField(_l("Correction: the list was wrong, it held since that day"))


class AssignForm(DutyForm):
    """Name the supervisor of one site."""

    supervisor_id = SelectField(_l("Supervisor"), coerce=int_or_none)

    def fill(self, people: list[User]) -> None:
        """Give the list its people."""
        self.supervisor_id.choices = _people(people, str(EMPTY))

    def validate_supervisor_id(self, field: SelectField) -> None:
        """Somebody must be chosen."""
        if field.data is None:
            raise validators.ValidationError(gettext("Choose a supervisor."))


class ReassignForm(AssignForm):
    """Name the supervisor of the selected sites, from today or a later day on."""

    correcting = None


class HandoverForm(DutyForm):
    """Hand the sites of a supervisor over; each line has its own list beside this form."""

    to_all = SelectField(
        _l("New supervisor for all"),
        coerce=int_or_none,
        description=_l("A choice beside a site goes before this one."),
    )

    def fill(self, people: list[User]) -> None:
        """Give the list its people."""
        self.to_all.choices = _people(people, gettext("Nobody for all; chosen site by site"))


class EngageForm(PageForm):
    """Let an expert look at a site for some time."""

    expert_id = SelectField(_l("Expert"), coerce=int_or_none)
    from_on = DayField(_l("First day"), [validators.InputRequired(_l("Enter the first day."))])
    until_on = DayField(_l("Last day"), [validators.InputRequired(_l("Enter the last day."))])
    body = StringField(
        _l("Sent by"), [validators.Length(max=120)], description=_l("The body that employs the expert.")
    )

    def fill(self, people: list[User]) -> None:
        """Give the list its people."""
        self.expert_id.choices = _people(people, str(EMPTY))

    def validate_expert_id(self, field: SelectField) -> None:
        """Somebody must be chosen."""
        if field.data is None:
            raise validators.ValidationError(gettext("Choose an expert."))
