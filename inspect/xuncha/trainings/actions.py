"""What is done to trainings: record, change, make void, bring back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, allowed, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import ActedFirst, Refused
from ..core.labels import N_
from ..enterprises.models import Site
from ..enterprises.queries import ids_visible_to
from ..photos.queries import by_hashes
from . import materials
from .models import Audience, Material, Training, TrainingKind, TrainingPhoto, TrainingPhotoRole

LONGEST_H = 240
MOST_PEOPLE = 100_000
MOST_PHOTOS = 60
Pictures = Sequence[tuple[str, TrainingPhotoRole]]


@dataclass(frozen=True)
class Heads:
    """How many came from a site, or from a group that is none."""

    headcount: int
    site_id: int | None = None
    group_name: str = ""


@dataclass(frozen=True)
class Handout:
    """What was handed out, and how many."""

    name: str
    count: int


@dataclass(frozen=True)
class Facts:
    """A training as it is recorded. Hours are clock hours of one attendance; the average is out of 100."""

    kind: TrainingKind
    topic: str
    held_on: date
    place: str
    organiser: str
    hours: float
    audience: tuple[Heads, ...]
    lecturer: str = ""
    content: str = ""
    exam_taken: int | None = None
    exam_passed: int | None = None
    exam_average: float | None = None
    materials: tuple[Handout, ...] = ()


OWN = (
    "kind",
    "topic",
    "held_on",
    "place",
    "organiser",
    "lecturer",
    "hours",
    "content",
    "exam_taken",
    "exam_passed",
    "exam_average",
)


def record_training(facts: Facts, *, actor: User, now: datetime, photos: Pictures = ()) -> Training:
    """Record a training that was held. Raises Refused with the field that does not fit."""
    demand(actor, Permission.RECORD_TRAINING)
    _demand_sound(facts, local_day(now))
    _demand_sites(facts, actor, known=frozenset())
    training = Training(recorded_by_id=actor.id, recorded_at=now)
    db.session.add(training)
    _write(training, facts)
    _write_photos(training, photos, actor)
    history.record(training, "record", actor=actor, now=now, after=_values(training))
    materials.settle(training, actor=actor, now=now)
    return training


def change_training(
    training: Training,
    facts: Facts,
    *,
    version: int,
    actor: User,
    now: datetime,
    photos: Pictures = (),
    came: frozenset[int | None] = frozenset(),
) -> Training:
    """Change what was recorded; `photos` are all that the training keeps, `came` the sites whose people signed in.

    `version` is the one the actor looked at. Raises ActedFirst when it is no longer the present one.
    """
    demand(actor, Permission.CHANGE_TRAINING, training)
    _demand_version(training, version)
    if training.is_void:
        raise Refused(N_("A void training is not changed. Bring it back first."))
    _demand_sound(facts, local_day(now))
    _demand_sites(facts, actor, known=came | {group.site_id for group in training.audience})
    before = _values(training)
    _write(training, facts)
    _write_photos(training, photos, actor)
    after = _values(training)
    changed = {key for key in before if before[key] != after[key]}
    if changed:
        flag_modified(training, "topic")  # a change of rows or photos alone must raise the version too
        history.record(
            training,
            "change",
            actor=actor,
            now=now,
            before={key: before[key] for key in sorted(changed)},
            after={key: after[key] for key in sorted(changed)},
        )
        materials.settle(training, actor=actor, now=now)
    return training


def void_training(training: Training, reason: str, *, version: int, actor: User, now: datetime) -> Training:
    """Make a training void: it stays readable, with the reason, and counts nowhere."""
    demand(actor, Permission.CHANGE_TRAINING, training)
    _demand_version(training, version)
    if training.is_void:
        raise ActedFirst(N_("This training is void already."))
    if not reason.strip():
        raise Refused(N_("Say why this record is void."), field="reason")
    training.void_reason = reason.strip()
    history.record(training, "void", actor=actor, now=now, note=training.void_reason)
    materials.settle(training, actor=actor, now=now)
    return training


def restore_training(training: Training, *, actor: User, now: datetime) -> Training:
    """Bring a void training back: it counts again."""
    demand(actor, Permission.CHANGE_TRAINING, training)
    if not training.is_void:
        raise ActedFirst(N_("This training is not void."))
    reason, training.void_reason = training.void_reason, ""
    history.record(training, "restore", actor=actor, now=now, before={"void_reason": reason})
    materials.settle(training, actor=actor, now=now)
    return training


def _demand_version(training: Training, version: int) -> None:
    if training.version != version:
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))


def _demand_sound(facts: Facts, today: date) -> None:
    for name in ("topic", "place", "organiser"):
        if not getattr(facts, name).strip():
            raise Refused(N_("Fill this in."), field=name)
    if facts.held_on > today:
        raise Refused(
            N_("The date lies in the future. Record a training after it was held."), field="held_on"
        )
    if not 0 < facts.hours <= LONGEST_H:
        raise Refused(N_("Hours are more than 0 and at most %(most)s."), field="hours", most=LONGEST_H)
    _demand_rows(facts)
    _demand_exam(facts)


def _demand_rows(facts: Facts) -> None:
    if not facts.audience:
        raise Refused(N_("Say who came: at least one enterprise or group."), field="audience")
    for heads in facts.audience:
        if bool(heads.site_id) == bool(heads.group_name.strip()):
            raise Refused(N_("Each row names either an enterprise or a group."), field="audience")
        if not 0 <= heads.headcount <= MOST_PEOPLE:
            raise Refused(N_("A headcount is 0 to %(most)s."), field="audience", most=MOST_PEOPLE)
    sites = [heads.site_id for heads in facts.audience if heads.site_id]
    if len(set(sites)) != len(sites):
        raise Refused(N_("An enterprise stands in two rows. Add its heads up in one."), field="audience")
    for handout in facts.materials:
        if not handout.name.strip() or not 0 <= handout.count <= MOST_PEOPLE:
            raise Refused(
                N_("Each material has a name and a count of 0 to %(most)s."),
                field="materials",
                most=MOST_PEOPLE,
            )


def _demand_exam(facts: Facts) -> None:
    taken, passed = facts.exam_taken, facts.exam_passed
    if taken is None and (passed is not None or facts.exam_average is not None):
        raise Refused(N_("Enter how many took the exam."), field="exam_taken")
    if taken is not None and not 0 <= taken <= MOST_PEOPLE:
        raise Refused(N_("A headcount is 0 to %(most)s."), field="exam_taken", most=MOST_PEOPLE)
    if taken is not None and passed is None:
        raise Refused(N_("Enter how many passed."), field="exam_passed")
    if taken is not None and passed is not None and not 0 <= passed <= taken:
        raise Refused(
            N_("No more can pass than took the exam (%(taken)s)."), field="exam_passed", taken=taken
        )
    if facts.exam_average is not None and not 0 <= facts.exam_average <= 100:
        raise Refused(N_("The average mark is 0 to 100."), field="exam_average")


def _demand_sites(facts: Facts, actor: User, known: frozenset[int | None]) -> None:
    """Only sites that the actor sees, or that stand in the training already."""
    wanted = {heads.site_id for heads in facts.audience if heads.site_id} - known
    seen = set(db.session.scalars(ids_visible_to(actor).where(Site.id.in_(wanted)))) if wanted else set()
    if wanted - seen:
        raise Refused(
            N_("An enterprise of the audience is not in your list. Enter it as a group."), field="audience"
        )


def _write(training: Training, facts: Facts) -> None:
    for name in OWN:
        value = getattr(facts, name)
        setattr(training, name, value.strip() if type(value) is str else value)
    audience = [(heads.site_id, heads.group_name.strip(), heads.headcount) for heads in facts.audience]
    if audience != [(group.site_id, group.group_name, group.headcount) for group in training.audience]:
        training.audience = [
            Audience(site_id=site_id, group_name=name, headcount=count, position=position)
            for position, (site_id, name, count) in enumerate(audience)
        ]
    materials = [(handout.name.strip(), handout.count) for handout in facts.materials]
    if materials != [(material.name, material.count) for material in training.materials]:
        training.materials = [
            Material(name=name, count=count, position=position)
            for position, (name, count) in enumerate(materials)
        ]


def _write_photos(training: Training, photos: Pictures, actor: User) -> None:
    if len(photos) > MOST_PHOTOS:
        raise Refused(N_("At most %(most)s photos."), field="photos", most=MOST_PHOTOS)
    found = by_hashes([sha256 for sha256, _role in photos])
    known = {(use.photo.sha256, use.role): use for use in training.photos}
    uses = []
    for position, (sha256, role) in enumerate(dict.fromkeys(photos)):
        photo = found.get(sha256)
        use = known.get((sha256, role))
        if use is None:
            if photo is None or not allowed(actor, Permission.SEE_PHOTO, photo):
                raise Refused(N_("A photo has not arrived. Choose it again."), field="photos")
            use = TrainingPhoto(
                photo=photo,
                role=role,
                taken_at=photo.taken_at,
                latitude=photo.latitude,
                longitude=photo.longitude,
            )
        use.position = position
        uses.append(use)
    training.photos = uses


def _values(training: Training) -> dict[str, Any]:
    """What the history keeps of a training."""
    values: dict[str, Any] = {name: getattr(training, name) for name in OWN}
    values |= {"kind": training.kind.value, "held_on": training.held_on.isoformat()}
    values["audience"] = [[group.site_id, group.group_name, group.headcount] for group in training.audience]
    values["materials"] = [[material.name, material.count] for material in training.materials]
    values["photos"] = [[use.photo.sha256, use.role.value] for use in training.photos]
    return values
