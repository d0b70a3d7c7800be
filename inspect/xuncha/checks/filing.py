"""The filing: what a phone or a page hands over, in one schema. The page and the phone build it, one action takes it.

`format` is the version of this schema. A format once released is read for ever: phones return after weeks.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from ..checklists.models import HazardClass
from ..core.db import Serialised
from ..photos.marks import Shapes
from ..photos.models import PhotoSource
from .models import LegalMode, Party, PhotoRole, Result, VisitKind

FORMAT = 1
MAX_PHOTOS = 60

Line = Annotated[str, StringConstraints(max_length=300, strip_whitespace=True, pattern=r"^[^\x00]*$")]
Words = Annotated[str, StringConstraints(max_length=5000, strip_whitespace=True, pattern=r"^[^\x00]*$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Point = tuple[float, float]
Number = Annotated[int, Field(ge=1, lt=2**31)]
# Wide on purpose: a phone whose clock is years wrong still files. Only what no zone can express is refused.
Moment = Annotated[
    AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))
]
Day = Annotated[date, Field(ge=date(1900, 1, 1), lt=date(2200, 1, 1))]


class Part(BaseModel):
    """A piece of a filing: unknown fields are refused, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PhotoRef(Part):
    """A photo already sent, named by the hash of its bytes, with what the phone says about it."""

    sha256: Sha256
    source: PhotoSource = PhotoSource.CAMERA
    caption: Line = ""
    taken_at: Moment | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    accuracy_m: float | None = Field(default=None, ge=0, le=1_000_000)
    marks: Shapes = []

    @model_serializer(mode="wrap")
    def _without_empty_marks(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without marks it reads as it did before there were any: digests and frozen payloads stay."""
        written: dict[str, Any] = write(self)
        return written if written.get("marks") else {k: v for k, v in written.items() if k != "marks"}


PhotoRefs = Annotated[list[PhotoRef], Field(max_length=MAX_PHOTOS)]


class ScenePhoto(PhotoRef):
    """A photo of the visit itself."""

    role: PhotoRole = PhotoRole.SCENE
    item_code: Line = ""


ADDED_TO_ANSWERS = ("reading", "reading_reason", "no_photo", "photos")


class AnswerPart(Part):
    """The result of one item of the list, with what was measured and photographed for it.

    `reading_reason` says why the result is not that of the reading, or why there is none; `no_photo` why there is no photo.
    """

    item_id: Number
    result: Result
    note: Words = ""
    reading: Line = ""
    reading_reason: Words = ""
    no_photo: Words = ""
    photos: PhotoRefs = []

    @model_serializer(mode="wrap")
    def _as_released(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without a reading and photos it reads as in the releases before: digests stay what they were."""
        written: dict[str, Any] = write(self)
        return {name: value for name, value in written.items() if value or name not in ADDED_TO_ANSWERS}


class Finding(Part):
    """A hazard found on the visit; `adds_to` names an open hazard of the site of which it is one more sight."""

    uuid: UUID
    item_id: Number | None = None
    description: Annotated[Words, Field(min_length=1)]
    place: Line = ""
    hazard_class: HazardClass
    suspected_major: bool = False
    major_criterion: Line = ""
    basis: Words = ""
    measure: Words = ""
    due_on: Day | None = None
    fixed_on_spot: bool = False
    before: PhotoRefs = []
    after: PhotoRefs = []
    adds_to: UUID | None = None

    @model_serializer(mode="wrap")
    def _as_released(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without an open hazard to add to, the text is that of the releases before: digests stay what they were."""
        content: dict[str, Any] = handler(self)
        if self.adds_to is None:
            content.pop("adds_to", None)
        return content

    @model_validator(mode="after")
    def _has_a_date(self) -> Finding:
        if not self.fixed_on_spot and self.due_on is None:
            raise ValueError("a finding that was not fixed on the spot needs a due date")
        return self


class Recheck(Part):
    """An earlier hazard looked at again on this visit."""

    hazard_uuid: UUID
    result: Literal["fixed", "partly", "not_fixed"]
    note: Words = ""
    due_on: Day | None = None
    photos: PhotoRefs = []


class Person(Part):
    """Somebody present: name, what they are, certificate or phone."""

    name: Line = ""
    title: Line = ""
    certificate: Line = ""
    phone: Line = ""


class SignaturePart(Part):
    """A signature drawn with a finger (points of strokes in a box three wide, one high), or a refusal."""

    party: Party
    name: Line = ""
    title: Line = ""
    strokes: Annotated[list[Annotated[list[Point], Field(max_length=2000)]], Field(max_length=200)] = []
    refused_reason: Line = ""
    on_paper: bool = False
    signed_at: Moment | None = None


class Filing(Part):
    """One visit as it was carried out."""

    format: Literal[1] = 1
    uuid: UUID
    site_id: Number
    task_id: Number | None = None
    kind: VisitKind = VisitKind.ROUTINE
    mode: LegalMode = LegalMode.ZONE_CHECK
    campaign_ids: Annotated[list[Number], Field(max_length=100)] = []
    started_at: Moment
    finished_at: Moment
    place: Line = ""
    entry_code: Line = ""
    certificate: Line = ""
    companions: Annotated[list[Person], Field(max_length=12)] = []
    site_person: Person = Person()
    answers: Annotated[list[AnswerPart], Field(max_length=500)] = []
    findings: Annotated[list[Finding], Field(max_length=100)] = []
    rechecks: Annotated[list[Recheck], Field(max_length=200)] = []
    photos: Annotated[list[ScenePhoto], Field(max_length=MAX_PHOTOS)] = []
    summary: Words = ""
    objection: Words = ""
    late_reason: Words = ""
    signatures: Annotated[list[SignaturePart], Field(max_length=8)] = []
    replaces: UUID | None = None
    correction_reason: Words = ""

    def photo_refs(self) -> list[PhotoRef]:
        """Every photo the filing names, in order."""
        refs: list[PhotoRef] = list(self.photos)
        for answer in self.answers:
            refs += answer.photos
        for finding in self.findings:
            refs += [*finding.before, *finding.after]
        for recheck in self.rechecks:
            refs += recheck.photos
        return refs

    def digest(self) -> str:
        """SHA-256 of the filing's canonical JSON: equal content, equal digest."""
        return digest_of(self.canonical())

    def canonical(self) -> Serialised:
        """The filing as plain values, with the one JSON text that it is hashed and stored as."""
        content = self.model_dump(mode="json")
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return Serialised(content, text)


def digest_of(payload: Serialised) -> str:
    """The digest of a filing in its canonical form."""
    return hashlib.sha256(payload.text.encode()).hexdigest()


class Receipt(Part):
    """The server's answer to a filing: proof that it was taken, whole.

    `body_sha256` is that of the text that was filed first; empty when a page filed it. `known` says that the filing
    was taken before; the answer's status tells it, not its text, which is the same for ever.
    """

    uuid: UUID
    digest: Sha256
    body_sha256: str = ""
    number: str
    received_at: datetime
    photos: int
    photo_hashes: list[Sha256]
    hazards: list[str]
    flags: list[str]
    url: str = ""
    known: bool = Field(default=False, exclude=True)
