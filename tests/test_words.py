"""Every text that a person sees is in the catalogue, in both languages; the code holds none in Chinese."""

import re
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "inspect" / "xuncha" / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
METHODS = [
    ("inspect/xuncha/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("static/js/**.js", "javascript"),
]
OPTIONS = {"templates/**.html": {"trimmed": "true"}}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "N_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
PLACE = re.compile(r"%\((\w+)\)[sd]")
HAN = re.compile(r"[\u3400-\u9fff]")
# Comments and docstrings may name a law or a term; string literals that a person would read may not be Chinese,
# except these fixed words of papers, which are the same in every language (domain: document numbers).
FIXED_WORDS = {
    "inspect/xuncha/accounts/passwords.py",
    "inspect/xuncha/campaigns/case_papers.py",
    "inspect/xuncha/campaigns/expert_opinions.py",
    "inspect/xuncha/checks/snapshot.py",
    "inspect/xuncha/committee/minutes.py",
    "inspect/xuncha/config.py",
    "inspect/xuncha/core/i18n.py",
    "inspect/xuncha/core/numbering.py",
    "inspect/xuncha/hazards/papers/deliveries.py",
    "inspect/xuncha/hazards/papers/documents.py",
    "inspect/xuncha/hazards/papers/letters.py",
}


def holds_ours(folder: str) -> bool:
    """Whether a folder is to be searched for messages."""
    return Path(folder).name not in {"vendor", "node_modules", ".venv", "__pycache__", ".git"}


def used() -> dict[tuple[str, str | None], list[str]]:
    """The messages that the code asks for (a plural by its singular) with their context, and where."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for file, _line, message, _comments, context in extract_from_dir(
        ROOT, METHODS, OPTIONS, KEYWORDS, directory_filter=holds_ours
    ):
        one = message if isinstance(message, str) else message[0]
        found.setdefault((one, context), []).append(file)
    return found


def catalogue() -> Catalog:
    """The Chinese catalogue."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh")


def test_every_message_has_its_chinese() -> None:
    chinese = catalogue()
    missing = []
    for (message, context), files in used().items():
        entry = chinese.get(message, context)
        text = entry.string if entry else ""
        if not (text[0] if isinstance(text, tuple) else text):
            missing.append(f"{message!r} in {files[0]}")
    assert missing == []


def test_translations_keep_the_places_of_values() -> None:
    wrong = []
    for entry in catalogue():
        if not entry.id:
            continue
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        strings = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        wanted = set(PLACE.findall(ids[-1]))
        # Chinese may leave a value out (a word that needs no number), never ask for one that is not given.
        wrong += [ids[0] for string in strings if set(PLACE.findall(string)) - wanted]
    assert wrong == []


def test_no_message_is_left_over() -> None:
    entries = [entry for entry in catalogue() if entry.id]
    keys = [(entry.id if isinstance(entry.id, str) else entry.id[0], entry.context) for entry in entries]
    asked = used()
    assert [key for key in keys if key not in asked] == []


def test_the_code_shows_no_chinese_of_its_own() -> None:
    found = []
    for folder, ending in (("templates", "*.html"), ("static/js", "*.js")):
        for path in (ROOT / folder).rglob(ending):
            text = re.sub(r"\{#.*?#\}|/\*.*?\*/|//[^\n]*", "", path.read_text("utf-8"), flags=re.S)
            if HAN.search(text):
                found.append(str(path.relative_to(ROOT)))
    for path in (ROOT / "inspect").rglob("*.py"):
        name = str(path.relative_to(ROOT))
        text = re.sub(r'""".*?"""|#[^\n]*', "", path.read_text("utf-8"), flags=re.S)
        if HAN.search(text) and name not in FIXED_WORDS:
            found.append(name)
    assert found == []
