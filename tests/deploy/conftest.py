"""A release archive, made once for all workers of a run, and a machine on which it was installed by the pages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fasteners import InterProcessLock as FileLock
from tests.deploy.operator import Machine, commands
from tests.served import ROOT


def shared_by_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder above those of a run's workers; alone, that one would outlive the run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that `make release` packs."""
    shared = shared_by_workers(tmp_path_factory) / "release"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            build = [
                sys.executable,
                "-m",
                "build",
                "--wheel",
                "--no-isolation",
                "--outdir",
                str(ROOT / "dist"),
                ".",
            ]
            for command in (build, ["deploy/make-release", sys.executable]):
                done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stderr[-2000:]
            shared.mkdir()
            shutil.copy(ROOT / done.stdout.strip().splitlines()[-1], shared)
    return next(shared.glob("*.tar.gz"))


@pytest.fixture
def unpacked(archive: Path, tmp_path: Path) -> Path:
    """A folder with the archive, unpacked."""
    subprocess.run(["tar", "xzf", str(archive)], cwd=tmp_path, check=True)
    return next(tmp_path.glob("xuncha-*"))


@pytest.fixture
def machine(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which install.md was followed from an empty folder, and then behind-a-proxy.md; one test at a time has it."""
    root = shared_by_workers(tmp_path_factory) / "machine"
    with FileLock(f"{root}.lock"):
        if (ports := root / "ports").exists():
            yield Machine(root, *json.loads(ports.read_text()))
        else:
            made = installed(archive, root)
            ports.write_text(json.dumps([made.port, made.http, made.https]))
            yield made


def installed(archive: Path, root: Path) -> Machine:
    """The pages followed in a new folder."""
    made = Machine(root)
    folder = root / "root"
    folder.mkdir()
    shutil.copy(archive, folder)
    install = commands("install.md")
    first = next(number for number, block in enumerate(install) if "install.sh" in block)
    made.follow(install[: first + 1], folder)
    release = next(path for path in folder.glob("xuncha-*") if path.is_dir())
    made.localise(release)
    made.follow(install[first + 1 :], release)
    made.follow(commands("behind-a-proxy.md"), release)
    return made
