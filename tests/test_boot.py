"""The application starts and the sign-in page opens."""

import os
import subprocess
import sys

from tests.house import House


def test_the_first_page_leads_to_sign_in(client: House) -> None:
    response = client.get("/")
    assert response.status_code == 302
    assert response.headers["Location"].endswith("/sign-in")


SELDOM_USED = ("apprise", "docx", "icalendar", "numpy", "openpyxl", "pypdf", "pypdfium2", "pypinyin")


def test_a_process_starts_without_what_no_filing_needs() -> None:
    code = f"import sys, xuncha; print([name for name in {SELDOM_USED} if name in sys.modules])"
    path = os.pathsep.join(one for one in sys.path if one)
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert run.stdout.strip() == "[]"
