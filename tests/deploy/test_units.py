"""The unit files, as systemd itself reads them: no mistake, and no more rights than promised."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.served import ROOT

UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
TIMERS = sorted(path.name for path in UNITS.glob("*.timer"))
# systemd's own scale: 0 is locked in, 10 is open; below 2 it calls "OK", and a unit without a sandbox has 9.6.
MOST_EXPOSED = 1.5


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as install.sh puts them, with a program that is on this machine: a missing one is a mistake to systemd."""
    shutil.copytree(UNITS, tmp_path / "units")
    for path in (tmp_path / "units").glob("*.service"):
        text = path.read_text("utf-8")
        started = [line for line in text.splitlines() if line.startswith("Exec")]
        assert started and all(
            line.startswith("ExecStart=/opt/xuncha/bin/flask --app xuncha ") for line in started
        )
        assert text.count("/opt/xuncha/bin/flask") == len(started)
        path.write_text(text.replace("/opt/xuncha/bin/flask", sys.executable), "utf-8")
    return tmp_path / "units"


def analyze(units: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze (Debian: systemd) among the units."""
    return subprocess.run(["systemd-analyze", *words], cwd=units, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("unit", [*SERVICES, *TIMERS])
def test_systemd_finds_no_mistake(units: Path, unit: str) -> None:
    done = analyze(units, "verify", "--recursive-errors=no", "--man=no", f"./{unit}")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_mistake_would_be_found(units: Path) -> None:
    unit = units / "xuncha-web.service"
    unit.write_text(unit.read_text("utf-8").replace("Restart=on-failure", "Restart=sometimes"), "utf-8")
    done = analyze(units, "verify", "--recursive-errors=no", "--man=no", f"./{unit.name}")
    assert "xuncha-web.service:9: " in done.stderr and "sometimes" in done.stderr


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_may_do_little_beside_answering(units: Path, unit: str) -> None:
    threshold = f"--threshold={round(MOST_EXPOSED * 10)}"
    done = analyze(units, "security", "--offline=yes", "--no-pager", threshold, f"./{unit}")
    assert done.returncode == 0, done.stdout
    shutil.rmtree(units / "xuncha-.service.d")  # and the bound is one: without the sandbox it is exceeded
    assert analyze(units, "security", "--offline=yes", "--no-pager", threshold, f"./{unit}").returncode != 0
