"""The principal's signature on a major hazard: demanded where the principal can give it, by account or by the paper's link."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from tests.hazards.builders import again_of, do, issued, person, photo, planned
from tests.hazards.by_link import BASE, holder, opened, path_of
from tests.house import House

from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard
from xuncha.hazards.sign_off import signed_off

Browser = Callable[[str], House]


def unsigned() -> Hazard:
    """A major hazard under a notice, its plan accepted, its rectification not signed."""
    return do(do(do(issued(), Act.CONFIRM_MAJOR), Act.SUBMIT_PLAN), Act.ACCEPT_PLAN)


def test_the_principal_signs_what_a_notice_demands(as_user: Browser) -> None:
    hazard = unsigned()
    url, officer = f"/hazards/{hazard.id}", as_user("officer")
    assert f"{url}/report_done" not in officer.page(url).links
    refused = officer.post(f"{url}/report_done", data={"note": "已整改", "kept": photo(9).sha256})
    assert refused.status_code == 422 and "已整改" in refused.get_data(as_text=True)
    assert again_of(hazard).state is State.OPEN
    assert as_user("principal").post(f"{url}/sign_off", data={}).status_code == 302
    answer = officer.post(f"{url}/report_done", data={"note": "已整改", "kept": photo(9).sha256})
    assert answer.status_code == 302
    assert again_of(hazard).state is State.REPORTED_DONE


def test_an_enterprise_whose_principal_has_no_account_reports_without(app: Flask) -> None:
    hazard = unsigned()
    person("principal").active = False
    db.session.commit()
    assert do(hazard, Act.REPORT_DONE).state is State.REPORTED_DONE


def test_what_was_sent_back_is_signed_anew(app: Flask) -> None:
    hazard = do(do(planned(), Act.REPORT_DONE), Act.SEND_BACK)
    with pytest.raises(Refused):
        do(hazard, Act.REPORT_DONE)


def test_the_principal_signs_by_the_link_of_the_paper(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE
    hazard = unsigned()
    known = person("principal").name
    assert hazard.notice is not None
    phone, home = opened(app, path_of(hazard.notice))
    signs, reports = (f"{home}/hazards/{hazard.id}/{act}" for act in ("sign_off", "report_done"))
    links = phone.page(home).links
    assert signs in links and reports not in links
    other = phone.post(signs, data={"who": "路人甲"})
    assert other.status_code == 422 and "路人甲" in other.get_data(as_text=True)
    assert not signed_off(again_of(hazard))
    signed = phone.post(signs, data={"who": f" {known} "})
    assert signed.status_code == 302, signed.get_data(as_text=True)
    assert signed_off(again_of(hazard))
    assert reports in phone.page(home).links


def test_a_general_hazard_is_not_signed_by_link(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE
    hazard, phone, home = holder(app)
    signs = f"{home}/hazards/{hazard.id}/sign_off"
    assert signs not in phone.page(home).links
    assert phone.post(signs, data={"who": "周厂长"}).status_code == 422
