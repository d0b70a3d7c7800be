"""Every page of the demo zone, as its readers see it: no accessibility fault, no sideways scroll, no script that breaks."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.routing import RequestRedirect

from tests.browser.looks import LOOKS, looks
from tests.served import Served
from xuncha.demo.people_and_sites import PASSWORD

# Where a page shows one thing, the list it is reached from, and the address its link begins with.
PAGES: dict[str, list[str]] = {
    "shenyichuan": [
        "/today",
        "/checks",
        "/checks/start",
        "/hazards",
        "/me",
        "/help/phone",
        "/offline",
        "/rescue",
        "/schedule/grid",
        "/trainings/new",
        "/hazards/new",
    ],
    "leader": [
        "/figures",
        "/figures/all",
        "/figures/hazards_found",
        "/figures/courses",
        "/figures/courses?rates=others",
        "/figures/map",
        "/figures/supervisors",
        "/figures/heat",
        "/figures/wall",
        "/enterprises",
        "/enterprises/idle",
        "/enterprises/load",
        "/papers",
        "/campaigns",
        "/campaigns/cases",
        "/trainings",
        "/schedule",
        "/schedule/excuses",
    ],
    "admin": [
        "/users",
        "/users/new",
        "/users/import",
        "/enterprises/new",
        "/enterprises/import",
        "/enterprises/handover",
        "/checklists",
        "/checklists/GEN",
        "/checklists/laws",
        "/schedule/calendar",
        "/jobs",
        "/campaigns/new",
        "/hazards/import",
        "/me/password",
        "/settings/map",
    ],
    "qy01": ["/hazards/inbox", "/hazards", "/hazards/posters", "/hazards/worker-reports"],
    "zhuanjia1": ["/checks/start"],
}
THINGS = {
    "shenyichuan": [("/today", "/checks/new?task="), ("/checks", "/checks/"), ("/hazards", "/hazards/")],
    "leader": [
        ("/enterprises", "/enterprises/"),
        ("/campaigns", "/campaigns/"),
        ("/trainings", "/trainings/"),
        ("/campaigns/cases", "/campaigns/cases/"),
    ],
    "qy01": [("/hazards?view=todo", "/hazards/")],
}


# Further pages, each looked at once in a language: on a phone in Chinese, on a desk and in the dark in English.
# {name} is a number or code of the demo zone, as NAMED finds it.
FURTHER: dict[str, list[str]] = {
    "leader": [
        "/appraisal",
        "/appraisal/{person}",
        "/appraisal/{person}/deductions/new",
        "/appraisal/{person}/issued/{appraisal}/tasks_done",
        "/appraisal/appeals/{appeals}",
        "/appraisal/deductions/{deductions}",
        "/appraisal/issue",
        "/appraisal/issued/{appraisal}",
        "/burden",
        "/campaigns/calibration",
        "/campaigns/{campaigns}/hazards",
        "/campaigns/experts",
        "/campaigns/opinions",
        "/campaigns/opinions/{expert_opinions}",
        "/checklists/criteria",
        "/checklists/GEN/versions/{checklist_versions}/changes",
        "/checks/frequency",
        "/checks/pulses",
        "/checks/selected?act=print&ids={checks}",
        "/committee",
        "/committee/decisions",
        "/committee/decisions/{committee_decisions}",
        "/committee/meetings/{committee_meetings}",
        "/committee/meetings/{committee_meetings}/edit",
        "/committee/meetings/new",
        "/committee/members",
        "/committee/members/{committee_members}/edit",
        "/committee/members/new",
        "/committee/plans",
        "/committee/plans/{sector_plans}",
        "/committee/plans/{sector_plans}/edit",
        "/committee/plans/new",
        "/coverage",
        "/coverage/{item}",
        "/enterprises/{sites}/assign",
        "/enterprises/{sites}/profile",
        "/enterprises/{sites}/readings",
        "/enterprises/reassign?ids={sites}",
        "/enterprises/selected?act=export&ids={sites}",
        "/figures/compared",
        "/figures/glance",
        "/figures/groups",
        "/hazards/batch?act=remind&ids={hazards}",
        "/hazards/focus-lists",
        "/hazards/focus-lists/{focus_lists}",
        "/hazards/look-backs",
        "/hazards/notices/{notices}",
        "/hazards/opinions/{opinions}",
        "/hazards/repeats",
        "/hazards/worker-reports/{worker_reports}",
        "/me/reminders",
        "/papers/editions",
        "/papers/editions/{summary}",
        "/papers/editions/{summary}/lists/hazards_found",
        "/papers/editions/new",
        "/papers/sites/{sites}/file",
        "/papers/summary",
        "/papers/summary/text",
        "/papers/task-list",
        "/schedule/postpone",
        "/schedule/tasks/{tasks}",
        "/search?q=GEN",
        "/trainings/drills",
        "/trainings/drills/{drills}",
        "/trainings/lessons",
        "/trainings/lessons/{item}",
        "/trainings/materials",
        "/trainings/materials/{materials}",
        "/trainings/plan",
        "/trainings/questions",
        "/trainings/questions/{questions}",
        "/trainings/selected?act=export&ids={trainings}",
        "/trust",
        "/views",
    ],
    "admin": [
        "/campaigns/{campaigns}/edit",
        "/campaigns/{campaigns}/experts",
        "/campaigns/cases/new",
        "/campaigns/experts/{expert}",
        "/campaigns/organisations/{expert_organisations}",
        "/campaigns/organisations/new",
        "/checklists/GEN/import",
        "/checklists/laws/{laws}",
        "/checklists/laws/new",
        "/enterprises/{sites}/edit",
        "/enterprises/{sites}/engage",
        "/hazards/focus-lists/{focus_lists}/edit",
        "/hazards/focus-lists/new",
        "/photos/{photo}/marks",
        "/reminders",
        "/settings",
        "/trainings/{trainings}/attendance",
        "/trainings/{trainings}/edit",
        "/trainings/{trainings}/exam",
        "/trainings/drills/{drills}/edit",
        "/trainings/drills/new",
        "/trainings/plan/{training_plan_items}/edit",
        "/trainings/plan/new",
        "/trainings/questions/import",
        "/trainings/questions/new",
        "/upstream",
        "/upstream/new",
        "/users/{users}",
    ],
    "shenyichuan": [
        "/checks/pulses/new?site={own_idle}",
        "/hazards/news",
        "/hazards/verification",
        "/hazards/opinions/new?site={own}",
        "/hazards/{own_reported}/verify",
        "/schedule/plan",
    ],
}
OWN = "(SELECT id FROM users WHERE username = 'shenyichuan')"
NAMED = {
    "person": "SELECT id FROM users WHERE username = 'wenruoxi'",
    "appraisal": "SELECT min(id) FROM editions WHERE kind = 'appraisal'",
    "summary": "SELECT min(id) FROM editions WHERE kind <> 'appraisal'",
    "item": "SELECT min(item_code) FROM hazards WHERE item_code <> ''",
    "photo": "SELECT photos.sha256 FROM hazard_photos JOIN photos ON photos.id = hazard_photos.photo_id LIMIT 1",
    "expert": "SELECT min(id) FROM users WHERE role = 'expert'",
    "sites": "SELECT min(id) FROM sites WHERE kind = 'enterprise'",
    "own": f"SELECT min(id) FROM sites WHERE kind = 'enterprise' AND supervisor_id = {OWN}",
    "own_idle": f"SELECT min(id) FROM sites WHERE kind = 'idle' AND supervisor_id = {OWN}",
    "own_reported": "SELECT min(hazards.id) FROM hazards JOIN sites ON sites.id = site_id "
    f"WHERE state = 'reported_done' AND supervisor_id = {OWN}",
}
# Routes that show no page, or a page that is not looked at here; each with the reason.
AXE_ELSEWHERE = (
    "accounts.import_users_columns",
    "accounts.import_users_plan",
    "enterprises.import_sites_columns",
    "enterprises.import_sites_plan",
    "hazards.import_hazards_columns",
    "hazards.import_hazards_plan",
)
BY_A_SECRET = (
    "exams.begin",
    "exams.enter",
    "exams.hand_in",
    "exams.question",
    "exams.result",
    "links.enter",
    "links.photo",
    "links.show",
    "links.step",
    "posters.enter",
    "posters.report",
    "posters.sent",
    "sign_ins.enter",
    "sign_ins.sign",
    "sign_ins.signed",
)
BY_A_CODE = ("plaques.show", "proofs.show")
NONE_IN_THE_DEMO_ZONE = (
    "campaigns.decide_findings",
    "checklists.draft",
    "checklists.draft_changes",
    "checklists.add_item",
    "checklists.edit_item",
    "checklists.import_items_columns",
    "checklists.import_items_plan",
    "checks.preview",
    "enterprises.show_handover",
    "reports.job",
    "trainings.import_questions_columns",
    "trainings.import_questions_plan",
    "upstream.edit",
    "upstream.export",
    "upstream.show",
)
FOR_PROGRAMS = (
    "accounts.home",
    "accounts.sign_in",
    "health.healthz",
    "photos.show",
    "saved_views.tabs",
    "sync.bundle",
    "sync.pack",
    "sync.photo",
    "sync.token",
    "upstream.file",
    "watching.readyz",
    "watching.show_metrics",
)
ELSEWHERE: dict[str, str] = {
    **dict.fromkeys(AXE_ELSEWHERE, "follows an upload: test_moving_in goes through the same pages with axe"),
    **dict.fromkeys(BY_A_SECRET, "opened by paper: test_by_link, test_by_poster, test_by_training_code"),
    **dict.fromkeys(BY_A_CODE, "opened by a code that is made of a key: no row of the zone holds it"),
    **dict.fromkeys(NONE_IN_THE_DEMO_ZONE, "the demo zone has none until somebody begins one"),
    **dict.fromkeys(FOR_PROGRAMS, "leads on, or answers with data or a picture; every test here signs in"),
}
# Papers: PDF, or the page by page picture of it, which `/papers/records/…` of THINGS shows alike.
PAPERS = re.compile(
    r"^reports\.(?!index|issued_editions|edition$|frozen|issue_edition|job$|site_file|summary$|edit_text|task_paper)"
)
FILES = re.compile(r"\.(xlsx|json|svg|pdf|zip|webp|ics|webmanifest|js|crt)$")


def named(folder: Path) -> dict[str, str]:
    """What stands for each name of FURTHER in the zone of a data folder: one of NAMED, else the first row of that table."""
    names = set(re.findall(r"{(\w+)}", " ".join(each for some in FURTHER.values() for each in some)))
    with sqlite3.connect(f"file:{folder / 'xuncha.db'}?mode=ro", uri=True) as rows:
        return {
            name: str(rows.execute(NAMED.get(name, f"SELECT min(id) FROM {name}")).fetchone()[0])
            for name in names
        }


# The dashboard fetches its parts after the first paint; until then a link to the part stands in its place.
PARTS_ARE_THERE = """() => [...document.querySelectorAll(".later:not([data-on-opening])")].every(
  (place) => !place.matches("[aria-busy]") && !place.querySelector(`a[href="${place.dataset.url}"]`))"""


@pytest.fixture(scope="module")
def zone(demo_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The shipped server on a copy of the demo zone."""
    folder = tmp_path_factory.mktemp("zone") / "data"
    shutil.copytree(demo_zone, folder)
    server = Served(folder).start()
    yield server
    server.kill()


def addresses(page: Page, who: str) -> list[str]:
    """The pages of a person, and one thing of every list."""
    found = list(PAGES[who])
    for lister, begins in THINGS.get(who, []):
        page.goto(lister)
        links = [link.get_attribute("href") or "" for link in page.locator("main a").all()]
        fitting = [
            link
            for link in links
            if link.startswith(begins) and link[len(begins) : len(begins) + 1].isdigit()
        ]
        assert fitting, f"{lister} names nothing like {begins}"
        found.append(fitting[0])
    return found


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize("lang", LOOKS)
def test_every_page_is_sound(chromium: Browser, zone: Served, who: str, lang: str) -> None:
    context = chromium.new_context(
        locale="zh-CN" if lang == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        base_url=zone.url,
        bypass_csp=True,  # axe is put into the page; the policy itself is tested over HTTP
        service_workers="block",
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
    further = [address.format(**named(zone.data)) for address in FURTHER.get(who, [])]
    page.goto("/sign-in")
    if page.locator(f"button[name=lang][value={lang}]").count():
        page.locator(f"button[name=lang][value={lang}]").click()
    page.fill("#username", who)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    found: list[str] = []
    for address in [*addresses(page, who), *further]:
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        page.wait_for_function(PARTS_ARE_THERE)
        assert page.locator("html").get_attribute("lang") == ("zh-CN" if lang == "zh" else "en")
        assert page.url.removeprefix(zone.url).partition("?")[0] == address.partition("?")[0], "it leads on"
        found += looks(page, lang, once=address in further)
    context.close()
    assert found == []
    assert broken == []


def endpoints(app: Flask, addresses: Iterable[str]) -> Iterator[str]:
    """The routes that answer some addresses."""
    adapter = app.url_map.bind("")
    for address in addresses:
        path = re.sub(r"{\w+}", "1", address.partition("?")[0])
        try:
            yield str(adapter.match(path)[0])
        except RequestRedirect as moved:
            raise AssertionError(f"{address} leads on to {moved.new_url}") from moved


def test_no_page_is_left_out(app: Flask) -> None:
    begins = [begin.partition("?")[0] for some in THINGS.values() for _list, begin in some]
    things = [f"{one}1" if one.endswith("/") else one for one in begins]
    seen = set(endpoints(app, chain(*PAGES.values(), *FURTHER.values(), things)))
    shown = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and rule.endpoint not in {"static", "appraisal.paper"}
        if not FILES.search(rule.rule) and not PAPERS.match(rule.endpoint)
    }
    assert {name for name in shown - seen if name not in ELSEWHERE} == set()
    assert {name for name in ELSEWHERE if name in seen or name not in shown} == set()
