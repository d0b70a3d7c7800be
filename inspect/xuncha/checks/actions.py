"""Filing a check: one action for the page and for the phone, one transaction, once per UUID."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from ..accounts.models import User
from ..core import history, settings
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import Serialised, db, table_of
from ..core.errors import Refused
from ..core.labels import N_
from ..core.numbering import document_number, next_serial
from ..enterprises.models import Site
from ..photos import marks
from ..photos import queries as photos
from ..photos.models import Photo
from ..schedule import actions as schedule
from ..schedule.models import Task
from . import snapshot
from .clock_correction import TOLERANCE_S, by_server_clock, lasts_as_a_visit
from .filing import Filing, PhotoRef, Receipt, digest_of
from .legal_mode import as_permitted
from .models import Answer, Check, CheckPhoto, Party, PhotoRole, Result, Signature, VisitKind
from .readings import demand_measured
from .rules import Fitting, demand_fitting
from .snapshot import FiledItem

COUNTER = "check"
# Made once: making a statement takes longer than running it.
_BY_UUID = sa.select(Check).where(Check.uuid == sa.bindparam("uuid"))
_INSERTS = [sa.insert(table_of(kind)) for kind in (Answer, CheckPhoto, Signature)]


class ContentDiffers(Refused):
    """The UUID is known, with other content: nothing is changed."""


class PhotosMissing(Refused):
    """Photos that the filing names have not arrived."""

    status = 409

    def __init__(self, hashes: list[str]) -> None:
        super().__init__(
            N_("%(count)s photos of this check have not arrived yet. They are sent again by themselves."),
            count=len(hashes),
        )
        self.hashes = hashes


class Filed(Protocol):
    """What a higher domain does with a filed check, in the same transaction."""

    def __call__(
        self, check: Check, filing: Filing, items: Mapping[int, FiledItem], /, *, actor: User, now: datetime
    ) -> None:
        """Take its part of the filing; `items` are those that it names, by number."""


_handlers: list[Filed] = []


def when_filed(handler: Filed) -> Filed:
    """Register a domain that takes its part of every filed check; called in the order of registration."""
    _handlers.append(handler)
    return handler


@dataclass(frozen=True)
class Prepared:
    """What of a filing can be made before its transaction, so that others wait less: its text, and the rows of its items."""

    payload: Serialised
    item_rows: Sequence[Any]


def prepare(filing: Filing) -> Prepared:
    """Make the text and read the items. They may be read before the filing's transaction: published items never change."""
    answered = {answer.item_id for answer in filing.answers}
    found = {finding.item_id for finding in filing.findings if finding.item_id}
    return Prepared(filing.canonical(), snapshot.read_items(answered | found))


def file_check(
    filing: Filing,
    *,
    actor: User,
    now: datetime,
    clock_offset_s: int = 0,
    body_sha256: str = "",
    delivered_by: User | None = None,
    prepared: Prepared | None = None,
) -> Receipt:
    """Take a visit as filed. The same UUID with the same content gives the same receipt, for ever.

    `clock_offset_s` is the phone's clock less the server's; `body_sha256` that of the text it posted, empty for a page;
    `delivered_by` who brings in the actor's filing from a rescue file, on a device whose clock says nothing of the
    phone's; `prepared` what `prepare` made of it before. What was sent stays in the payload; the record goes by the
    server's clock and what the organ may do.
    Raises ContentDiffers, PhotosMissing, Missing, NotAllowed, Refused.
    """
    if delivered_by is not None:
        demand(delivered_by, Permission.DELIVER_FILING)
    known = db.session.scalar(_BY_UUID, {"uuid": str(filing.uuid)})
    if known is not None:
        return _known_receipt(known, filing, actor)
    with settings.read_once():
        prepared = prepared or prepare(filing)
        offset = 0 if delivered_by else clock_offset_s
        return _take(filing, prepared, actor, now, offset, body_sha256, delivered_by)


def _take(
    sent: Filing,
    prepared: Prepared,
    actor: User,
    now: datetime,
    offset: int,
    body_sha256: str,
    delivered_by: User | None,
) -> Receipt:
    filing = as_permitted(by_server_clock(sent, offset, now) if body_sha256 else sent)
    fitting = demand_fitting(filing, actor, now, delivered_by)
    site, task, replaced = fitting.site, fitting.task, fitting.replaced
    pictures = _pictures(filing)
    flags = _flags(filing, fitting, actor, now, offset)
    if not lasts_as_a_visit(sent):
        flags.append("clock_moved")
    if filing.mode is not sent.mode:
        flags.append("no_enforcement")
    if delivered_by is not None:
        flags.append(f"delivered_by:{delivered_by.name}")
    with db.session.no_autoflush:  # the row is written once, whole: triggers refuse later changes
        check = _check_row(filing, site, task, replaced, actor, now, offset)
        check.payload, check.digest = prepared.payload, digest_of(prepared.payload)
        check.flags = flags
        check.body_sha256 = body_sha256
        items = _items(filing, prepared, site, check.visited_on)
        demand_measured(filing, items, site)
        check.facts = snapshot.facts(check, filing, site, actor, items)
        parts = _answers(filing, items), _photos(filing, items, pictures), _signatures(filing)
    db.session.add(check)
    db.session.flush()
    # Each in one statement: nobody needs them as objects here.
    for insert, rows in zip(_INSERTS, parts, strict=True):
        if rows:
            db.session.execute(insert, [{"check_id": check.id, **row} for row in rows])
    if task is not None and task.done_on is None and check.kind is not VisitKind.RECHECK:
        schedule.mark_done(task, check.visited_on, actor=actor, now=now)
    for handler in _handlers:
        handler(check, filing, items, actor=actor, now=now)
    drawn = {ref.sha256: ref.marks for ref in filing.photo_refs() if ref.marks}
    marks.mark_all(pictures, drawn, actor=actor, now=now)
    _remember(check, actor, delivered_by, now)
    db.session.flush()
    return _receipt(check, sent)


def _remember(check: Check, actor: User, delivered_by: User | None, now: datetime) -> None:
    after = {"number": check.number}
    if delivered_by is not None:
        history.record(check, "deliver", actor=delivered_by, now=now, after={**after, "author": actor.name})
    else:
        history.record(check, "correct" if check.replaces else "file", actor=actor, now=now, after=after)


def _known_receipt(check: Check, filing: Filing, actor: User) -> Receipt:
    # The stored filing is read anew: a field that a later release added must not make the same content another one.
    content = Filing.model_validate(check.payload).digest()
    if content != filing.digest() or actor.id not in {check.inspector_id, check.corrected_by_id}:
        raise ContentDiffers(
            N_(
                "This check was filed before with other content, as %(number)s. Both are kept; ask the office which holds."
            ),
            number=check.number,
        )
    return receipt_of(check).model_copy(update={"known": True})


def _pictures(filing: Filing) -> dict[str, Photo]:
    hashes = [ref.sha256 for ref in filing.photo_refs()]
    found = photos.on_disk(hashes)
    missing = sorted(set(hashes) - found.keys())
    if missing:
        raise PhotosMissing(missing)
    return found


def _flags(filing: Filing, fitting: Fitting, actor: User, now: datetime, offset: int) -> list[Any]:
    task = fitting.task
    flags = []
    if abs(offset) > TOLERANCE_S:
        flags.append("clock")
    if filing.finished_at > now + timedelta(seconds=TOLERANCE_S):
        flags.append("future")
    counts = filing.replaces is None and filing.kind is not VisitKind.RECHECK
    if task is not None and task.done_on is not None and counts:
        flags.append("second_for_task")
    if task is not None and task.supervisor_id != actor.id:
        flags.append("other_supervisor")
    if fitting.duty_changed:
        flags.append("duty_changed")
    return flags


def _check_row(
    filing: Filing,
    site: Site,
    task: Task | None,
    replaced: Check | None,
    actor: User,
    now: datetime,
    offset: int,
) -> Check:
    year, serial, edition, number = _number(replaced, filing, now)
    inspector = replaced.inspector if replaced else actor
    return Check(
        uuid=str(filing.uuid),
        number=number,
        year=year,
        serial=serial,
        edition=edition,
        site=site,
        task=task,
        kind=filing.kind,
        mode=filing.mode,
        inspector=inspector,
        visited_on=local_day(filing.started_at),
        started_at=filing.started_at,
        finished_at=filing.finished_at,
        received_at=now,
        clock_offset_s=offset,
        late_reason=filing.late_reason,
        place=filing.place,
        companions=[person.model_dump() for person in filing.companions],
        site_person=filing.site_person.name,
        entry_code=filing.entry_code,
        summary=filing.summary,
        objection=filing.objection,
        facts={},
        replaces=replaced,
        correction_reason=filing.correction_reason,
        corrected_by=actor if replaced else None,
    )


def _number(replaced: Check | None, filing: Filing, now: datetime) -> tuple[int, int, int, str]:
    """A new number of the year in which it arrives; a correction keeps the number and raises the edition."""
    if replaced is not None:
        return replaced.year, replaced.serial, replaced.edition + 1, replaced.number
    year = local_day(now).year
    serial = next_serial(COUNTER, year)
    return year, serial, 1, document_number(snapshot.prefix(), snapshot.RECORD_WORD, year, serial)


def _items(filing: Filing, prepared: Prepared, site: Site, day: date) -> dict[int, FiledItem]:
    """The items that the answers and findings name. Raises Refused unless every one that was answered is there."""
    answered = {answer.item_id for answer in filing.answers}
    items = snapshot.as_cited(prepared.item_rows, site, day)
    if not answered <= items.keys():
        raise Refused(N_("An item of this check is not in any checklist. Load the page again."))
    return items


def _answers(filing: Filing, items: Mapping[int, FiledItem]) -> list[dict[str, Any]]:
    failing = {answer.item_id for answer in filing.answers if answer.result is Result.FAIL}
    unexplained = failing - {finding.item_id for finding in filing.findings}
    if unexplained:
        code = items[min(unexplained)].code
        raise Refused(
            N_("%(code)s does not comply, but no hazard says what is wrong. Describe it."), code=code
        )
    return [
        {
            "item_id": answer.item_id,
            "code": items[answer.item_id].code,
            "position": position,
            "result": answer.result,
            "note": answer.note,
            "reading": answer.reading,
            "reading_reason": answer.reading_reason,
            "no_photo": answer.no_photo,
        }
        for position, answer in enumerate(filing.answers)
    ]


def columns_of(ref: PhotoRef, photo: Photo, position: int) -> dict[str, Any]:
    """The columns of a row that uses a photo, from what the filing says of it."""
    return {
        "photo_id": photo.id,
        "position": position,
        "caption": ref.caption,
        "source": ref.source,
        "taken_at": ref.taken_at or photo.taken_at,
        "latitude": ref.latitude if ref.latitude is not None else photo.latitude,
        "longitude": ref.longitude if ref.longitude is not None else photo.longitude,
        "accuracy_m": ref.accuracy_m,
    }


def _photos(
    filing: Filing, items: Mapping[int, FiledItem], pictures: dict[str, Photo]
) -> list[dict[str, Any]]:
    told: list[tuple[PhotoRole, str, PhotoRef]] = [(ref.role, ref.item_code, ref) for ref in filing.photos]
    for answer in filing.answers:
        told += [(PhotoRole.ITEM, items[answer.item_id].code, ref) for ref in answer.photos]
    return [
        {"role": role, "item_code": code, **columns_of(ref, pictures[ref.sha256], position)}
        for position, (role, code, ref) in enumerate(told)
    ]


def _signatures(filing: Filing) -> list[dict[str, Any]]:
    given = [part for part in filing.signatures if part.strokes or part.refused_reason or part.on_paper]
    parties = {part.party for part in given}
    if Party.INSPECTOR not in parties:
        raise Refused(N_("The inspector has not signed. Sign with a finger."), field="signatures.inspector")
    if Party.SITE not in parties and filing.kind is not VisitKind.IDLE_PATROL:
        raise Refused(
            N_(
                "The person in charge on site has not signed. Let them sign, or note the refusal and its reason."
            ),
            field="signatures.site",
        )
    return [{**part.model_dump(), "strokes": [list(stroke) for stroke in part.strokes]} for part in given]


_receipt_parts: list[Callable[[Check], list[str]]] = []


def receipt_provider(part: Callable[[Check], list[str]]) -> Callable[[Check], list[str]]:
    """Register the numbers of hazards (of a higher domain) that a receipt repeats."""
    _receipt_parts.append(part)
    return part


def receipt_of(check: Check) -> Receipt:
    """The receipt of a filed check: the same whenever it is asked for."""
    return _receipt(check, Filing.model_validate(check.payload))


def _receipt(check: Check, filing: Filing) -> Receipt:
    hashes = [ref.sha256 for ref in filing.photo_refs()]
    return Receipt(
        uuid=filing.uuid,
        digest=check.digest,
        body_sha256=check.body_sha256,
        number=check.number,
        received_at=check.received_at,
        photos=len(hashes),
        photo_hashes=hashes,
        hazards=[number for part in _receipt_parts for number in part(check)],
        flags=[str(flag) for flag in check.flags],
        url=f"/checks/{check.id}",
    )
