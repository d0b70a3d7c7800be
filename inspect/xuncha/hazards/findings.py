"""What a filed check means for hazards: new ones, earlier ones looked at again, and what a correction changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from ..accounts.models import User
from ..checks.actions import receipt_provider, when_filed
from ..checks.filing import Filing, Finding, Recheck
from ..checks.models import Check
from ..checks.snapshot import FiledItem
from ..core import history
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import Refused
from ..core.i18n import label
from ..core.labels import N_
from ..core.numbering import next_serial, next_serials
from . import queries, rules, transitions
from .follow_up import same_hazard
from .lifecycle import Act, State
from .models import Grade, Hazard, Outcome, Source, VerifyMethod
from .sign_off import same_person

COUNTER = "hazard"
TEXTS = ("description", "place", "hazard_class", "grade", "basis", "measure", "due_on")


def new_hazard(*, actor: User, now: datetime, **columns: Any) -> Hazard:
    """A hazard with its number and, where the same item failed before at the site, what it repeats."""
    year = local_day(now).year
    serial = next_serial(COUNTER, year)
    earlier = queries.found_before(columns["site"], [columns["item_code"]], columns["found_on"])
    return _hazard(actor, year, serial, columns, earlier)


def _hazard(
    actor: User, year: int, serial: int, columns: dict[str, Any], earlier: Mapping[str, queries.LastFinding]
) -> Hazard:
    last = earlier.get(columns["item_code"])
    hazard = Hazard(
        number=f"YH{year}-{serial:04d}",
        year=year,
        serial=serial,
        found_by=actor,
        original_due_on=columns.get("due_on"),
        state=State.DRAFT,
        round=1,
        fixed_on_spot=False,
        **{"repeat_of": last and last.hazard, "occurrence": last.times + 1 if last else 1} | columns,
    )
    db.session.add(hazard)
    return hazard


@when_filed
def record_findings(
    check: Check, filing: Filing, items: Mapping[int, FiledItem], *, actor: User, now: datetime
) -> None:
    """Write the hazards of a filed check and what it saw of earlier ones.

    What has moved on since the visit is never undone: it is named in the check's flags, for a person to look at.
    """
    moment = min(filing.finished_at, now)
    known = _hazards_of(check.replaces)
    taken = _uuids_taken(filing, known)
    flags: list[str] = []
    new = []
    rest, conflicts = same_hazard.add_sights(check, filing.findings, actor, moment, now)
    flags += conflicts
    for finding in rest:
        hazard = known.pop(str(finding.uuid), None)
        columns = _columns(check, finding, items)
        if hazard is None:
            new.append((finding, columns))
        else:
            flags += _update(hazard, check, finding, columns, actor, now)
    _add(check, new, taken, actor, moment)
    for hazard in known.values():
        flags += _void(hazard, check, actor, now)
    for recheck in _new_rechecks(check, filing):
        flags += _look_again(check, recheck, actor, moment, now)
    if flags:
        check.flags = [*check.flags, *flags]


@receipt_provider
def numbers_of(check: Check) -> list[str]:
    """The numbers of the hazards that a check found, in the order of its findings, also after a correction moved them."""
    findings = check.payload.get("findings", [])
    named = [finding["uuid"] for finding in findings]
    if not named:
        return []
    aliases = {str(_alias(check, uuid)): uuid for uuid in named}
    query = sa.select(Hazard.uuid, Hazard.number).where(Hazard.uuid.in_([*named, *aliases]))
    numbers = {
        aliases.get(uuid, uuid): number for uuid, number in db.session.execute(query.order_by(Hazard.id))
    }
    if any(finding.get("adds_to") for finding in findings):
        numbers |= {uuid: event.hazard.number for uuid, event in same_hazard.sights_of(check).items()}
    return [numbers[uuid] for uuid in named if uuid in numbers]


def _alias(check: Check, uuid: str) -> UUID:
    """Another name for a finding whose own is taken: fixed, so that a receipt asked for again is the same."""
    return uuid5(UUID(check.uuid), uuid)


def _hazards_of(replaced: Check | None) -> dict[str, Hazard]:
    if replaced is None:
        return {}
    query = sa.select(Hazard).where(Hazard.check_id == replaced.id, Hazard.state != State.VOID)
    return {hazard.uuid: hazard for hazard in db.session.scalars(query.with_for_update())}


def _uuids_taken(filing: Filing, known: dict[str, Hazard]) -> set[str]:
    named = [str(finding.uuid) for finding in filing.findings]
    if len(set(named)) != len(named):
        raise Refused(N_("A hazard stands twice in this check. Load the page again."))
    if not named:
        return set()
    query = sa.select(Hazard.uuid).where(Hazard.uuid.in_(named))
    return set(db.session.scalars(query)) - known.keys()


def _columns(check: Check, finding: Finding, items: Mapping[int, FiledItem]) -> dict[str, Any]:
    if finding.due_on is not None and finding.due_on < check.visited_on:
        raise Refused(
            N_("A due date lies before the visit. Correct it."), field=f"findings.{finding.uuid}.due_on"
        )
    if finding.due_on is not None:
        rules.demand_near(finding.due_on, check.visited_on, f"findings.{finding.uuid}.due_on")
    item = items.get(finding.item_id or 0)
    return {
        "item_id": item.id if item else None,
        "item_code": item.code if item else "",
        "description": finding.description,
        "place": finding.place,
        "hazard_class": finding.hazard_class,
        "grade": Grade.SUSPECTED if finding.suspected_major else Grade.GENERAL,
        "major_criterion": finding.major_criterion,
        # What the page posts is in the language of its reader.
        "basis": item.facts["basis_zh"] if item else finding.basis,
        "measure": finding.measure,
        "due_on": finding.due_on,
    }


def _add(
    check: Check,
    new: Sequence[tuple[Finding, dict[str, Any]]],
    taken: set[str],
    actor: User,
    moment: datetime,
) -> None:
    """Write new hazards: their numbers, and what they repeat, are asked for once."""
    if not new:
        return
    year = local_day(check.received_at).year
    serials = next_serials(COUNTER, year, len(new))
    codes = [columns["item_code"] for _finding, columns in new]
    earlier = queries.found_before(check.site, codes, check.visited_on)
    with db.session.no_autoflush:  # all of them are written at once
        for serial, (finding, columns) in zip(serials, new, strict=True):
            uuid = str(finding.uuid)
            own = {
                "uuid": str(_alias(check, uuid)) if uuid in taken else uuid,
                "site": check.site,
                "check": check,
                "found_on": check.visited_on,
                "source": Source(check.kind.value),
            }
            hazard = _hazard(check.inspector, year, serial, own | columns, earlier)
            transitions.write_event(hazard, Act.FIND, None, actor, moment, {}, finding.before, check.id)
            if finding.fixed_on_spot:
                _fix(hazard, check, finding, actor, moment)


def _fix(hazard: Hazard, check: Check, finding: Finding, actor: User, at: datetime) -> None:
    transitions.take(
        hazard, Act.FIX_ON_SPOT, actor=actor, now=at, brought={}, photos=finding.after, check_id=check.id
    )


def _update(
    hazard: Hazard, check: Check, finding: Finding, columns: dict[str, Any], actor: User, now: datetime
) -> list[str]:
    """A hazard that stands in the corrected version too: moved there; its words change only while it is a draft."""
    hazard.check = check
    if any(event.act in {Act.CONFIRM_MAJOR, Act.DISMISS_MAJOR} for event in hazard.events):
        # The office has decided whether it is major: correcting the check does not decide again.
        del columns["grade"], columns["major_criterion"]
    changed = {key: columns[key] for key in TEXTS if key in columns and columns[key] != getattr(hazard, key)}
    if not changed and finding.fixed_on_spot == hazard.fixed_on_spot:
        return []
    if hazard.state is not State.DRAFT:
        return [f"hazard_conflict:{hazard.number}"]
    before = {key: str(getattr(hazard, key)) for key in changed}
    for key, value in columns.items():
        setattr(hazard, key, value)
    hazard.original_due_on = hazard.due_on
    after = {key: str(value) for key, value in changed.items()}
    history.record(
        hazard, "correct", actor=actor, now=now, note=check.correction_reason, before=before, after=after
    )
    if finding.fixed_on_spot:
        _fix(hazard, check, finding, actor, now)
    return []


def _void(hazard: Hazard, check: Check, actor: User, now: datetime) -> list[str]:
    """A hazard that the corrected version no longer names: void, unless the enterprise or we acted on it already."""
    if hazard.is_major or hazard.state not in {State.DRAFT, State.OPEN}:
        return [f"hazard_conflict:{hazard.number}"]
    reason = {"reason": check.correction_reason}
    transitions.take(hazard, Act.VOID, actor=actor, now=now, brought=reason, check_id=check.id)
    return []


def _new_rechecks(check: Check, filing: Filing) -> Iterable[Recheck]:
    """The re-inspections of a filing that the version it replaces did not carry out already."""
    before = Filing.model_validate(check.replaces.payload).rechecks if check.replaces else []
    done = {(recheck.hazard_uuid, recheck.result) for recheck in before}
    return [recheck for recheck in filing.rechecks if (recheck.hazard_uuid, recheck.result) not in done]


def _companion(check: Check, actor: User) -> str:
    """Who else saw it on the visit; nobody where the inspector was alone."""
    names = (str(one.get("name", "")) for one in check.companions)
    return next((name for name in names if name and not same_person(name, actor.name)), "")


def _look_again(check: Check, recheck: Recheck, actor: User, moment: datetime, now: datetime) -> list[str]:
    hazard = same_hazard.of_site(recheck.hazard_uuid, check.site_id)
    if hazard is None:
        return [f"hazard_conflict:{same_hazard.name_of(recheck.hazard_uuid)}"]
    fixed = recheck.result == "fixed"
    if not fixed and recheck.due_on is None:
        raise Refused(
            N_("%(number)s is not rectified: give it a new due date."),
            field=f"rechecks.{recheck.hazard_uuid}.due_on",
            number=hazard.number,
        )
    brought: dict[str, Any] = {"note": recheck.note, "result": recheck.result}
    if fixed:
        brought |= {"method": VerifyMethod.ON_SITE, "second": _companion(check, actor)}
    else:
        brought |= {"note": recheck.note or label(Outcome(recheck.result)), "due_on": recheck.due_on}
    # The events of a hazard never go back in time, also when the phone sends late.
    at = min(max(moment, hazard.events[-1].at), now)
    act = Act.VERIFY if fixed else Act.SEND_BACK
    try:
        transitions.step(
            hazard, act, actor=actor, now=at, brought=brought, photos=recheck.photos, check_id=check.id
        )
    except Refused as problem:
        if problem.field in {"photos", "due_on"}:
            raise
        return [f"hazard_conflict:{hazard.number}"]
    return []
