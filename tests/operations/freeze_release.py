"""Freeze a small zone of a release, made by that release's own code: `python -m tests.operations.freeze_release COMMIT VERSION`.

Run it once for each release; commit what it writes to tests/operations/releases/VERSION/: the compressed database and the photos.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RELEASES = Path(__file__).with_name("releases")

# What the tests of every release since 0.1.0 can do: settle the cast, file two checks with photos and a hazard each.
SCRIPT = """
import gzip, sys
from pathlib import Path
import pysqlite3.dbapi2 as sqlite
import sqlalchemy as sa
sys.path[:0] = [".", "inspect"]
from tests import cast
from tests.checks.filings import failing, filing, sent_photo, visit
from tests.conftest import build, settle
from xuncha.accounts.models import User
from xuncha.accounts.passwords import hash_password
from xuncha.checks.actions import file_check
from xuncha.core.db import db
from xuncha.enterprises.models import Site

data, out = Path(sys.argv[1]), Path(sys.argv[2])
app = build(f"sqlite:///{data / 'xuncha.db'}", data)
settle(app, hash_password(cast.PASSWORD))
with app.app_context():
    for seed, (who, code) in enumerate((("wang", "huaxin"), ("zhao", "lifeng"))):
        person = db.session.scalars(sa.select(User).where(User.username == who)).one()
        place = db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES[code].name)).one()
        photo = sent_photo(person, seed)
        file_check(filing(failing(visit(place, photos=[photo]), before=[photo])), actor=person, now=cast.NOW)
        db.session.commit()
    db.session.remove()
connection = sqlite.connect(str(data / "xuncha.db"), isolation_level=None)
connection.execute("VACUUM INTO ?", (str(data / "small.db"),))
out.write_bytes(gzip.compress((data / "small.db").read_bytes(), mtime=0))
"""


def freeze(commit: str, version: str) -> Path:
    """Write the frozen zone of a release; the folder."""
    target = RELEASES / version
    (target / "photos").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        tree, data = Path(work) / "tree", Path(work) / "data"
        tree.mkdir()
        data.mkdir()
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "x"], cwd=tree, input=archive, check=True)
        dump = target / "zone.db.gz"
        subprocess.run([sys.executable, "-c", SCRIPT, str(data), str(dump)], cwd=tree, check=True)
        for photo in (data / "photos" / "originals").glob("??/??/*"):
            shutil.copyfile(photo, target / "photos" / photo.name)
    return target


def unfreeze(version: str, data: Path) -> None:
    """Put the zone of a release into an empty data folder, as that release left it."""
    frozen = RELEASES / version
    for photo in (frozen / "photos").iterdir():
        place = data / "photos" / "originals" / photo.name[:2] / photo.name[2:4]
        place.mkdir(parents=True)
        shutil.copyfile(photo, place / photo.name)
    (data / "xuncha.db").write_bytes(gzip.decompress((frozen / "zone.db.gz").read_bytes()))


if __name__ == "__main__":
    freeze(*sys.argv[1:3])
