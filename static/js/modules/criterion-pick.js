/* Offers to pick a criterion for major hazards from the list. */
import { button, make } from "../elements.js";
import { _, ready } from "../i18n.js";

export async function start(place) {
  await ready;
  const field = place.querySelector("input");
  let shown = null;

  function close() {
    shown?.remove();
    shown = null;
  }

  function choose(row) {
    field.value = row.cited;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    close();
    open.focus();
  }

  const open = button(_("Choose from the list"), async () => {
    if (shown) {
      close();
      return;
    }
    try {
      const { picks } = await import("../criteria.js");
      const [box, search] = await picks(place.dataset.sector, choose);
      shown = box;
      place.append(box);
      search.focus();
    } catch {
      shown = make("p", "error", _("The list could not be opened here. Type the document and clause."));
      place.append(shown);
    }
  });
  place.append(open);
}
