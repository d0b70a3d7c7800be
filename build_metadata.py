"""What the wheel asks for: requirements.in, and with [scale] requirements-scale.in; the packages stand nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Requirements(MetadataHookInterface):
    """Gives the project its dependencies."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Read them from beside the project's settings."""
        metadata["dependencies"] = self._packages("requirements.in")
        metadata["optional-dependencies"] = {"scale": self._packages("requirements-scale.in")}

    def _packages(self, name: str) -> list[str]:
        lines = (Path(self.root) / name).read_text("utf-8").splitlines()
        return [line for line in lines if line and not line.startswith(("#", "-"))]
