"""Forms of the hazards pages: the fields of every step come from the table of the life cycle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    FileField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)

from ..checklists.models import HazardClass
from ..core import settings
from ..core.access import READ_ALL, Role
from ..core.clock import today
from ..core.forms import (
    DayField,
    DecimalNumberField,
    FilterSelectField,
    OnceField,
    PageForm,
    choices,
    int_or_none,
)
from ..core.i18n import pick, word, write_day
from ..core.labels import N_
from ..enterprises.models import SiteKind
from . import queries, rules
from .actions import AD_HOC_SOURCES
from .contact_log import Channel, Reply
from .follow_up.escalation_steps import EscalationStep
from .lifecycle import MISSING, Act, State, is_missing, step_of
from .lists.filters import Criteria, Order
from .models import Grade, Hazard, Source, VerifyMethod
from .papers.deliveries import BY_HAND, Handover, Manner
from .public.notice_links import NAMELESS

_LINE = [validators.Length(max=300)]
_WORDS = [validators.Length(max=5000)]
_OPTIONAL = [validators.Optional()]

LABELS: dict[tuple[Act, str], Any] = {
    (Act.REPORT_DONE, "note"): _l("What was done"),
    (Act.REPORT_DONE, "photos"): _l("Photos of how it looks now"),
    (Act.CLOSE_OWN, "note"): _l("What was looked at"),
    (Act.CLOSE_OWN, "photos"): _l("Photos of how it looks now"),
    (Act.SEND_BACK, "note"): _l("What is still wrong"),
    (Act.SEND_BACK, "due_on"): _l("New due date"),
    (Act.REOPEN, "due_on"): _l("New due date"),
    (Act.ASK_EXTENSION, "due_on"): _l("Date asked for"),
    (Act.ASK_EXTENSION, "reason"): _l("Why more time is needed"),
    (Act.REFUSE_EXTENSION, "note"): _l("Why not"),
    (Act.CLOSE_REFERRED, "note"): _l("What the department replied"),
    (Act.CONFIRM_MAJOR, "interim_measures"): _l("Measures that keep people safe from now until it is closed"),
    (Act.SUBMIT_PLAN, "responsible"): _l("Responsibility: who answers for the rectification"),
    (Act.SUBMIT_PLAN, "due_on"): _l("Time limit: rectified by"),
    (Act.SUBMIT_PLAN, "interim_measures"): _l("Measures that keep people safe until it is closed"),
    (Act.RETURN_PLAN, "note"): _l("What the plan lacks"),
    (Act.REPORT_PROGRESS, "note"): _l("What was done since the last report"),
    (Act.REPORT_PROGRESS, "interim_measures"): _l("Measures that keep people safe now"),
    (Act.REPORT_PROGRESS, "photos"): _l("Photos of the progress"),
    (Act.LIST, "reason"): _l("Basis of the listing"),
    (Act.DELIST, "reason"): _l("Basis of the delisting"),
    (Act.REFER, "reason"): _l("Facts and basis of the referral"),
    (Act.CONFIRM_FINDING, "criterion"): _l("Criterion, if it may be a major hazard (document and clause)"),
    (Act.REJECT_FINDING, "reason"): _l("Why the finding is not taken over"),
    (Act.SUPERVISE, "reply_by"): _l("Written answer by"),
    (Act.SUPERVISE, "note"): _l("What is demanded besides"),
    (Act.VERIFY, "photos"): _l("Photos at re-inspection"),
    (Act.SEND_BACK, "photos"): _l("Photos at re-inspection"),
    (Act.FOUND_AGAIN, "note"): _l("What was seen"),
    (Act.FOUND_AGAIN, "photos"): _l("Photos of the hazard"),
    (Act.LOOK_BACK, "photos"): _l("Photos of how it looks now"),
    (Act.RELAPSE, "photos"): _l("Photos of the hazard"),
    (Act.RELAPSE, "note"): _l("What is wrong"),
    (Act.RELAPSE, "due_on"): _l("New due date"),
}


class StepForm(PageForm):
    """What a step must and may bring; `of` leaves only the fields of one step."""

    version = HiddenField()
    responsible = StringField(_l("Who rectifies it"), _LINE)
    measures = TextAreaField(_l("Measures: what is done, step by step"), _WORDS)
    funds = DecimalNumberField(
        _l("Money set aside (10,000 yuan)"), [*_OPTIONAL, validators.NumberRange(min=0, max=1_000_000)]
    )
    emergency_plan = TextAreaField(_l("Emergency plan: what is done in an emergency, who is called"), _WORDS)
    leader = StringField(_l("Responsible leader"), _LINE)
    deadline = DayField(_l("Deadline of the listing"), _OPTIONAL)
    reply_by = DayField(_l("Reply asked for by"), _OPTIONAL)
    method = RadioField(
        _l("How it was verified"), validators=_OPTIONAL, choices=lambda: choices(VerifyMethod)
    )
    second = StringField(_l("Second person on site"), _LINE)
    channel = RadioField(_l("How they were reminded"), validators=_OPTIONAL, choices=lambda: choices(Channel))
    reply = RadioField(_l("What came of it"), validators=_OPTIONAL, choices=lambda: choices(Reply))
    criterion = StringField(_l("Criterion of a major hazard (document and clause)"), _LINE)
    department = StringField(_l("Competent department"), _LINE)
    reason = TextAreaField(_l("Reason"), _WORDS)
    interim_measures = TextAreaField(_l("Measures that keep it safe until then"), _WORDS)
    into = RadioField(_l("The hazard that stays"), validators=_OPTIONAL, choices=[])
    due_on = DayField(_l("Due date"), _OPTIONAL)
    note = TextAreaField(_l("Remark"), _WORDS)
    cost = DecimalField(
        _l("Money spent (10,000 yuan)"), [*_OPTIONAL, validators.NumberRange(min=0, max=1_000_000)]
    )
    photos = MultipleFileField(_l("Photos"))

    act: Act
    kept: list[str]
    # Fields of every step, and those among them that must be filled.
    always: ClassVar[set[str]] = {"version", "csrf_token"}
    always_required: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def of(cls, act: Act, hazard: Hazard, kept: list[str]) -> Self:
        """The form of a step of a hazard; `kept` are photos that an earlier try has sent already."""
        form = cls()
        step = step_of(act)
        wanted = {*cls.always, *step.brings, *step.may_bring}
        if not rules.needs_second(hazard):
            wanted -= {"second"}
        for name in [field.name for field in form]:
            if name not in wanted:
                del form[name]
            elif (act, name) in LABELS:
                form[name].label.text = LABELS[act, name]
        if "into" in form:
            form.into.choices = [(other.number, _named(other)) for other in queries.others_open(hazard)]
        form.act, form.kept = act, kept
        if not form.is_submitted():
            form.version.data = str(hazard.version)
            form.propose(hazard)
        return form

    @property
    def required(self) -> tuple[str, ...]:
        """The fields that the step must bring."""
        second = ("second",) if "second" in self else ()
        return (*step_of(self.act).brings, *second, *self.always_required)

    def propose(self, hazard: Hazard) -> None:
        """Fill in what is known or usual."""
        if "method" in self and rules.on_site_by_default(hazard):
            self.method.data = VerifyMethod.ON_SITE.value
        if "responsible" in self:
            self.responsible.data = hazard.responsible
        if "criterion" in self:
            self.criterion.data = hazard.major_criterion
        if "interim_measures" in self and self.act is not Act.ASK_EXTENSION:
            self.interim_measures.data = hazard.interim_measures
        if "deadline" in self:
            self.deadline.data = hazard.due_on
        if self.act is Act.CONFIRM_FINDING:
            self.due_on.data = hazard.due_on
        if self.act is Act.SUBMIT_PLAN:
            self._propose_plan(hazard)
        if self.act is Act.RELAPSE:
            self.note.data = hazard.description
            self.due_on.data = today() + timedelta(days=settings.number("term"))

    def _propose_plan(self, hazard: Hazard) -> None:
        """The plan that was returned, to be mended; at first what the finding says."""
        self.due_on.data = hazard.due_on
        self.measures.data = hazard.measure
        if hazard.plans:
            for name in ("responsible", "measures", "funds", "due_on", "emergency_plan"):
                self[name].data = getattr(hazard.plans[-1], name)

    def validate(self, extra_validators: Any = None) -> bool:
        """Name everything that is missing at once, not one field after another."""
        valid = bool(super().validate(extra_validators))
        for name in self.required:
            given = self.kept if name == "photos" else self[name].data
            if is_missing(given) and not self[name].errors:
                self[name].errors = [gettext(MISSING[name])]
                valid = False
        return valid

    def brought(self) -> dict[str, Any]:
        """What the step gets."""
        return {field.name: field.data for field in self if field.name not in {*self.always, "photos"}}


class LinkStepForm(StepForm):
    """A step taken by whoever holds the paper of a notice: who it was is typed."""

    who = StringField(_l("Your name"), [validators.InputRequired(_l(NAMELESS)), validators.Length(max=80)])

    always: ClassVar[set[str]] = StepForm.always | {"who"}
    always_required: ClassVar[tuple[str, ...]] = ("who",)


class ReceiptForm(PageForm):
    """Receipt of a notice acknowledged, and the person in charge named."""

    responsible = StringField(
        _l("Who rectifies it"),
        [validators.InputRequired(_l("Name the person who will rectify it.")), *_LINE],
    )
    who = StringField(_l("Your name"), [validators.InputRequired(_l(NAMELESS)), validators.Length(max=80)])


class WorkerReportForm(PageForm):
    """A hazard that somebody before a poster reports."""

    once = OnceField()
    words = TextAreaField(_l("What is wrong"), [validators.DataRequired(_l("Say what is wrong.")), *_WORDS])
    place = StringField(_l("Where"), [validators.DataRequired(_l("Say where it is.")), *_LINE])
    who = StringField(_l("Your name"), [validators.Length(max=80)])
    photos = MultipleFileField(_l("Photos of the hazard"))


class PosterForm(PageForm):
    """A further poster of an enterprise."""

    once = OnceField()
    area = StringField(_l("Area"), [validators.Length(max=60)])


class TakeReportForm(PageForm):
    """What a worker's report becomes."""

    description = TextAreaField(
        _l("What is wrong"), [validators.InputRequired(_l("Say what is wrong.")), *_WORDS]
    )
    place = StringField(_l("Where"), _LINE)
    hazard_class = SelectField(_l("Class"), choices=lambda: choices(HazardClass))
    measure = TextAreaField(_l("What must be done"), _WORDS)
    due_on = DayField(_l("Due date"), [validators.InputRequired(_l("Give a due date."))])


class TurnDownForm(PageForm):
    """Why a worker's report is no hazard to rectify."""

    reason = TextAreaField(_l("Reason"), [validators.InputRequired(_l("Give the reason.")), *_WORDS])


class DeliveryForm(PageForm):
    """A notice handed over on paper, or refused."""

    once = OnceField()
    manner = RadioField(
        _l("Manner of delivery"), choices=lambda: choices(Manner, only=BY_HAND), default=Manner.PAPER.value
    )
    delivered_on = DayField(
        _l("Delivered on"), [validators.InputRequired(_l("Give the day of the delivery."))], default=today
    )
    receiver = StringField(_l("Receiver: who signed for it, or refused it"), _LINE)
    witness = StringField(_l("Witness, with unit"), _LINE)
    deliverer = StringField(_l("Delivered by"), _LINE)
    place = StringField(_l("Place of delivery"), _LINE)
    note = TextAreaField(_l("Remark: why it was refused, where it was left"), _WORDS)
    photos = FileField(_l("Photo of the signed receipt or of the delivery"))

    def handover(self) -> Handover:
        """What was told."""
        texts = {
            name: self[name].data or "" for name in ("deliverer", "receiver", "witness", "place", "note")
        }
        return Handover(Manner(self.manner.data), self.delivered_on.data, **texts)


def _named(hazard: Hazard) -> str:
    parts = (hazard.number, hazard.place, hazard.description, write_day(hazard.found_on))
    return " · ".join(part for part in parts if part)


class HazardForm(PageForm):
    """A hazard that no check found."""

    once = OnceField()
    site_id = SelectField(_l("Enterprise or idle site"), coerce=int_or_none)
    source = SelectField(_l("How it came to be known"))
    description = TextAreaField(
        _l("What is wrong"), [validators.InputRequired(_l("Say what is wrong.")), *_WORDS]
    )
    place = StringField(_l("Where"), _LINE)
    hazard_class = SelectField(_l("Class"), choices=lambda: choices(HazardClass))
    suspected_major = BooleanField(_l("Suspected major"))
    criterion = StringField(_l("Criterion of a major hazard (document and clause)"), _LINE)
    basis = StringField(_l("Basis"), _LINE)
    measure = TextAreaField(_l("What must be done"), _WORDS)
    due_on = DayField(_l("Due date"), [validators.InputRequired(_l("Give a due date."))])
    photos = MultipleFileField(_l("Photos of the hazard"))
    as_new = HiddenField()

    def for_enterprise(self) -> None:
        """What an enterprise does not say about its own finding."""
        for name in ("source", "suspected_major", "criterion", "basis"):
            del self[name]

    def offer_sources(self) -> None:
        """The ways in which a hazard becomes known without a check."""
        self.source.choices = choices(Source, only=AD_HOC_SOURCES)


class FilterForm(PageForm):
    """The filters of the list; the names are those of the address."""

    class Meta:
        """A form that only reads needs no token."""

        csrf = False

    q = StringField(N_("Words"))
    supervisor = FilterSelectField(N_("Supervisor"))
    state = FilterSelectField(N_("State"), choices=lambda: choices(State, empty=word(N_("All"))))
    hazard_class = FilterSelectField(
        N_("Class"), name="class", choices=lambda: choices(HazardClass, empty=word(N_("All")))
    )
    grade = FilterSelectField(N_("Grade"), choices=lambda: choices(Grade, empty=word(N_("All"))))
    focus = FilterSelectField(N_("Focus list"))
    source = FilterSelectField(N_("Source"), choices=lambda: choices(Source, empty=word(N_("All"))))
    step = FilterSelectField(
        N_("Step of the escalation"), choices=lambda: choices(EscalationStep, empty=word(N_("All")))
    )
    site_kind = FilterSelectField(
        N_("Kind of site"), choices=lambda: choices(SiteKind, empty=word(N_("All")))
    )
    found_from = DayField(N_("Found from"), name="from")
    found_to = DayField(N_("Found to"), name="to")
    due_from = DayField(N_("Due from"))
    due_to = DayField(N_("Due to"))
    closed_from = DayField(N_("Closed from"))
    closed_to = DayField(N_("Closed to"))
    repeat = BooleanField(N_("Only repeated ones"))
    on_spot = BooleanField(N_("Only those rectified on the spot"))
    order = FilterSelectField(N_("Order"), choices=lambda: choices(Order))

    @property
    def names(self) -> set[str]:
        """The parameters of the address that the form shows."""
        return {field.name for field in self}

    @classmethod
    def of(
        cls, criteria: Criteria, reader: Any, supervisors: Sequence[Any], focus_lists: list[Any]
    ) -> FilterForm:
        """The form as the address filled it."""
        known = {name: value for name, value in vars(criteria).items() if value is not None}
        form = cls(formdata=None, data={"q": criteria.text, **known})
        form.supervisor.choices = [
            ("", word(N_("All"))),
            *((str(person.id), person.name) for person in supervisors),
        ]
        form.focus.choices = [
            ("", word(N_("All"))),
            *((str(one.id), pick(one, "name")) for one in focus_lists),
        ]
        form.focus.data = str(criteria.focus or "")
        if not focus_lists:
            del form["focus"]
        form.supervisor.data = str(criteria.supervisor or "")
        if reader.role not in READ_ALL | {Role.TEAM_LEAD}:
            del form["supervisor"]
        return form


def draft_key(hazard: Hazard, act: Act) -> str:
    """Under which a phone keeps what is typed for this step: once it is taken the next one has another key, and other steps
    take nothing away."""
    taken = sum(event.act is act for event in hazard.events)
    return f"hazard-{hazard.id}-{act.value}-{taken}"


def draft_keys(hazard: Hazard) -> str:
    """Those of all steps that may still be sent."""
    return " ".join(draft_key(hazard, act) for act in Act)
