"""The page's fields become a filing, here as on the phone (tests/js/fields.test.js reads the same cases)."""

import json
from pathlib import Path
from typing import Any

import pytest

from xuncha.checks import forms

CASES = json.loads((Path(__file__).parent / "fields.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_server_reads_the_fields_as_the_phone_does(case: dict[str, Any]) -> None:
    assert forms.payload([tuple(entry) for entry in case["entries"]], case["photos"]) == case["payload"]
