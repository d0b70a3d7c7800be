"""Figures from one run on this machine: each module's `main()` answers its lines."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The source root is named in pyproject.toml for pytest; here it is read from there.
_settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
sys.path[:0] = [str(ROOT / folder) for folder in _settings["pythonpath"]]


@dataclass(frozen=True)
class Line:
    """One measured figure beside the one to reach; not `met` where the aim is a promise, whatever the machine."""

    what: str
    measured: str
    aim: str
    met: bool = True
