"""What a command cannot take is said in a sentence, never with a traceback."""

from __future__ import annotations

import pytest
from flask import Flask


@pytest.mark.parametrize(
    "words",
    [
        "figures --from 9999-12-31 --to 9999-12-31",
        "figures --from 2026-01-01 --to 9999-12-31",
        "figures --from 2026-01-01 --to 2026-06-30 --as-of 9999-12-31",
        "document training-summary --from 0001-01-01 --to 2026-06-30 --out x.pdf",
        "schedule open --month 9999-12",
        "schedule open --month 2005-01",
        f"users add late --name x --enterprise {'9' * 25}",
    ],
)
def test_impossible_days_and_numbers_are_usage_errors(app: Flask, words: str) -> None:
    done = app.test_cli_runner().invoke(args=words.split())
    assert done.exit_code == 2, done.output
    assert "Error: " in done.output
