"""`make soak`: races, every system call of a filing, and filings at full strength; prints what it found, fails on a fault."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests import cast
from tests.conftest import build, settle
from tests.faults.races import POSTS, races
from tests.faults.soak import Strength, ready, run_soak
from tests.faults.syscall_sweep import sweep
from tests.served import Served
from xuncha.accounts.passwords import hash_password

RACES = 100
SEEDS = (1, 2, 3)
FILINGS, KILLS, CUTS = 1000, 20, 300
LONGEST_S = 1800
HEADS = ("seed", "filings", "kills", "cuts", "lost", "doubled", "altered", "phantom", "seconds")


def main() -> int:
    """Run the races, the sweep, then the seeds one after another."""
    with tempfile.TemporaryDirectory() as name:
        settled = _settled(Path(name))
        faults = _races(settled) + _sweep(settled, together=False) + _sweep(settled, together=True)
        sys.stdout.write("".join(f"{head:>10}" for head in HEADS) + "\n")
        faults += [fault for seed in SEEDS for fault in _soak(settled, seed)]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


def _settled(folder: Path) -> Path:
    """A database file with the cast."""
    settle(build(f"sqlite:///{folder / 'xuncha.db'}", folder), hash_password(cast.PASSWORD))
    return folder / "xuncha.db"


def _races(settled: Path) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        app, served = ready(Path(name), settled), Served(Path(name)).start()
        try:
            faults = races(app, served, RACES)
        finally:
            served.kill()
    sys.stdout.write(f"{RACES} races of {POSTS} equal posts: {len(faults)} faults\n")
    sys.stdout.flush()
    return faults


def _sweep(settled: Path, *, together: bool) -> list[str]:
    """Every call of one filing with every fault, a table of how the phone's first attempt ended."""
    with tempfile.TemporaryDirectory() as name:
        result = sweep(Path(name), settled, together=together)
    for (fault, call, end), times in sorted(result.ends.items()):
        sys.stdout.write(f"{fault:>10}{call:>12}{end:>10}{times:>6}\n")
    how = "one request" if together else "four requests"
    sys.stdout.write(f"{result.cases} faults at system calls, {how}: {len(result.faults)} faults of ours\n")
    sys.stdout.flush()
    return result.faults


def _soak(settled: Path, seed: int) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder, strength = Path(name), Strength(seed, FILINGS, KILLS, CUTS)
        tally = run_soak(ready(folder, settled), Served(folder), strength, longest_s=LONGEST_S)
    row = (seed, tally.acknowledged, tally.kills, tally.cuts)
    counts = tuple(len(found) for found in (tally.lost, tally.doubled, tally.altered, tally.phantom))
    sys.stdout.write("".join(f"{cell:>10}" for cell in (*row, *counts, round(tally.seconds))) + "\n")
    sys.stdout.flush()
    return tally.faults


if __name__ == "__main__":
    sys.exit(main())
