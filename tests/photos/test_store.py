"""Originals: taken only as declared, kept once and for good, found out when they rot."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xuncha.core.errors import Missing, Refused
from xuncha.photos import store as store_module
from xuncha.photos.store import BodyFault, BodyMismatch, Damage, PhotoMissing, PhotoStore

PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos")


def test_a_photo_is_kept_byte_for_byte_under_its_hash(store: PhotoStore) -> None:
    kept = store.put(PHOTO, sha256=sha(PHOTO), length=len(PHOTO))
    assert (kept.sha256, kept.size, kept.created) == (sha(PHOTO), len(PHOTO), True)
    path = store.path(kept.sha256)
    assert path.parts[-3:] == ("originals", kept.sha256[:2], kept.sha256)
    with store.open(kept.sha256) as file:
        assert file.read() == PHOTO
    assert store.exists(kept.sha256)
    assert store.verify(kept.sha256)
    assert not path.stat().st_mode & 0o222
    assert files(store.incoming) == []


def test_a_photo_in_the_two_folders_of_earlier_releases_is_found_and_not_kept_twice(
    store: PhotoStore,
) -> None:
    name = sha(PHOTO)
    earlier = store.originals / name[:2] / name[2:4] / name
    earlier.parent.mkdir(parents=True)
    earlier.write_bytes(PHOTO)
    assert store.exists(name) and store.verify(name)
    assert not store.put(PHOTO).created
    assert files(store.originals) == [earlier]
    assert list(store.scrub([name])) == []
    earlier.write_bytes(PHOTO[:-1])
    assert [one.damage for one in store.scrub([name])] == [Damage.DAMAGED]
    store.put(PHOTO)
    assert store.verify(name) and files(store.originals) == [earlier]


def test_a_stream_is_kept_as_bytes_are(store: PhotoStore) -> None:
    big = os.urandom(3 * store_module.CHUNK + 7)
    assert store.put(io.BytesIO(big), sha256=sha(big).upper(), length=len(big)).sha256 == sha(big)
    assert store.verify(sha(big))


def test_a_second_put_of_the_same_bytes_changes_nothing(store: PhotoStore) -> None:
    first = store.put(PHOTO)
    before = store.path(first.sha256).stat()
    again = store.put(PHOTO)
    after = store.path(first.sha256).stat()
    assert (again.sha256, again.created) == (first.sha256, False)
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize(
    ("body", "declared", "fault"),
    [
        (b"", PHOTO, BodyFault.EMPTY),
        (b"", b"", BodyFault.EMPTY),
        (PHOTO[:-1], PHOTO, BodyFault.LENGTH),
        (PHOTO + b"\0", PHOTO, BodyFault.LENGTH),
        (PHOTO[:5] + bytes([PHOTO[5] ^ 1]) + PHOTO[6:], PHOTO, BodyFault.SHA256),
        (PHOTO[::-1], PHOTO, BodyFault.SHA256),
    ],
)
def test_bytes_that_are_not_the_declared_ones_are_not_taken(
    store: PhotoStore, body: bytes, declared: bytes, fault: BodyFault
) -> None:
    with pytest.raises(BodyMismatch) as refused:
        store.put(body, sha256=sha(declared), length=len(declared))
    assert refused.value.fault is fault
    assert isinstance(refused.value, Refused)
    assert files(store.root) == []


def test_two_photos_with_swapped_hashes_are_both_refused(store: PhotoStore) -> None:
    one, other = PHOTO, PHOTO[::-1]
    for body, declared in ((one, other), (other, one)):
        with pytest.raises(BodyMismatch):
            store.put(body, sha256=sha(declared), length=len(body))
    assert files(store.root) == []


def test_twenty_senders_at_once_create_one_file(store: PhotoStore) -> None:
    start = threading.Barrier(20)

    def send(_: int) -> bool:
        start.wait()
        return store.put(PHOTO, sha256=sha(PHOTO)).created

    with ThreadPoolExecutor(20) as pool:
        created = list(pool.map(send, range(20)))
    assert created.count(True) == 1
    assert files(store.root) == [store.path(sha(PHOTO))]


@pytest.mark.parametrize("call", ["fsync", "link"])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_a_failing_disk_leaves_nothing_visible_and_is_told(
    store: PhotoStore, monkeypatch: pytest.MonkeyPatch, call: str, error: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(OSError, match=os.strerror(error)):
            store.put(PHOTO)
    assert files(store.root) == []
    assert store.put(PHOTO).created


def test_a_folder_that_cannot_be_synced_is_never_answered_as_kept(
    store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def fail_on_folders(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").is_dir():
            raise OSError(errno.EIO, "I/O error")
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail_on_folders)
        for _ in range(2):
            with pytest.raises(OSError, match="I/O error"):
                store.put(PHOTO)
    assert not store.put(PHOTO).created
    assert store.verify(sha(PHOTO))


def test_a_sender_killed_before_the_rename_leaves_no_photo_and_its_rest_is_cleared(
    store: PhotoStore,
) -> None:
    store.put(PHOTO)
    rest = store.incoming / "tmp-left-by-a-dead-process"
    rest.write_bytes(PHOTO[:100])
    assert list(store.scrub([sha(PHOTO)])) == []
    now = datetime.now(UTC)
    assert store.clear_incoming(now=now) == 0
    assert store.clear_incoming(now=now + timedelta(days=2)) == 1
    assert store.verify(sha(PHOTO))


def test_a_file_system_without_hard_links_still_keeps_photos(
    store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    assert store.put(PHOTO).created
    assert not store.put(PHOTO).created
    assert files(store.root) == [store.path(sha(PHOTO))]
    assert store.verify(sha(PHOTO))


def test_the_scrub_finds_every_flipped_bit_swap_loss_and_stray(store: PhotoStore) -> None:
    names = [store.put(PHOTO + bytes([n])).sha256 for n in range(30)]
    flipped, swapped, lost = names[:20], names[20:22], names[22:24]
    for number, name in enumerate(flipped):
        content = bytearray(store.path(name).read_bytes())
        content[number * 97] ^= 1 << (number % 8)
        _overwrite(store.path(name), bytes(content))
    first, second = (store.path(name).read_bytes() for name in swapped)
    _overwrite(store.path(swapped[0]), second)
    _overwrite(store.path(swapped[1]), first)
    for name in lost:
        store.path(name).unlink()
    (store.originals / "notes.txt").write_text("left here by hand")

    found = list(store.scrub(names))
    assert {f.name for f in found if f.damage is Damage.DAMAGED} == {*flipped, *swapped}
    assert {f.name for f in found if f.damage is Damage.MISSING} == set(lost)
    assert [f.name for f in found if f.damage is Damage.STRAY] == ["notes.txt"]
    assert len(found) == 25
    assert not any(store.verify(name) for name in (*flipped, *swapped, *lost))


def test_sending_a_rotten_photo_again_repairs_it(store: PhotoStore) -> None:
    name = store.put(PHOTO).sha256
    _overwrite(store.path(name), PHOTO[:-1] + b"?")
    store.put(PHOTO, sha256=name)
    assert store.verify(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../" * 21 + "x",
        "/etc/passwd",
        "0" * 63,
        "0" * 65,
        "G" * 64,
        "A" * 64,
        "0" * 64 + "\n",
        "\uff10" * 64,
    ],
)
def test_a_name_that_is_not_a_hash_never_becomes_a_path(store: PhotoStore, name: str) -> None:
    for use in (store.path, store.open, store.exists, store.drop_derivatives):
        with pytest.raises(PhotoMissing):
            use(name)
    with pytest.raises(Missing):
        store.derivative(name, "clean", Path.read_bytes)


def test_opening_a_photo_that_is_not_there_says_so(store: PhotoStore) -> None:
    assert not store.exists(sha(b"never sent"))
    assert not store.verify(sha(b"never sent"))
    with pytest.raises(PhotoMissing):
        store.open(sha(b"never sent"))
    with pytest.raises(PhotoMissing):
        store.derivative(sha(b"never sent"), "clean", Path.read_bytes)


def test_a_copy_is_made_once_and_made_again_when_deleted_or_newer(store: PhotoStore) -> None:
    name = store.put(PHOTO).sha256
    made: list[Path] = []

    def make(original: Path) -> bytes:
        made.append(original)
        return b"copy of " + original.read_bytes()

    path = store.derivative(name, "clean", make)
    assert path.read_bytes() == b"copy of " + PHOTO
    assert store.derivative(name, "clean", make) == path
    assert made == [store.path(name)]
    newer = store.derivative(name, "clean", make, version=2)
    assert newer != path
    path.unlink()
    assert store.derivative(name, "clean", make).exists()
    assert len(made) == 3
    assert store.drop_derivatives(name) == 2
    assert store.verify(name)
    assert list(store.scrub([name])) == []


def test_a_copy_that_fails_leaves_nothing(store: PhotoStore) -> None:
    name = store.put(PHOTO).sha256

    def fail(_: Path) -> bytes:
        raise RuntimeError("no memory")

    with pytest.raises(RuntimeError):
        store.derivative(name, "clean", fail)
    assert files(store.root) == [store.path(name)]


@pytest.mark.parametrize("kind", ["", "../x", "Clean", "a/b", "x" * 49])
def test_the_kind_of_a_copy_is_a_plain_word(store: PhotoStore, kind: str) -> None:
    with pytest.raises(ValueError, match="kind of copy"):
        store.derivative(store.put(PHOTO).sha256, kind, Path.read_bytes)


def _overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o640)
    path.write_bytes(content)
