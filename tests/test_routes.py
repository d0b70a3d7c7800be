"""Every route is marked with the permission that opens it; nobody gets in unmarked, signed out, or by a wrong method."""

import pytest
from flask import Flask

from tests.house import House
from xuncha.core.access import RULES, Permission
from xuncha.core.web import permission_of


def test_every_view_is_marked(app: Flask) -> None:
    unmarked = [name for name in app.view_functions if name != "static" and permission_of(app, name) is None]
    assert unmarked == []


def test_every_permission_has_a_rule_and_a_sentence() -> None:
    assert set(RULES) == set(Permission)
    assert all(permission.value[0].islower() and len(permission.value) > 5 for permission in Permission)


def test_a_signed_out_person_is_sent_to_sign_in(app: Flask, client: House) -> None:
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or set()) or rule.endpoint == "static":
            continue
        if permission_of(app, rule.endpoint) is Permission.BE_ANYONE:
            continue
        response = client.get(rule.rule)
        assert response.status_code in {302, 401}, rule.rule
        if response.status_code == 302:
            assert "/sign-in" in response.headers["Location"], rule.rule


@pytest.mark.parametrize(
    "path", ["/nowhere", "/checks/999999", "/hazards/abc", "/%00", "/checks?page=-1", "/checks?site=9e9"]
)
def test_odd_addresses_never_break(as_user: object, path: str) -> None:
    response = as_user("admin").get(path)
    assert response.status_code < 500
