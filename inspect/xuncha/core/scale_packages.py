"""Packages that only a larger installation needs: those of requirements-scale.txt."""

from __future__ import annotations

from importlib.util import find_spec

# By the beginning of an address.
NEEDED = {"postgresql": ("psycopg", "PostgreSQL"), "s3:": ("obstore", "an object store")}


def demand_for(address: str) -> None:
    """Raises ValueError, saying what to install, where the package is missing that an address needs."""
    for beginning, (package, purpose) in NEEDED.items():
        if address.startswith(beginning) and find_spec(package) is None:
            raise ValueError(
                f"needs packages for {purpose} that are not installed: `make scale` in a checkout, "
                "`install.sh FOLDER scale` from a release archive"
            )
