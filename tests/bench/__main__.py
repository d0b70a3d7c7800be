"""`make bench`: run every measurement of this folder, or those named, and print one table; fails when a promise is not kept."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from tests import bench
from tests.bench import Line, machine
from tests.bench.targets import ORDER

HEADS = ("measure", "measured", "floor", "ratio", "must", "aim", "")


def parts() -> dict[str, object]:
    """The modules that measure, by name."""
    names = [one.name for one in pkgutil.iter_modules(bench.__path__) if one.name != "__main__"]
    modules = {name: importlib.import_module(f"tests.bench.{name}") for name in sorted(names)}
    return {name: module for name, module in modules.items() if hasattr(module, "main")}


def measured(names: list[str], failed: list[str]) -> Iterator[Line]:
    """The lines of the parts, the load told before and after each; a part that fails costs no other part its lines."""
    known = parts()
    if wrong := set(names) - set(known):
        raise SystemExit(f"no such part: {', '.join(sorted(wrong))}; there are {', '.join(known)}")
    for name in names or known:
        before = machine.load()
        try:
            yield from known[name].main()
        except Exception:
            traceback.print_exc()
            failed.append(name)
        sys.stderr.write(f"{name}: load {before} before, {machine.load()} after\n")


def verdict(line: Line) -> str:
    """Whether the promise is kept, and the aim reached."""
    if line.met is None:
        return "not judged" if line.aim else ""
    return "NOT MET" if not line.met else "aim met" if line.aimed else "met"


def table(lines: list[Line]) -> Iterator[str]:
    """The rows as Markdown, the promised ones in their order, then the others."""
    last = len(ORDER)
    ordered = sorted(lines, key=lambda line: ORDER.get(line.what, last))
    rows = [HEADS, ("---",) * len(HEADS)]
    rows += [
        (one.what, one.measured, one.floor, one.ratio, one.must, one.aim, verdict(one)) for one in ordered
    ]
    wide = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
    for row in rows:
        yield "| " + " | ".join(cell.ljust(size) for cell, size in zip(row, wide, strict=True)) + " |"


def main() -> int:
    """Print what was measured."""
    for words in machine.card(Path(tempfile.gettempdir())):
        sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
    failed: list[str] = []
    lines = list(measured(sys.argv[1:], failed))
    sys.stdout.write("\n" + "\n".join(table(lines)) + "\n")
    for name in failed:
        sys.stdout.write(f"\nNot measured, because it failed: {name}\n")
    return 1 if failed or any(line.met is False for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
