"""The import contracts of pyproject.toml: domains import downward only, rows know no verbs, verbs know no request."""

from importlinter.cli import lint_imports


def test_the_import_contracts_hold() -> None:
    assert lint_imports(no_cache=True) == 0
