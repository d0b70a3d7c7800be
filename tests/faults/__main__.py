"""`make soak`: the storm at full strength, and races by the hundred; prints a table and fails on any fault."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import wsgi  # noqa: F401  (puts inspect/ on the path)

from tests import cast
from tests.conftest import build, settle
from tests.faults.storm import Strength, ready, storm
from xuncha.accounts.passwords import hash_password

SEEDS = (1, 2, 3)
FILINGS, KILLS, CUTS = 1000, 20, 300
LONGEST_S = 1800
HEADS = ("seed", "filings", "kills", "cuts", "lost", "doubled", "altered", "phantom", "seconds")


def main() -> int:
    """Run the seeds one after another."""
    password, faults = hash_password(cast.PASSWORD), []
    sys.stdout.write("".join(f"{head:>10}" for head in HEADS) + "\n")
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source = folder / "settled"
            source.mkdir()
            settle(build(f"sqlite:///{source / 'xuncha.db'}", source), password)
            strength = Strength(seed, FILINGS, KILLS, CUTS)
            tally = storm(folder, ready(folder, source / "xuncha.db"), strength, longest_s=LONGEST_S)
        row = (seed, tally.acknowledged, tally.kills, tally.cuts)
        counts = tuple(len(found) for found in (tally.lost, tally.doubled, tally.altered, tally.phantom))
        sys.stdout.write("".join(f"{cell:>10}" for cell in (*row, *counts, round(tally.seconds))) + "\n")
        sys.stdout.flush()
        faults += tally.faults
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
