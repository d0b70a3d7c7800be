"""The list of trainings: its columns, its order, the photos of its workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import aliased

from ..accounts.models import User
from ..core.i18n import write_rate
from ..core.labels import N_
from ..lists.list_workbook import Pictures
from ..lists.listing import ListColumn, Listing
from ..lists.orders import beginning, ranked
from ..photos.list_pictures import pictures
from .models import Audience, Material, Training, TrainingKind, TrainingPhoto, TrainingPhotoRole
from .queries import NEWEST

RECORDER = aliased(User)
PHOTOS = {TrainingPhotoRole.SCENE.value: N_("Scene"), TrainingPhotoRole.SIGN_IN.value: N_("Sign-in sheet")}


def _sum(amount: Any, training_id: Any) -> tuple[Any, ...]:
    """A sum over the rows of a training, as a key."""
    total = sa.select(sa.func.coalesce(sa.func.sum(amount), 0)).where(training_id == Training.id)
    return (sa.type_coerce(total.correlate(Training).scalar_subquery(), sa.Integer()),)


def _text(name: str, head: str, column: Any, width: int) -> ListColumn:
    return ListColumn(name, head, lambda training: getattr(training, name), (beginning(column),), width)


def _pass_rate(training: Training) -> str:
    return "" if training.exam_taken is None else write_rate(training.pass_rate)


def _audience(training: Training) -> str:
    return gettext("; ").join(
        f"{group.site.name if group.site else group.group_name} {group.headcount}"
        for group in training.audience
    )


def _with_recorder(query: sa.Select[Training]) -> sa.Select[Training]:
    return query.join(RECORDER, RECORDER.id == Training.recorded_by_id)


TRAININGS = Listing(
    name="trainings",
    title=N_("Trainings"),
    subject=_text("topic", N_("Topic"), Training.topic, 36),
    columns=(
        ListColumn(
            "held",
            N_("Held on"),
            lambda one: one.held_on,
            (Training.held_on, Training.id),
            indexed=True,
            nowrap=True,
        ),
        ListColumn(
            "kind",
            N_("Kind of training"),
            lambda one: one.kind,
            (ranked(Training.kind, list(TrainingKind)),),
            18,
        ),
        _text("place", N_("Venue"), Training.place, 22),
        _text("organiser", N_("Organiser"), Training.organiser, 22),
        _text("lecturer", N_("Lecturer"), Training.lecturer, 14),
        ListColumn("audience", N_("Audience"), _audience, (), 40),
        ListColumn(
            "hours",
            N_("Hours"),
            lambda one: one.hours,
            (sa.cast(Training.hours * 100, sa.Integer()),),
            8,
            num=True,
        ),
        ListColumn(
            "attendances",
            N_("Attendances"),
            lambda one: one.attendances,
            _sum(Audience.headcount, Audience.training_id),
            10,
            num=True,
        ),
        ListColumn(
            "copies",
            N_("Copies"),
            lambda one: one.handed_out,
            _sum(Material.count, Material.training_id),
            10,
            num=True,
        ),
        ListColumn("pass_rate", N_("Pass rate"), _pass_rate, (), 10, num=True),
        ListColumn("recorder", N_("Recorded by"), lambda one: one.recorded_by.name, (RECORDER.name,), 12),
        _text("content", N_("Content of the training"), Training.content, 48),
    ),
    usual=("held", "kind", "place", "hours", "attendances", "copies", "pass_rate"),
    last=NEWEST,
    number=Training.id,
    own="-held",
    join=_with_recorder,
)


def photos(numbers: Sequence[int]) -> Pictures:
    """Of each training the first photo of the scene and of the sheet."""
    return pictures(TrainingPhoto, TrainingPhoto.training_id, PHOTOS, numbers)
