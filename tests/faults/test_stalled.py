"""Stalled phones shut nobody out (P2): half-sent uploads hold no thread of the shipped server."""

import shutil
from pathlib import Path

from tests.faults.stalled import latencies, stalled
from tests.served import Served


def test_sixty_half_sent_uploads_hold_nobody_up(settled: Path, tmp_path: Path) -> None:
    shutil.copy(settled, tmp_path / "xuncha.db")
    served = Served(tmp_path).start()
    try:
        with stalled(served.port, 60):
            assert len(latencies(f"{served.url}/sign-in", 9)) == 9
    finally:
        served.kill()
