"""The file of zones: what is wrong with it is said in a sentence before any zone is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from xuncha.zones.declared import Zone, ZonesFault, parse

A = '[zones.a]\nhosts = ["a.cn"]\n'
B = '[zones.b]\nhosts = ["b.cn"]\n'
PG = 'DATABASE_URL = "postgresql+psycopg://u:secret@db/zones'


def declared(text: str, **base: str) -> dict[str, Zone]:
    """The zones of a text."""
    return {one.key: one for one in parse(text, {"XUNCHA_DATA": "/srv/x", **base}, name="zones.toml")}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "declares no zone"),
        ("[zones", "is no TOML"),
        ("other = 1\n" + A, "other is not known"),
        ('[zones.A_b]\nhosts = ["a.cn"]\n', "small letters"),
        ("[zones.a]\nhosts = []\n", "hosts must be a list"),
        ('[zones.a]\nhosts = "a.cn"\n', "hosts must be a list"),
        ('[zones.a]\nhosts = ["https://a.cn"]\n', "is no host name"),
        (A + "province = 1\n", "true or false"),
        (A + 'XUNCHA_TYPO = "1"\n', "XUNCHA_TYPO is not known"),
        (A + "XUNCHA_TERM = 7\n", "must be text"),
        (A + 'XUNCHA_TERM = "x"\n', "a: XUNCHA_TERM must be a number"),
        (A + 'PORT = "1"\n', "whole installation"),
        (A + 'XUNCHA_METRICS_TOKEN = "0123456789abcdef"\n', "whole installation"),
        (A + '[zones.b]\nhosts = ["A.cn"]\n', "a and b: have one host name (a.cn)"),
        (A + "province = true\n" + B + "province = true\n", "only one may be the province"),
        (
            A + f'{PG}"\n' + B + f'{PG}?options=-csearch_path%3Db"\n',
            "a and b: have one database (db:5432/zones)",
        ),
        (A + 'DATABASE_URL = "sqlite:////srv/x/b/xuncha.db"\n' + B, "have one database"),
        (A + 'XUNCHA_DATA = "/srv/x/b/inside"\n' + B, "holds that of the other"),
        (A + 'PHOTO_STORE = "s3://p"\n' + B + 'PHOTO_STORE = "s3://p/b"\n', "lie among those"),
        (A + 'SECRET_KEY = "same"\n' + B + 'SECRET_KEY = "same"\n', "a and b: have one secret key"),
    ],
)
def test_a_fault_is_said_in_words(text: str, told: str) -> None:
    with pytest.raises(ZonesFault) as refused:
        declared(text)
    assert told in str(refused.value)
    assert "secret@" not in str(refused.value) and "same" not in str(refused.value)


def test_what_belongs_to_one_zone_may_not_stand_for_all() -> None:
    with pytest.raises(ZonesFault, match="DATABASE_URL stands in the environment"):
        declared(A + B, DATABASE_URL="sqlite:////srv/all.db")


def test_each_zone_has_a_folder_and_a_key_of_its_own() -> None:
    found = declared(
        A + B + '[zones.c]\nhosts = ["c.cn"]\nSECRET_KEY = "own"\n', SECRET_KEY="all", XUNCHA_TERM="9"
    )
    assert found["a"].data == Path("/srv/x/a") and found["b"].data == Path("/srv/x/b")
    keys = [one.environment["SECRET_KEY"] for one in found.values()]
    assert len(set(keys)) == 3 and "all" not in keys and keys[2] == "own"
    assert [one.environment["XUNCHA_TERM"] for one in found.values()] == ["9"] * 3
    assert found["a"].environment["XUNCHA_HOSTS"] == "a.cn"
