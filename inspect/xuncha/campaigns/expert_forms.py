"""Forms of experts: their bodies and certificates, and the zone's decision on each of their findings."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField, validators

from ..core.errors import Refused
from ..core.forms import EMPTY, DayField, OnceField, PageForm, Row, choices, int_or_none
from ..core.i18n import sentence
from ..hazards.lifecycle import MISSING
from ..hazards.models import Hazard
from .credentials import OrganisationKind
from .expert_opinions import Decision
from .forms import DAY, LINE, SOMETHING

CONFIRM, REJECT, LATER = "confirm", "reject", "later"


class OrganisationForm(PageForm):
    """A body that sends experts, and its contract."""

    once = OnceField()
    version = HiddenField()
    kind = SelectField(
        _l("Kind of organisation"),
        [validators.InputRequired(_l("Choose the kind."))],
        choices=lambda: choices(OrganisationKind, empty=EMPTY),
    )
    name = StringField(_l("Name of the organisation"), [SOMETHING, LINE])
    contract_number = StringField(_l("Number of the contract"), [LINE])
    contract_from = DayField(_l("Contract from"), [DAY])
    contract_until = DayField(_l("Contract until"), [DAY], description=_l("The last day still counts."))
    contact = StringField(_l("Contact: name and phone"), [LINE])

    def facts(self) -> dict[str, Any]:
        """What the valid form says."""
        names = ("name", "contract_number", "contract_from", "contract_until", "contact")
        return {name: self[name].data or "" for name in names} | {"kind": OrganisationKind(self.kind.data)}


class CredentialForm(PageForm):
    """Who sends an expert, and the certificate."""

    version = HiddenField()
    organisation_id = SelectField(
        _l("Organisation"),
        [validators.InputRequired(_l("Choose the organisation."))],
        coerce=int_or_none,
    )
    certificate_kind = StringField(
        _l("Kind of certificate"),
        [SOMETHING, LINE],
        description=_l("For example registered safety engineer, senior engineer."),
    )
    certificate_number = StringField(_l("Number of the certificate"), [SOMETHING, LINE])
    certificate_until = DayField(_l("Valid until"), [DAY], description=_l("The last day still counts."))

    def facts(self) -> dict[str, Any]:
        """What the valid form says."""
        names = ("organisation_id", "certificate_kind", "certificate_number", "certificate_until")
        return {name: self[name].data for name in names}


class FindingForm(Row):
    """The zone's decision on one finding; its fields carry the number of the hazard."""

    decision = RadioField(_l("The zone's decision"), validators=[validators.Optional()], choices=[])
    due_on = DayField(_l("Rectify by"), [validators.Optional()])
    criterion = StringField(
        _l("Criterion, if it may be a major hazard (document and clause)"),
        [validators.Length(max=300)],
    )
    reason = TextAreaField(
        _l("Why the finding is not taken over"),
        [validators.Length(max=5000)],
    )

    @classmethod
    def of(cls, hazard: Hazard, posted: Any, *, rejects: bool) -> FindingForm:
        """The form of a finding; only managers reject."""
        form = cls(posted, prefix=f"f{hazard.id}-", due_on=hazard.due_on, criterion=hazard.cited_criterion)
        offered = [(CONFIRM, gettext("Take it over"))]
        offered += [(REJECT, gettext("Do not take it over"))] if rejects else []
        form.decision.choices = [*offered, (LATER, gettext("Decide later"))]
        if posted is None:
            form.decision.data = CONFIRM
        return form

    def decided(self) -> Decision | None:
        """The decision; none where it is left for later."""
        if self.decision.data == REJECT:
            return Decision(False, reason=self.reason.data or "")
        if self.decision.data == CONFIRM:
            return Decision(True, self.due_on.data, self.criterion.data or "")
        return None

    def complete(self) -> bool:
        """Whether what is decided names what it needs; what is missing is said beside its field."""
        fine: bool = self.validate()
        wanted = {CONFIRM: "due_on", REJECT: "reason"}.get(self.decision.data or "")
        if wanted and not self[wanted].data and not self[wanted].errors:
            self[wanted].errors = [gettext(MISSING[wanted])]
            fine = False
        return fine

    def show(self, field: str, problem: Refused) -> None:
        """Put a refusal beside its field."""
        self[field].errors = [sentence(problem)]


class LessonForm(PageForm):
    """A lesson on an item."""

    once = OnceField()
    item_code = SelectField(_l("Item"), [validators.InputRequired(_l("Choose the item."))])
    text = TextAreaField(_l("What the lesson is to teach"), [SOMETHING, validators.Length(max=2000)])


class OpinionForm(PageForm):
    """When the experts' findings are re-inspected."""

    once = OnceField()
    reinspect_on = DayField(_l("Re-inspection on"), [validators.Optional()])

    def day(self) -> date | None:
        """The day of re-inspection; none for the usual one."""
        chosen: date | None = self.reinspect_on.data
        return chosen
