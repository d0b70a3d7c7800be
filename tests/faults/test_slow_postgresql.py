"""A PostgreSQL that does not answer in time: the request is given up, the phone keeps its copy and comes back."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.served import Served


@pytest.fixture
def served(settled_pg: str, tmp_path: Path) -> Served:
    return Served(
        tmp_path, database=settled_pg, settings={"XUNCHA_DB_TIMEOUT_S": "2", "XUNCHA_PROCESSES": "1"}
    )


def test_a_locked_table_answers_come_back_later_and_then_works(served: Served, settled_pg: str) -> None:
    served.start()
    # The link of a notice is looked up by whoever asks, without a session.
    address = f"{served.url}/n/{'a' * 22}"
    engine = sa.create_engine(settled_pg, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("LOCK TABLE notice_links IN ACCESS EXCLUSIVE MODE"))
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(address, timeout=20)
            assert refused.value.code == 503 and refused.value.headers["Retry-After"] == "5"
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(address, timeout=20)
        assert missing.value.code == 404
    finally:
        served.kill()
