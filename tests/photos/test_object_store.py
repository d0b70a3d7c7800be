"""Photos in an object store: a real S3 server, met by phones over HTTP; it goes away, loses and changes objects."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import obstore
import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.checks.filings import picture
from tests.conftest import build
from tests.house import House
from tests.photos.s3_server import KEYS, S3Server

from xuncha.accounts.models import User
from xuncha.core.bucket import Bucket, client
from xuncha.core.clock import utcnow
from xuncha.photos.object_store import ObjectPhotoStore
from xuncha.photos.queries import store
from xuncha.watching import conditions


@pytest.fixture
def server(tmp_path: Path) -> Iterator[S3Server]:
    running = S3Server(tmp_path / "s3").start()
    yield running
    running.stop()


@pytest.fixture
def app(server: S3Server, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application with its photos in the bucket."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    made = build(database, tmp_path, PHOTO_STORE=server.address, PHOTO_CACHE_BYTES=1_000_000)
    with made.app_context():
        yield made


def put(browser: FlaskClient, data: bytes) -> tuple[int, str]:
    """Send a photo as a phone does; the status, and its hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    answer = browser.put(f"/sync/photos/{sha256}", data=data, content_type="image/jpeg")
    return answer.status_code, sha256


@pytest.fixture
def phone_away(app: Flask, user: Callable[[str], User]) -> FlaskClient:
    """A phone that may be answered with 503, which the house's client takes for a fault."""
    made = FlaskClient(app, app.response_class)
    with made.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"{user('wang').id}.1", True
    return made


def test_a_photo_goes_to_the_bucket_once_and_is_shown_from_there(
    server: S3Server, as_user: Callable[[str], House], tmp_path: Path
) -> None:
    phone, data = as_user("wang"), picture(1)
    status, sha256 = put(phone, data)
    assert status == 201 and [path.read_bytes() for path in server.originals] == [data]
    written = server.originals[0].stat().st_mtime_ns
    assert put(phone, data)[0] == 200 and server.originals[0].stat().st_mtime_ns == written
    # Another node has neither cache nor copies.
    shutil.rmtree(tmp_path / "photos")
    for kind in ("thumb", "original"):
        answer = phone.get(f"/photos/{sha256}/{kind}")
        assert answer.status_code == 200 and answer.content_type == "image/jpeg", kind
    assert answer.data == data
    assert not list((tmp_path / "photos").glob("originals/**/*"))


def test_a_store_that_is_away_keeps_the_photo_on_the_phone(server: S3Server, phone_away: FlaskClient) -> None:
    data = picture(2)
    server.stop()
    answer = phone_away.put(f"/sync/photos/{hashlib.sha256(data).hexdigest()}", data=data)
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    server.start()
    assert put(phone_away, data)[0] == 201 and len(server.originals) == 1


def test_a_bucket_that_does_not_know_us_takes_nothing(
    server: S3Server, app: Flask, phone_away: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    app.config["PHOTO_STORE"] = f"{server.address}&region=eu-west-1"  # a client of its own, with these keys
    assert put(phone_away, picture(3))[0] == 503 and server.originals == []


def test_an_alarm_tells_that_the_store_is_away_or_its_clock_differs_and_the_node_stays_ready(
    server: S3Server, app: Flask
) -> None:
    now = utcnow()
    assert conditions.look_at("store", now).fault is None
    differs = conditions.look_at("store", now + timedelta(minutes=2))
    assert differs.fault is True and "differs" in differs.told
    assert not [path for path in (server.folder / "photos").rglob("health/*") if path.is_file()]
    server.stop()
    away = conditions.look_at("store", now)
    assert away.fault is True and "does not answer" in away.told
    assert app.test_client().get("/readyz").status_code == 200
    server.start()
    assert conditions.look_at("store", now).fault is None
    app.config["PHOTO_STORE"] = ""
    assert conditions.look_at("store", now).fault is None


def test_a_scrub_names_what_the_bucket_lost_and_what_it_changed(
    server: S3Server, app: Flask, as_user: Callable[[str], House]
) -> None:
    phone = as_user("wang")
    sound, lost, changed = (put(phone, picture(seed))[1] for seed in (4, 5, 6))
    obstore.delete(server.bucket, f"originals/{lost[:2]}/{lost}")
    obstore.put(server.bucket, f"originals/{changed[:2]}/{changed}", b"other bytes")
    done = app.test_cli_runner().invoke(args=["scrub"])
    assert done.exit_code == 1
    assert (
        f"missing: {lost}" in done.output
        and f"damaged: {changed}" in done.output
        and sound not in done.output
    )
    # The phone that has it still sends it again, and the bucket is whole.
    assert phone.get(f"/sync/photos/{changed}").status_code == 404
    assert put(phone, picture(5))[0] in {200, 201} and put(phone, picture(6))[0] in {200, 201}
    done = app.test_cli_runner().invoke(args=["scrub"])
    assert done.exit_code == 0 and "3 photos are as they were sent" in done.output


def test_a_folder_of_photos_is_carried_into_the_bucket(
    server: S3Server, app: Flask, as_user: Callable[[str], House], tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    app.config["PHOTO_STORE"] = ""
    phone = as_user("wang")
    sent = {put(phone, picture(seed))[1] for seed in (7, 8)}
    app.config["PHOTO_STORE"] = server.address
    carry = partial(app.test_cli_runner().invoke, args=["photos", "carry", str(folder)])
    assert carry().output == "2 photos carried, 0 were there\n"
    assert {path.name for path in server.originals} == sent
    assert carry().output == "0 photos carried, 2 were there\n"
    # What is in neither of them is said.
    lost = min(sent)
    obstore.delete(server.bucket, f"originals/{lost[:2]}/{lost}")
    for kept in ("originals", "cached"):
        shutil.rmtree(folder / kept)
    done = carry()
    assert done.exit_code == 1 and "1 photos are in neither of them" in done.output


def test_the_cache_keeps_within_its_size(app: Flask, as_user: Callable[[str], House]) -> None:
    phone = as_user("wang")
    hashes = [put(phone, picture(seed, (1600, 1200)))[1] for seed in range(10, 16)]
    photos = store()
    assert isinstance(photos, ObjectPhotoStore)
    photos.cache_bytes = 300_000
    assert photos.trim_cache() == 0  # all of them may be in use
    for path in photos.cached.rglob("*"):
        os.utime(path, (0, 0))
    assert photos.trim_cache() > 0
    left = sum(path.stat().st_size for path in photos.cached.rglob("*") if path.is_file())
    assert left <= 300_000 and all(photos.verify(sha256) for sha256 in hashes)


def test_a_bucket_of_the_cloud_itself_needs_no_endpoint() -> None:
    address = "s3://zone/photos?region=eu-west-1&style=virtual"
    bucket = Bucket.read(address)
    assert client(bucket) is client(Bucket.read(bucket.address()))
    assert Bucket.read(bucket.address("more")).prefix == "photos/more"


@pytest.mark.parametrize(
    "address",
    [
        "https://bucket",
        "s3://",
        "s3://bucket?style=strange",
        "s3://bucket?endpoint=ftp://x",
        "s3://bucket?unknown=1",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"must be|names an endpoint"):
        Bucket.read(address)
