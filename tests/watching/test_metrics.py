"""`/metrics`: closed without its token, the same figures whichever process is asked, those of the site from its rows."""

import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from flask import Flask
from tests.served import Served
from tests.sync.phones import Browser, Phone, picture

TOKEN = "scrape-scrape-scrape"


def figures(text: str) -> dict[str, float]:
    """Every line of a scrape under its name with labels."""
    return {
        name: float(value) for name, value in re.findall(r"^(\w+(?:\{[^}]*\})?) ([\d.e+-]+)$", text, re.M)
    }


def scrape(app: Flask) -> dict[str, float]:
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return figures(answer.text)


@pytest.mark.parametrize(
    ("token", "given", "status"),
    [
        ("", "", 404),
        ("", "Bearer ", 404),
        (TOKEN, "", 403),
        (TOKEN, f"Bearer {TOKEN}x", 403),
        (TOKEN, TOKEN, 403),
    ],
)
def test_it_opens_to_the_token_only(
    app: Flask, monkeypatch: pytest.MonkeyPatch, token: str, given: str, status: int
) -> None:
    monkeypatch.setitem(app.config, "METRICS_TOKEN", token)
    answer = app.test_client().get("/metrics", headers={"Authorization": given})
    assert answer.status_code == status


def test_a_photo_more_is_counted_with_its_bytes(
    app: Flask, as_user: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "METRICS_TOKEN", TOKEN)
    before = scrape(app)
    sent = picture(7)
    assert Phone(as_user("wang")).put(sent).status_code == 201
    after = scrape(app)
    assert after["xuncha_photos_total"] == before["xuncha_photos_total"] + 1
    assert after["xuncha_photos_bytes"] == before["xuncha_photos_bytes"] + len(sent)
    assert after["xuncha_database_bytes"] > 0 and 0 < after["xuncha_disk_free_ratio"] < 1


def test_processes_count_together_and_no_secret_of_a_path_is_told(settled: Path, tmp_path: Path) -> None:
    (tmp_path / "xuncha.db").write_bytes(settled.read_bytes())
    settings = {"XUNCHA_METRICS_TOKEN": TOKEN, "XUNCHA_PROCESSES": "2", "XUNCHA_LOG": "json"}
    server = Served(tmp_path, settings=settings).start()

    def scraped() -> str:
        asked = urllib.request.Request(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        return str(urllib.request.urlopen(asked, timeout=20).read().decode())

    try:
        before = figures(scraped())
        for _number in range(20):
            urllib.request.urlopen(f"{server.url}/sign-in", timeout=20).read()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{server.url}/n/s3cret-of-a-notice", timeout=20)
        text = scraped()
    finally:
        assert server.process
        server.process.terminate()
        server.process.wait(30)
    after = figures(text)
    for name in (
        'xuncha_requests_total{method="GET",route="/sign-in",status="200"}',
        'xuncha_request_seconds_count{route="/sign-in"}',
    ):
        assert after[name] - before[name] == 20
    assert "s3cret" not in text + (tmp_path / "server.log").read_text("utf-8")
