"""The layout that keeps the standard library's `inspect` alive, and what must never be committed."""

import inspect
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GENERATED = re.compile(r"\.(ttf|otf|ttc|woff2?|min\.js|min\.css|mo)$")
HAN = re.compile(r"[\u3400-\u9fff]")
CODE = {".py", ".html", ".js", ".css"}
# Fixed words of the trade that are the same in both languages: document numbers, names of laws in comments, the notice's format.
MAY_HOLD_HAN = re.compile(r'^\s*(#|"""|\*|/\*|\{#|//)')


def committed() -> list[Path]:
    """The files of the checkout."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listed.stdout.splitlines()]


def test_inspect_is_a_source_root_and_no_package() -> None:
    assert not (ROOT / "inspect" / "__init__.py").exists()
    inside = {path.name for path in (ROOT / "inspect").iterdir() if path.name != "__pycache__"}
    assert inside == {"xuncha"}


def test_the_standard_library_keeps_its_inspect() -> None:
    assert ROOT not in Path(str(inspect.__file__)).resolve().parents


def test_nothing_third_party_or_generated_is_committed() -> None:
    found = [path.name for path in committed() if GENERATED.search(path.name)]
    assert found == []


def test_lock_files_name_no_registry() -> None:
    for name in ("requirements.txt", "requirements-scale.txt", "requirements-dev.txt", "package-lock.json"):
        text = (ROOT / name).read_text("utf-8")
        # No address of a package, and no option of pip but the hashes.
        assert '"resolved"' not in text and set(re.findall(r"^ *--([a-z-]+)", text, re.M)) <= {"hash"}, name


def test_files_stay_readable_in_size() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in committed()
        if path.suffix in CODE and path.exists() and (lines := path.read_text("utf-8").count("\n")) > 400
    }
    assert long == {}
