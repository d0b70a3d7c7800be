"""The whole way: sign in, Today, a check with two hazards, notice, rectified, verified; the rate and the summary show it."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.browser.conftest import sign_with_a_finger
from tests.checks.filings import picture
from tests.served import Served
from xuncha.core.clock import today

Device = Callable[..., Page]


def photo(seed: int) -> dict[str, object]:
    return {"name": f"IMG_{seed}.jpg", "mimeType": "image/jpeg", "buffer": picture(seed, (1600, 1200))}


COUNT_TAPS = """
  addEventListener("pointerdown", (event) => {
    if (event.isTrusted) sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1;
  }, true);
"""


def take_photo(page: Page, block: Locator, seed: int) -> None:
    """Tap "take a photo"; the camera, another program, gives one back."""
    before = block.locator("[data-chosen] img").count()
    with page.expect_file_chooser() as opened:
        block.locator(".pick", has_text="拍照").first.tap()
    opened.value.set_files(photo(seed))
    block.locator("[data-chosen] img").nth(before).wait_for()


def test_the_whole_way(device: Device, served: Served, tmp_path: Path) -> None:
    wang = device("wang")
    assert wang.url.endswith("/today")
    wang.context.add_init_script(COUNT_TAPS)
    wang.reload()
    wang.locator("a", has_text="开始").first.tap()
    wang.wait_for_selector("form[data-ready]")
    assert wang.locator("[data-item]").count() >= 30

    # Two items fail: a phrase fills wording, measure and deadline; one photo each.
    for section, item in ((0, 0), (1, 1)):
        block = wang.locator("[data-section]").nth(section).locator("[data-item]").nth(item)
        block.locator("label", has_text="不符合").tap()
        block.locator(".phrase").first.tap()
        block.locator("label", has_text="7天").tap()
        take_photo(wang, block, section)
    for part in wang.locator("[data-section]").all():
        if part.locator("input[type=radio][name^='answers.']:checked").count() == 0:
            part.locator("[data-item]").first.locator("label", has_text="符合").first.tap()
        part.locator("[data-rest-comply]").tap()
    wang.locator("[name='site_person.name']").tap()
    wang.keyboard.type("周厂长")
    sign_with_a_finger(wang)
    wang.locator("[data-submit]").tap()
    wang.wait_for_selector("[data-filed] a[href^='/checks/']")
    assert "检记〔" in wang.locator("[data-filed]").inner_text()
    # Besides these, the camera's shutter twice: the browser does not see it.
    assert int(wang.evaluate("sessionStorage.taps")) <= 36

    # The notice is issued from the filed check.
    wang.locator("[data-filed] a[href^='/checks/']").tap()
    wang.get_by_role("button", name="下发整改").first.tap()
    wang.wait_for_load_state()

    # The enterprise accepts and reports both rectified, each with an after-photo.
    officer = device("officer")
    officer.goto("/hazards?view=all")
    addresses = [row.get_attribute("href") or "" for row in officer.locator("main a.row").all()]
    assert len(addresses) == 2
    for seed, address in enumerate(addresses):
        officer.goto(address)
        rectify(officer, seed)

    # The supervisor verifies the first; the second stays to be verified.
    wang.goto(addresses[0])
    verify(wang)

    # The rate moved to one half, and the summary of the period shows it.
    leader = device("leader", desk=True)
    leader.goto(f"/figures?from={today()}&to={today()}")
    assert "50.0%" in leader.locator("main").inner_text()
    out = tmp_path / "summary.pdf"
    day = today().isoformat()
    served.flask("document", "inspection-summary", "--from", day, "--to", day, "--out", str(out))
    from pypdf import PdfReader

    text = "".join(page.extract_text() for page in PdfReader(out).pages)
    assert "50.0%" in text
    assert "1/2" in text.replace(" ", "")


def step(page: Page, name: str) -> None:
    """Open the form of a step."""
    page.get_by_role("link", name=name).first.tap()
    page.wait_for_url(re.compile(r"/hazards/\d+/\w+"))


def send(page: Page, name: str) -> None:
    """Send the form of a step and come back to the hazard."""
    page.get_by_role("button", name=name).first.tap()
    page.wait_for_url(re.compile(r"/hazards/\d+$"))


def rectify(page: Page, seed: int) -> None:
    """Accept the hazard on the screen and report it rectified."""
    step(page, "接收")
    page.fill("[name=responsible]", "孙安全")
    send(page, "接收")
    step(page, "提交整改")
    page.fill("[name=note]", "已更换并张贴标签")
    page.locator("input[type=file]").first.set_input_files(photo(10 + seed))
    send(page, "提交整改")
    assert "待复查" in page.locator("main").inner_text()


def verify(page: Page) -> None:
    """Pass the hazard on the screen after looking on site."""
    step(page, "复查通过")
    page.locator("label", has_text="现场复查").first.tap()
    send(page, "复查通过")
    assert "已销号" in page.locator("main").inner_text()


def test_the_first_load_of_today_is_light(device: Device) -> None:
    page = device("wang")
    sizes: list[int] = []
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    client.send("Network.clearBrowserCache")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto("/today", wait_until="networkidle")
    assert len(sizes) <= 10
    assert sum(sizes) <= 100 * 1024


def test_today_does_not_move_while_it_loads(device: Device) -> None:
    page = device("wang")
    page.context.add_init_script(
        """globalThis.shifts = [];
        new PerformanceObserver((list) => {
          for (const { value, sources } of list.getEntries())
            shifts.push([value, ...sources.map(({ node }) => node?.outerHTML ?? node?.data)]);
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    page.goto("/today")
    page.wait_for_selector("[data-offline=ready]", timeout=60_000)
    assert page.evaluate("shifts") == []
