"""Three nodes on one PostgreSQL and one object store: what was acknowledged is there once, whatever breaks meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import build
from tests.faults.cluster import Cluster
from tests.faults.soak import Strength, run_soak
from tests.photos.s3_server import KEYS, S3Server


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    server = S3Server(tmp_path / "s3").start()
    yield server
    server.stop()


@pytest.mark.timeout(300)
def test_what_three_nodes_acknowledged_is_there_once(
    settled_pg: str, store: S3Server, tmp_path: Path
) -> None:
    """Two nodes are killed, all connections of the database ended and the store stopped, each once, while lines are cut."""
    strength = Strength(seed=11, filings=240, kills=4, cuts=60)
    app = build(settled_pg, tmp_path / "checker", PHOTO_STORE=store.address, PHOTO_CACHE_BYTES=0)
    tally = run_soak(app, Cluster(tmp_path, settled_pg, store), strength, longest_s=150)
    assert tally.faults == []
    assert (tally.acknowledged, tally.kills) == (strength.filings, strength.kills)
    assert tally.cuts >= strength.cuts
