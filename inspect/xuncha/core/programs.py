"""Other programs: started without a shell, so that no word can be read as another command."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence


def run_program(
    command: Sequence[str],
    *,
    given: bytes | None = None,
    environment: Mapping[str, str] | None = None,
    patience_s: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end and return what it said; environment is added to ours.

    Raises subprocess.TimeoutExpired after patience_s. What a person sent goes in by the pipe, never among the words.
    """
    return subprocess.run(
        command,
        input=given,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        timeout=patience_s,
        check=False,
    )


def pass_to_program(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Let a program speak to whoever called us, and return its exit status; environment is added to ours."""
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode
