"""Every form version that was ever released is taken for ever: phones return after weeks (U12). Never change a payload here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.house import House
from tests.sync.phones import Phone

from xuncha.checks.filing import FORMAT
from xuncha.checks.models import Check
from xuncha.core.db import db

FOLDER = Path(__file__).parent / "payloads"
PAYLOADS = sorted(FOLDER.glob("v*.json"))


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_a_frozen_payload_is_filed_and_known_again(
    app: Flask, as_user: Callable[[str], House], path: Path
) -> None:
    phone = Phone(as_user("wang"))
    first, again = phone.file(path.read_bytes()), phone.file(path.read_bytes())
    assert (first.status_code, again.status_code) == (201, 200), first.get_data(as_text=True)
    assert first.get_json()["receipt"] == again.get_json()["receipt"]
    assert len(db.session.scalars(sa.select(Check)).all()) == 1


def test_every_released_version_has_a_payload() -> None:
    versions = {int(path.stem.split("-")[0][1:]) for path in PAYLOADS}
    assert versions == set(range(1, FORMAT + 1))
