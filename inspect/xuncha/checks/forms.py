"""The check page's fields and the filing: one naming, `part.key.field`, read the same way here and on the phone.

`answers.<item>.result`, `findings.<uuid>.description`, `rechecks.<hazard uuid>.result`, `signatures.<party>.strokes`;
photos stand in slots of the same kind (`scene`, `findings.<uuid>.before`). static/js/offline/fields.js is the twin; the cases
in tests/checks/fields.json hold for both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from ..checklists.limits import plain_reading
from ..core.clock import ZONE
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import FIRST_YEAR, read_number, read_numbers
from .filing import FORMAT, Filing, ScenePhoto

Tree = dict[str, Any]
Entries = Iterable[tuple[str, str]]
EARLIEST = datetime(FIRST_YEAR, 1, 1, tzinfo=ZONE)
MOST_DAYS = 5 * 366
PERSON = ("name", "title", "certificate", "phone")
ANSWER = ("result", "note", "reading", "reading_reason", "no_photo")
TOP = (
    "uuid",
    "site_id",
    "task_id",
    "kind",
    "mode",
    "started_at",
    "finished_at",
    "place",
    "entry_code",
    "certificate",
    "summary",
    "objection",
    "late_reason",
    "replaces",
    "correction_reason",
)


class BadFields(Refused):
    """Fields that do not fit: `problems` maps the name of a field to a message."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(N_("Please check what you entered"))
        self.problems = dict(problems)


def tree(entries: Entries) -> Tree:
    """Dotted names as nested dictionaries; empty values are left out."""
    root: Tree = {}
    for name, value in entries:
        if value == "":
            continue
        *path, last = name.split(".")
        here = root
        for step in path:
            below = here.setdefault(step, {})
            if not isinstance(below, dict):
                break
            here = below
        else:
            here[last] = value
    return root


def _moment(text: str) -> str:
    """A moment as the phone wrote it, or the zone's time from a datetime-local field."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).isoformat()


def _branches(fields: Tree, part: str) -> list[tuple[str, Tree]]:
    found = fields.get(part)
    return (
        [(key, value) for key, value in found.items() if isinstance(value, dict)]
        if isinstance(found, dict)
        else []
    )


def _due(branch: Tree, day: date) -> Tree:
    """The due date of a finding: a date, or a number of days from the visit; nought is on the spot."""
    days = branch.pop("days", "")
    if branch.get("due_on"):
        return branch
    if days == "0":
        return branch | {"fixed_on_spot": True}
    count = read_number(days)
    if count is None or count > MOST_DAYS:
        return branch
    return branch | {"due_on": (day + timedelta(days=count)).isoformat()}


def _visit_day(fields: Tree) -> date:
    try:
        return datetime.fromisoformat(_moment(str(fields.get("started_at", "")))).astimezone(ZONE).date()
    except (ValueError, OverflowError):
        return date.min


def _answers(fields: Tree, photos: Mapping[str, list[Any]]) -> list[Tree]:
    answers = []
    for key, branch in _branches(fields, "answers"):
        number = read_number(key)
        if number is None or not branch.get("result"):
            continue
        answer = {name: branch[name] for name in ANSWER if name in branch} | {"item_id": number}
        if "reading" in answer:
            answer["reading"] = plain_reading(str(answer["reading"]))
        shown = photos.get(f"answers.{key}.photos")
        answers.append(answer | {"photos": shown} if shown else answer)
    return answers


def _findings(fields: Tree, photos: Mapping[str, list[Any]]) -> list[Tree]:
    failing = {key for key, answer in _branches(fields, "answers") if answer.get("result") == "fail"}
    day = _visit_day(fields)
    found = []
    for key, branch in _branches(fields, "findings"):
        item = str(branch.get("item_id", ""))
        if (item and item not in failing) or (not item and not branch.get("description")):
            continue
        found.append(
            _due(dict(branch), day)
            | {
                "uuid": key,
                "suspected_major": bool(branch.get("suspected_major")),
                "before": photos.get(f"findings.{key}.before", []),
                "after": photos.get(f"findings.{key}.after", []),
            }
        )
    return found


def _rechecks(fields: Tree, photos: Mapping[str, list[Any]]) -> list[Tree]:
    return [
        branch | {"hazard_uuid": key, "photos": photos.get(f"rechecks.{key}.photos", [])}
        for key, branch in _branches(fields, "rechecks")
        if branch.get("result")
    ]


def _signatures(fields: Tree) -> list[Tree]:
    signed = []
    for key, branch in _branches(fields, "signatures"):
        part = {
            name: value
            for name, value in branch.items()
            if name in {"name", "title", "refused_reason", "signed_at"}
        }
        part |= {"party": key, "on_paper": bool(branch.get("on_paper"))}
        part["strokes"] = _strokes(str(branch.get("strokes", "")))
        signed.append(part)
    return signed


def _strokes(text: str) -> Any:
    try:
        return json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []


def _people(fields: Tree) -> list[Tree]:
    people = [branch for _key, branch in sorted(_branches(fields, "companions"))]
    return [
        {name: person[name] for name in PERSON if name in person} for person in people if person.get("name")
    ]


def payload(entries: Entries, photos: Mapping[str, list[Any]]) -> Tree:
    """The filing's JSON from the page's fields; photos by slot, each a photo reference."""
    fields = tree(entries)
    person = fields.get("site_person")
    campaigns = fields.get("campaigns")
    made: Tree = {name: fields[name] for name in TOP if name in fields}
    for name in ("started_at", "finished_at"):
        if name in made:
            made[name] = _moment(str(made[name]))
    return made | {
        "format": FORMAT,
        "campaign_ids": sorted(read_numbers(campaigns)) if isinstance(campaigns, dict) else [],
        "companions": _people(fields),
        "site_person": {name: person[name] for name in PERSON if name in person}
        if isinstance(person, dict)
        else {},
        "answers": _answers(fields, photos),
        "findings": _findings(fields, photos),
        "rechecks": _rechecks(fields, photos),
        "photos": photos.get("scene", []),
        "signatures": _signatures(fields),
    }


def photo_ref(text: str) -> Tree | None:
    """A photo of an earlier try as the page names it; None when it does not name one."""
    try:
        ScenePhoto.model_validate_json(text)
    except ValidationError:
        return None
    named: Tree = json.loads(text)
    return named


def demand_possible_day(filing: Filing, now: datetime) -> None:
    """Refuse a visit typed for a day that cannot be. A phone's wrong clock is no typing error: that is flagged."""
    if not EARLIEST <= filing.started_at <= now + timedelta(days=1):
        raise BadFields({"started_at": N_("The visit cannot have been at this time. Correct it.")})


MESSAGES = {
    "findings": N_("Say what is wrong, and by when it must be rectified."),
    "rechecks": N_("Give a new due date or choose another result."),
    "signatures": N_("The signature could not be read. Please sign again."),
    "started_at": N_("Enter when the visit began."),
    "finished_at": N_("Enter when the visit ended."),
}


def read(raw: Mapping[str, Any]) -> Filing:
    """The filing, checked by its schema. Raises BadFields with the page's names of the fields that do not fit."""
    try:
        return Filing.model_validate(raw)
    except ValidationError as error:
        problems: dict[str, str] = {}
        for fault in error.errors():
            place = [str(step) for step in fault["loc"]] or ["form"]
            problems.setdefault(
                _field_name(raw, place), MESSAGES.get(place[0], N_("This does not fit. Enter it again."))
            )
        raise BadFields(problems) from None


def _field_name(raw: Mapping[str, Any], place: list[str]) -> str:
    """Where on the page a fault belongs: list positions become keys again."""
    keys = {"findings": "uuid", "rechecks": "hazard_uuid", "answers": "item_id", "signatures": "party"}
    if place[0] in keys and len(place) > 1 and place[1].isdigit():
        branch = raw[place[0]][int(place[1])]
        if not isinstance(branch, Mapping):
            return place[0]
        field = (
            place[2]
            if len(place) > 2
            else {"findings": "due_on", "rechecks": "due_on"}.get(place[0], "result")
        )
        return f"{place[0]}.{branch.get(keys[place[0]], '')}.{field}"
    return ".".join(place)


def _in_zone(moment: datetime) -> str:
    """A moment as a datetime-local field shows it, to the last digit: a field left alone must not move it."""
    return moment.astimezone(ZONE).replace(tzinfo=None).isoformat(timespec="milliseconds")


def values_of(filing: Filing) -> dict[str, str]:
    """The page's fields from a filing, to begin a correction with what was filed."""
    raw = filing.model_dump(mode="json")
    values = {name: str(raw[name]) for name in TOP if raw.get(name) is not None}
    values |= {"started_at": _in_zone(filing.started_at), "finished_at": _in_zone(filing.finished_at)}
    for answer in raw["answers"]:
        values |= {f"answers.{answer['item_id']}.{name}": answer[name] for name in ANSWER if name in answer}
    for part, key in (("findings", "uuid"), ("rechecks", "hazard_uuid")):
        for branch in raw[part]:
            for name, value in branch.items():
                if (
                    isinstance(value, (str, int))
                    and value is not False
                    and name not in {key, "fixed_on_spot"}
                ):
                    values[f"{part}.{branch[key]}.{name}"] = str(value)
            if branch.get("fixed_on_spot"):
                values[f"{part}.{branch[key]}.days"] = "0"
    values |= {f"campaigns.{number}": "1" for number in raw["campaign_ids"]}
    for number, person in enumerate(raw["companions"]):
        values |= {f"companions.{number}.{name}": person[name] for name in PERSON}
    values |= {f"site_person.{name}": raw["site_person"][name] for name in PERSON}
    for signature in raw["signatures"]:
        values |= {
            f"signatures.{signature['party']}.{name}": signature[name]
            for name in ("name", "title", "refused_reason")
        }
    return values


def photos_of(filing: Filing) -> dict[str, list[Any]]:
    """The photos of a filing by the page's slots."""
    slots: dict[str, list[Any]] = {"scene": [ref.model_dump(mode="json") for ref in filing.photos]}
    for answer in filing.answers:
        slots[f"answers.{answer.item_id}.photos"] = [ref.model_dump(mode="json") for ref in answer.photos]
    for finding in filing.findings:
        slots[f"findings.{finding.uuid}.before"] = [ref.model_dump(mode="json") for ref in finding.before]
        slots[f"findings.{finding.uuid}.after"] = [ref.model_dump(mode="json") for ref in finding.after]
    for recheck in filing.rechecks:
        slots[f"rechecks.{recheck.hazard_uuid}.photos"] = [
            ref.model_dump(mode="json") for ref in recheck.photos
        ]
    return slots
