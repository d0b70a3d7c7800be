"""Puts the source root `inspect/` first on the path and builds the application."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "inspect"))

from xuncha import create_app

app = create_app()
