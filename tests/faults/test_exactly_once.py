"""Every acknowledged filing is there once, unchanged, with its photos, after cuts, doubles, resends and kills.

`make soak` runs the same at full strength: three seeds of 1,000 filings, 20 kills and 300 cuts.
"""

from pathlib import Path

from tests.conftest import build
from tests.faults.soak import Strength, ready, run_soak
from tests.served import Served


def test_what_was_acknowledged_is_there_once(settled: Path, tmp_path: Path) -> None:
    strength = Strength(seed=7, filings=48, kills=2, cuts=40)
    tally = run_soak(ready(tmp_path, settled), Served(tmp_path), strength, longest_s=90)
    assert tally.faults == []
    assert tally.acknowledged == strength.filings
    assert tally.kills == strength.kills
    assert tally.cuts >= strength.cuts


def test_the_same_on_postgresql(settled_pg: str, tmp_path: Path) -> None:
    strength = Strength(seed=8, filings=24, kills=1, cuts=15)
    tally = run_soak(
        build(settled_pg, tmp_path), Served(tmp_path, database=settled_pg), strength, longest_s=60
    )
    assert tally.faults == []
    assert tally.acknowledged == strength.filings
