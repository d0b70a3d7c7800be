"""Which lists a visit goes through, by site and kind of visit."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from tests import cast

from xuncha.accounts.models import User
from xuncha.checklists import actions
from xuncha.checklists.queries import compose
from xuncha.core.db import db
from xuncha.enterprises.models import Sector, Site, SiteKind

GET = Callable[[str], Site]


def codes(site: Site, kind: str = "routine") -> list[str]:
    return [section.checklist.code for section in compose(site, kind)]


@pytest.mark.parametrize(
    ("sector", "crowded", "lists"),
    [
        (Sector.HAZCHEM, False, ["GEN", "FAC", "HAZ"]),
        (Sector.INDUSTRY, False, ["GEN", "FAC", "IND", "FIRE"]),
        (Sector.FIRE, False, ["GEN", "FAC", "FIRE"]),
        (Sector.CROWDED, False, ["GEN", "FAC", "CROWD"]),
        (Sector.CROWDED, True, ["GEN", "FAC", "CROWD"]),
        (Sector.INDUSTRY, True, ["GEN", "FAC", "IND", "FIRE", "CROWD"]),
        (Sector.OTHER, False, ["GEN", "FAC"]),
        (Sector.OTHER, True, ["GEN", "FAC", "CROWD"]),
    ],
)
def test_a_routine_check_takes_the_sectors_lists(
    app: Flask, site: GET, sector: Sector, crowded: bool, lists: list[str]
) -> None:
    place = site("huaxin")
    place.sector, place.crowded = sector, crowded
    assert codes(place) == lists
    assert codes(place, "holiday") == [*lists, "HOL"]
    assert codes(place, "recheck") == []
    assert sorted(codes(place, "expert")) == sorted(lists)
    assert codes(place, "expert")[-2:] == ["FAC", "GEN"], "experts look at the plant before the papers"


@pytest.mark.parametrize("kind", ["idle_patrol", "routine", "holiday"])
def test_an_idle_site_has_its_own_list_whatever_its_sector(app: Flask, site: GET, kind: str) -> None:
    place = site("oldmill")
    place.sector = Sector.HAZCHEM
    assert place.kind is SiteKind.IDLE
    assert codes(place, kind) == ["IDLE"]


def test_a_section_brings_its_items_in_order_with_bases_and_wordings(app: Flask, site: GET) -> None:
    for section in compose(site("huaxin"), "routine"):
        assert [item.position for item in section.items] == list(range(1, len(section.items) + 1))
        assert all(item.bases and item.phrases for item in section.items)


def test_a_draft_is_not_used_until_it_is_published(
    app: Flask, site: GET, user: Callable[[str], User]
) -> None:
    place, admin = site("huaxin"), user("admin")
    general = compose(place, "routine")[0].checklist
    draft = actions.start_draft(general, actor=admin, now=cast.NOW)
    actions.remove_item(draft.items[0], actor=admin, now=cast.NOW)
    db.session.flush()
    assert compose(place, "routine")[0].version.number == 1
    actions.publish(draft, "删去一项", "科长", actor=admin, now=cast.NOW + timedelta(hours=1))
    db.session.flush()
    section = compose(place, "routine")[0]
    assert section.version.number == 2
    assert [item.code for item in section.items] == [f"GEN-{number:02d}" for number in range(2, 15)]
