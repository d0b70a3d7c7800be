"""What the pages of lists cost at the size of a zone and of a province, beside a bare floor in the same sitting: a Flask page
of fifty lines by Jinja with one indexed query."""

from __future__ import annotations

import gc
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import pysqlite3.dbapi2
import sqlalchemy as sa
from flask import Flask, render_template
from flask.testing import FlaskClient
from jinja2 import DictLoader

from tests.bench import Line
from tests.bench.filing import signed_in
from tests.conftest import build
from tests.multiply import multiply
from tests.served import Served
from xuncha.accounts.models import User
from xuncha.core.access import Role
from xuncha.core.db import db, keep_statistics

ROUNDS, EACH = 5, 8
ZONE, PROVINCE = 9_800, 1_000_000
SITES_OF_PROVINCE = 400  # times those of the demo zone
PAGES = {
    "hazards": "/hazards",
    "hazards, all": "/hazards?view=all",
    "hazards, two characters": "/hazards?view=all&q=灭火",
    "hazards, a number": "/hazards?view=all&q=2025-4711",
    "enterprises": "/enterprises",
    "checks": "/checks",
    "campaigns": "/campaigns",
    "half-month grid": "/schedule/grid",
}
LINES = (
    "<!doctype html><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>"
    "{% endfor %}</table>"
)


def grow(app: Flask, hazards: int, sites: int) -> None:
    """As many hazards, spread over as many times the sites, six times the checks; without papers and photos."""
    with app.app_context():
        known, *bases = db.session.execute(
            sa.text(
                "SELECT (SELECT count(*) FROM hazards), (SELECT max(id) FROM sites), (SELECT max(id) FROM checks)"
            )
        ).one()
        site = f"site_id + {bases[0]} * (n % {sites})"
        number = "id + {base} * n"
        if sites > 1:
            multiply(
                "sites", sites - 1, {"id": number, "name": "name || '第' || n || '分厂'", "uscc": "NULL"}
            )
        own = {"id": number, "uuid": "lower(hex(randomblob(16)))", "serial": number, "site_id": site}
        check = {
            "number": "'（开安）检记〔2026〕' || (id + {base} * n) || '号'",
            "task_id": "NULL",
            "replaces_id": "NULL",
        }
        multiply("checks", 5, own | check)
        db.session.execute(
            sa.text(
                "INSERT INTO campaign_checks (campaign_id, check_id) SELECT campaign_id, check_id + :base * n FROM "
                "campaign_checks, (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5)"
            ),
            {"base": bases[1]},
        )
        found = {
            "number": "'YH2025-' || (id + {base} * n)",
            "year": "2025",
            "check_id": f"check_id + {bases[1]} * (n % 6)",
            "notice_id": "NULL",
            "repeat_of_id": "NULL",
            "found_on": "date(found_on, '-' || (n % 700) || ' days')",
            "description": "description || '，编号' || (n * 7919 % 100003)",
        }
        multiply("hazards", hazards // known - 1, own | found)
        keep_statistics()
        db.session.commit()


def floor(path: Path) -> FlaskClient:
    """The least that could be called a page of a list."""
    app = Flask("floor")
    app.jinja_loader = DictLoader({"lines.html": LINES})
    base = pysqlite3.dbapi2.connect(str(path))

    @app.get("/")
    def lines() -> str:
        rows = base.execute(
            "SELECT number, description, place, found_on, due_on, state FROM hazards ORDER BY found_on DESC, id DESC LIMIT 50"
        ).fetchall()
        return render_template("lines.html", rows=rows)

    return app.test_client()


def timed(client: FlaskClient, url: str) -> float:
    """Milliseconds of one page, the median of some."""
    taken = []
    for _once in range(EACH):
        begun = time.perf_counter()
        answer = client.get(url)
        assert answer.status_code == 200 and answer.get_data()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def zone(source: Path, folder: Path, hazards: int, sites: int) -> FlaskClient:
    """A signed-in administrator's browser at a zone of that size."""
    folder.mkdir()
    shutil.copy(source / "xuncha.db", folder)
    app = build(f"sqlite:///{folder / 'xuncha.db'}", folder)
    grow(app, hazards, sites)
    with app.app_context():
        admin = db.session.scalars(sa.select(User.id).where(User.role == Role.OFFICE_ADMIN)).first()
    return signed_in(app, admin or 0)


def main() -> list[Line]:
    """Medians of the rounds, in turn."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "demo"
        source.mkdir()
        Served(source).flask("demo", "load")
        with pysqlite3.dbapi2.connect(str(source / "xuncha.db")) as base:
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        base.close()
        clients = {
            "of 9,800": zone(source, Path(name) / "zone", ZONE, 1),
            "of 1,000,000": zone(source, Path(name) / "province", PROVINCE, SITES_OF_PROVINCE),
        }
        bare = floor(Path(name) / "province" / "xuncha.db")
        took: dict[tuple[str, str], list[float]] = {(size, page): [] for page in PAGES for size in clients}
        floors = []
        for turn in range(ROUNDS + 1):
            gc.collect()
            floors.append(timed(bare, "/"))
            for (size, page), seen in took.items():
                seen.append(timed(clients[size], PAGES[page]))
            if not turn:  # what is made once in a process
                floors.clear()
                for seen in took.values():
                    seen.clear()
    least = statistics.median(floors)
    lines = [Line(f"Load of the machine, {os.cpu_count()} cores", f"{os.getloadavg()[0]:.1f}", "")]
    lines.append(Line("A bare page of 50 lines", f"{least:.1f} ms", ""))
    median = {key: statistics.median(values) for key, values in took.items()}
    for (size, page), figure in median.items():
        over = figure / median["of 9,800", page]
        more = f", x {over:.2f} of the zone" if size != "of 9,800" else ""
        lines.append(Line(f"List of {page}, {size}", f"{figure:.1f} ms, x {figure / least:.1f}{more}", ""))
    return lines
