"""`make screenshots`: the README's small pictures, taken from a fresh demo zone."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM, DESK, PHONE
from tests.served import ROOT, Served

FOLDER = ROOT / "static" / "img" / "tour"
COLOURS = 64


def save_picture(name: str, picture: bytes, width: int) -> None:
    """A small picture: as wide as the README shows it, in few colours."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    image.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


def sign_in(page: Page, who: str, password: str) -> None:
    """Sign in through the page."""
    page.goto("/sign-in")
    page.fill("#username", who)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_load_state("networkidle")


def record(server: Served) -> bytes:
    """The first page of an inspection record of the demo zone."""
    import pypdfium2

    out = server.data / "record.pdf"
    server.flask("document", "inspection-record", "--number", "1", "--out", str(out))
    page = pypdfium2.PdfDocument(out)[0]
    file = io.BytesIO()
    page.render(scale=1.2).to_pil().save(file, "PNG")
    return file.getvalue()


def main() -> None:
    """Load the demo zone, serve it, take the pictures."""
    from xuncha.demo.people_and_sites import PASSWORD

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        names = {"XUNCHA_ZONE_ZH": "", "XUNCHA_ZONE_EN": "", "XUNCHA_ORG_ZH": "", "XUNCHA_ORG_EN": ""}
        server = Served(Path(folder), settings=names)  # the demo zone has a name of its own
        server.flask("demo", "load")
        server.start()
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            for name, who, address, view, width in (
                ("today", "shenyichuan", "/today", PHONE, 270),
                ("check", "shenyichuan", "/checks/new", PHONE, 270),
                ("dashboard", "leader", "/figures", DESK, 560),
            ):
                page = browser.new_page(viewport=view, base_url=server.url, locale="zh-CN")
                sign_in(page, who, PASSWORD)
                if address == "/checks/new":
                    address = page.locator(f"a[href^='{address}']").first.get_attribute("href") or address
                page.goto(address)
                page.wait_for_load_state("networkidle")
                if "/checks/new" in address:
                    page.locator("label", has_text="不符合").first.click()
                save_picture(name, page.screenshot(), width)
                page.close()
            save_picture("record", record(server), 400)
        finally:
            browser.close()
            server.kill()


if __name__ == "__main__":
    main()
