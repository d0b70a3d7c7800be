"""`make bench`: run every measurement of this folder and print one table; fails when a promise is not met."""

from __future__ import annotations

import importlib
import pkgutil
import sys

from tests import bench
from tests.bench import Line


def measured() -> list[Line]:
    """The lines of every module, in the order of their names."""
    names = sorted(
        module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__"
    )
    return [line for name in names for line in importlib.import_module(f"tests.bench.{name}").main()]


def main() -> int:
    """Print what was measured."""
    lines = [Line("", "measured", "aim"), *measured()]
    wide = [max(len(getattr(line, name)) for line in lines) for name in ("what", "measured")]
    for line in lines:
        missed = "" if line.met else "  NOT MET"
        sys.stdout.write(f"{line.what:{wide[0]}}  {line.measured:>{wide[1]}}  {line.aim}{missed}\n")
    return 0 if all(line.met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
