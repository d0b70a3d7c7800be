"""What a thumb meets: one bar in a check, opened forms in view, compact lists, whole cells as targets, several photos at once."""

from __future__ import annotations

import base64
from collections.abc import Callable

from playwright.sync_api import Locator, Page

from tests.browser.offline import photo
from tests.checks.filings import picture
from tests.served import Served

Device = Callable[..., Page]

DROP = """(zone, [files]) => {
  const carried = new DataTransfer();
  for (const [name, data] of files) {
    carried.items.add(new File([Uint8Array.from(atob(data), (one) => one.charCodeAt(0))], name, { type: "image/jpeg" }));
  }
  for (const type of ["dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: carried }));
  }
}"""


def drop(target: Locator, count: int) -> None:
    """Drop photos on an element, as from a folder on the desk."""
    files = [[f"IMG_{n}.jpg", base64.b64encode(picture(50 + n, (400, 300))).decode()] for n in range(count)]
    target.evaluate(DROP, [files])


def box(target: Locator) -> dict[str, float]:
    found = target.bounding_box()
    assert found is not None
    return dict(found)


def open_check(page: Page) -> None:
    page.locator("a", has_text="开始").first.tap()
    page.wait_for_selector("form[data-ready]")


def test_a_check_has_one_slim_bar_and_two_items_on_a_screen(device: Device) -> None:
    page = device("wang")
    assert page.locator("nav.bottom").is_visible()
    open_check(page)
    assert not page.locator("nav.bottom").is_visible()
    bar = box(page.locator(".action-bar"))
    assert bar["height"] <= 72
    assert bar["y"] + bar["height"] == 740
    items = page.locator("[data-item]")
    items.nth(2).evaluate("(item) => item.scrollIntoView({ block: 'start' })")
    assert box(items.nth(2))["y"] >= 0
    third = box(items.nth(3))
    assert third["y"] + third["height"] <= bar["y"]


def test_the_form_that_an_answer_opens_comes_into_view(device: Device) -> None:
    page = device("wang")
    open_check(page)
    item = page.locator("[data-item]").nth(1)
    item.evaluate("(item) => item.scrollIntoView({ block: 'end' })")
    item.locator("label", has_text="不符合").tap()
    opened = box(item.locator("textarea").first)
    assert opened["y"] + opened["height"] <= box(page.locator(".action-bar"))["y"]
    assert box(item.locator("legend").first)["y"] >= 0


def test_the_list_of_checks_on_a_phone_is_compact(device: Device, served: Served) -> None:
    page = device("leader")
    page.goto("/enterprises")
    rows = page.locator(".cards tbody tr")
    assert rows.count() > 2
    for row in rows.all():
        assert 48 <= box(row)["height"] <= 170
        assert "—" not in row.inner_text()
    # The whole card is the link.
    place = box(rows.first)
    page.touchscreen.tap(place["x"] + place["width"] - 12, place["y"] + place["height"] - 6)
    page.wait_for_url("**/enterprises/*")


def test_a_figure_in_a_table_is_a_target_as_wide_as_its_cell(device: Device) -> None:
    page = device("leader", desk=True)
    page.goto("/today")
    cell = page.locator("td.num.go").first
    place = box(cell)
    address = cell.locator("a").evaluate("(link) => link.href")
    for x in (place["x"] + 3, place["x"] + place["width"] - 3):
        under = page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).closest('a')?.href", [x, place["y"] + 4]
        )
        assert under == address


def test_several_photos_at_once_in_a_check_and_dropped_at_a_desk(device: Device) -> None:
    page = device("wang", desk=True)
    page.locator("a", has_text="开始").first.click()
    page.wait_for_selector("form[data-ready]")
    slot = page.locator("[data-photo-slot=scene]")
    slot.locator("input[multiple]").set_input_files([photo(n) for n in (1, 2, 3)])
    slot.locator("[data-chosen] img").nth(2).wait_for()
    drop(slot, 2)
    slot.locator("[data-chosen] img").nth(4).wait_for()
    page.reload()
    page.wait_for_selector("form[data-ready]")
    assert slot.locator("[data-chosen] img").count() == 5


def test_photos_chosen_one_after_the_other_or_dropped_beside_the_field_all_arrive(
    device: Device, served: Served
) -> None:
    page = device("wang", desk=True)
    page.goto("/hazards/new")
    inputs = page.locator(".photo-in input[type=file]")
    shown = page.locator(".photo-in [data-chosen] img")
    inputs.nth(0).set_input_files([photo(11)])
    shown.nth(0).wait_for()
    inputs.nth(1).set_input_files([photo(12), photo(13)])
    shown.nth(2).wait_for()
    drop(page.locator("h1"), 1)
    shown.nth(3).wait_for()
    page.locator(".photo-in [data-chosen] li").nth(1).get_by_role("button", name="删除").click()
    assert shown.count() == 3
    sizes = "(input) => [...input.files].map((file) => file.size)"
    page.wait_for_function("() => document.querySelector('.photo-in input[multiple]').files.length === 3")
    assert inputs.nth(0).evaluate(sizes) == []
    assert len(set(inputs.nth(1).evaluate(sizes))) == 3


def test_a_button_adds_an_empty_row_without_leaving_the_page(device: Device) -> None:
    page = device("admin", desk=True)
    page.goto("/trainings/new")
    group = page.locator("fieldset.repeat").first
    rows = group.locator("ol > li")
    before = rows.count()
    rows.last.locator("input").first.fill("某某")
    group.locator("button[name=more][type=button]").click()  # page code has come: it posts no more
    assert rows.count() == before + 1
    assert rows.last.locator("input").first.input_value() == ""
    assert rows.nth(before - 1).locator("input").first.input_value() == "某某"
    names = [one.get_attribute("name") for one in group.locator("ol [name]").all()]
    assert len(names) == len(set(names))


COVERED = """() => [...document.querySelectorAll(".cards tbody td :is(a, button, summary)")].filter((one) => {
  if (!one.checkVisibility()) return false;
  one.scrollIntoView({ block: "center" });
  const { x, y, width, height } = one.getClientRects()[0];
  return !one.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}).map((one) => one.innerText)"""


def test_what_stands_in_a_card_is_met_by_the_thumb_and_not_the_link_of_the_line(device: Device) -> None:
    page = device("admin")
    page.goto("/hazards?view=all")
    page.locator("summary", has=page.locator("text=保存视图")).tap()
    page.locator("form[action='/views'] [name=name]").fill("全部隐患")
    with page.expect_navigation():
        page.locator("form[action='/views'] button").tap()
    page.goto("/views")
    page.locator("main summary", has_text="共享").tap()
    page.locator("form[action$='/share'] button").tap()
    page.locator("main .badge").wait_for()
    for path in ("/views", "/checks/pulses"):
        page.goto(path)
        assert page.locator(".cards tbody td :is(a, button, summary)").count() >= 1
        assert page.evaluate(COVERED) == []


def test_fields_beside_each_other_stand_in_one_line_though_one_has_a_hint(device: Device) -> None:
    page = device("admin", desk=True)
    page.goto("/trainings/new")
    held, hours = (box(page.locator(f"[name={name}]")) for name in ("held_on", "hours"))
    assert held["x"] < hours["x"]
    assert abs(held["y"] + held["height"] - hours["y"] - hours["height"]) <= 1
