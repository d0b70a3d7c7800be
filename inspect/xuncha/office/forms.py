"""The form of the settings page: one field for each setting that the environment leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, Form, HiddenField, SelectField, StringField, validators

from ..appraisal.score import COMPONENTS
from ..checks.models import LegalMode
from ..core.errors import Refused
from ..core.forms import OnceField, PageForm, choices
from ..core.i18n import label, sentence
from ..core.labels import N_
from ..core.settings import AWAY, CAPS, FIRST_STEPS, MAP_SHIFTED, MAP_TILES, OFFICE_PLACE, WEIGHTS
from . import rules


def _fits(_form: Form, field: Field) -> None:
    """The setting's rule, beside its field."""
    try:
        rules.RULES[field.name](field.data or "")
    except Refused as problem:
        raise validators.ValidationError(sentence(problem)) from None


TICKS = ("enforcement", "step_due_soon", "public_facts", "public_hazards")


def _step_field(name: Any) -> StringField:
    return StringField(
        name, [validators.InputRequired(_l("Enter a number of days; 0 leaves the step out.")), _fits]
    )


def _cap_field(name: Any) -> StringField:
    return StringField(name, [validators.InputRequired(_l("Enter the visits a year; 0: no cap.")), _fits])


def _weight_field(name: Any) -> StringField:
    return StringField(name, [validators.InputRequired(_l("Enter the weight; 0 leaves it out.")), _fits])


class SettingsForm(PageForm):
    """What the office may set."""

    once = OnceField()
    seen = HiddenField()
    zone_zh = StringField(
        _l("Name of the zone, in Chinese"),
        [validators.InputRequired(_l("Enter the zone's name in Chinese.")), _fits],
        description=_l("Stands at the head of every page and on papers."),
    )
    zone_en = StringField(
        _l("Name of the zone, in English"),
        [_fits],
        description=_l("For readers of English; where it is missing they see the Chinese one."),
    )
    org_zh = StringField(
        _l("Inspecting organ, in Chinese"),
        [_fits],
        description=_l("As on its seal. Papers print no organ until it is entered."),
    )
    org_en = StringField(
        _l("Inspecting organ, in English"), [_fits], description=_l("On papers that are printed in English.")
    )
    office_phone = StringField(
        _l("Telephone of the office"),
        [_fits],
        description=_l("On plaques, responsibility lists and the page of public facts."),
    )
    public_facts = BooleanField(
        _l("Plaques open the public facts of their enterprise"),
        description=_l(
            "Name, supervisor, risk and last check, without an account. Off: their codes open nothing."
        ),
    )
    public_hazards = BooleanField(
        _l("The public facts say how many hazards are not closed"),
        description=_l("Only the number, never what was found."),
    )
    number_prefix = StringField(
        _l("Organ code in document numbers"),
        [validators.InputRequired(_l("Enter the organ code.")), _fits],
    )
    legal_mode = SelectField(
        _l("Legal mode proposed for a visit"),
        [_fits],
        choices=lambda: choices(LegalMode),
        description=_l("Every check may choose another one."),
    )
    enforcement = BooleanField(
        _l("The inspecting organ has enforcement power"),
        description=_l("Only then administrative inspections and their orders are offered."),
    )
    terms = StringField(
        _l("Deadlines offered for a rectification, in days"),
        [validators.InputRequired(_l("Enter at least one deadline.")), _fits],
        description=_l("Separated by spaces, for example 3 7 15 30. On the spot is always offered."),
    )
    term = StringField(
        _l("Deadline proposed, in days"),
        [validators.InputRequired(_l("Enter the deadline that is proposed.")), _fits],
        description=_l("Where no ready wording of the checklist gives one."),
    )
    soon = StringField(
        _l("Due soon, in days"),
        [validators.InputRequired(_l("Enter from when a hazard counts as due soon.")), _fits],
        description=_l("So many days before its due date a hazard is listed as due soon."),
    )
    look_back_share = StringField(
        _l("Look-back checks: share of the closed hazards, in percent"),
        [validators.InputRequired(_l("Enter the share; 0 draws none.")), _fits],
        description=_l("Drawn by lot, the same whoever draws; 0 draws none."),
    )
    look_back_age = StringField(
        _l("Look-back checks: days after closure"),
        [validators.InputRequired(_l("Enter after how many days a closed hazard is looked back at.")), _fits],
        description=_l("So many days after its closure a hazard that was drawn waits for its look-back."),
    )

    quiet_from = StringField(
        _l("Quiet hours from"),
        [validators.InputRequired(_l("Enter the hour from which no digest is sent.")), _fits],
        description=_l("An hour from 0 to 23. From then on no digest is sent."),
    )
    quiet_to = StringField(
        _l("Quiet hours until"),
        [validators.InputRequired(_l("Enter the hour from which digests are sent again.")), _fits],
        description=_l("The same hour twice: digests are sent at any hour."),
    )

    step_due_soon = BooleanField(
        _l("Remind when a hazard is due soon"),
        description=_l("So many days before the due date as a hazard counts as due soon."),
    )
    step_overdue = _step_field(_l("Escalated as overdue, days after the due date"))
    step_team_leader = _step_field(_l("Passed to the team leader, days after the due date"))
    step_letter = _step_field(_l("Supervision letter, days after the due date"))
    step_interview = _step_field(_l("Interview or referral, days after the due date"))

    pulse_days = StringField(
        _l("Days between two pulses of an idle site"),
        [validators.InputRequired(_l("Enter the days between two pulses.")), _fits],
        description=_l("From then on Today names the site; a check of the site counts as a look too."),
    )
    cap_enforcement = _cap_field(_l("Administrative inspections a year"))
    cap_zone_check = _cap_field(_l("Zone supervision checks a year"))
    cap_service = _cap_field(_l("Visits for guidance a year"))
    cap_expert = _cap_field(_l("Expert screenings a year"))

    appeal_days = StringField(
        _l("Days to appeal"),
        [validators.InputRequired(_l("Enter the days in which an appeal may be filed.")), _fits],
        description=_l("From the first issue of the appraisal of a period."),
    )
    fewest_tasks = StringField(
        _l("Planned checks that a score needs"),
        [validators.InputRequired(_l("Enter how many planned checks a score needs.")), _fits],
        description=_l("With fewer the page says that they are too few, and gives no score."),
    )
    deduction_points = StringField(
        _l("Points deducted for a false record"),
        [validators.InputRequired(_l("Enter the points that a false record takes off.")), _fits],
        description=_l(
            "A person decides on each, after hearing who is concerned; nothing is deducted by itself."
        ),
    )
    deduction_most = StringField(
        _l("Points deducted in a period at most"),
        [validators.InputRequired(_l("Enter the most points that are deducted in a period.")), _fits],
    )
    hearing_days = StringField(
        _l("Days to be heard on a false record"),
        [validators.InputRequired(_l("Enter the days in which the person is heard.")), _fits],
        description=_l("Before they are over, or a statement is there, nobody decides."),
    )

    @classmethod
    def showing(cls, values: Mapping[str, str], seen: int) -> SettingsForm:
        """The form as the settings stand, or as it was posted."""
        shown: dict[str, Any] = dict(values)
        return cls(data=shown | {key: values[key] == "1" for key in TICKS} | {"seen": str(seen)})

    def wanted(self) -> dict[str, str]:
        """What was asked for."""
        found = {key: self[key].data for key in rules.RULES if key in self._fields}
        found |= {key: "1" if found[key] else "0" for key in TICKS if key in found}
        return {key: str(value or "") for key, value in found.items()}


# A field for each component, called as its rate is.
for _component in COMPONENTS:
    setattr(SettingsForm, _component.setting, _weight_field(_l(_component.rate.label)))

OF_OTHER_PAGES = {
    FIRST_STEPS: N_("First steps"),
    MAP_TILES: N_("Address of the office's own tiles"),
    MAP_SHIFTED: N_("These tiles are shifted (GCJ-02)"),
    OFFICE_PLACE: N_("Place of the office"),
}


def name_of(key: str) -> str:
    """What a setting is called."""
    if key in OF_OTHER_PAGES:
        return gettext(OF_OTHER_PAGES[key])
    name = str(getattr(SettingsForm, key).args[0])
    return gettext("Weight of: %(name)s", name=name) if key in WEIGHTS else name


def in_words(key: str, value: str) -> str:
    """A setting's value as people read it."""
    if key == FIRST_STEPS:
        return gettext("Put away") if value == AWAY else gettext("Shown")
    if key in (*TICKS, MAP_SHIFTED):
        return gettext("Yes") if value == "1" else gettext("No")
    if key == "legal_mode":
        return label(LegalMode(value)) if value in set(LegalMode) else value
    if key in CAPS and value == "0":
        return gettext("No cap")
    if key in rules.STEPS and value == "0":
        return gettext("Left out")
    return value.replace(" ", ", ") if key == "terms" else value
