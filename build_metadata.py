"""What the wheel asks for: the packages of requirements.in, which stand nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Requirements(MetadataHookInterface):
    """Gives the project its dependencies."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Read them from beside the project's settings."""
        lines = (Path(self.root) / "requirements.in").read_text("utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
