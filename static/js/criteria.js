/* The criteria for major hazards to pick from, as the page of criteria holds them; the phone keeps that page. A file of its own,
   loaded when somebody picks: few hazards are major. */
import { button, make } from "./elements.js";
import { _, readyLater } from "./i18n.js";
import { narrowBy } from "./modules/find-rows.js";

const PAGE = "/checklists/criteria";
let fetched = null;

/** The page from the network, else the cached copy of the pack. */
async function opened() {
  const answer = await fetch(PAGE, { credentials: "same-origin" }).catch(() => null);
  const found = answer?.ok ? answer : await globalThis.caches?.match(PAGE, { ignoreVary: true });
  if (!found) throw new Error("no list");
  return found;
}

async function listed() {
  const answer = await opened();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...page.querySelectorAll("[data-cited]")].map((row) => ({
    cited: row.dataset.cited,
    sectors: row.dataset.sectors.split(" ").filter(Boolean),
    wording: row.querySelector("strong").textContent,
  }));
}

/** The list under the field: a search, and a button for each criterion in the scope of the sector. */
function panel(rows, sector, choose) {
  const search = make("input", "in");
  search.type = "search";
  search.setAttribute("aria-label", _("Words of the criterion or the document"));
  search.placeholder = search.getAttribute("aria-label");
  const lines = rows.filter(({ sectors }) => !sector || !sectors.length || sectors.includes(sector)).map((row) => {
    const pick = button("", () => choose(row), "row-text");
    pick.append(make("strong", "", row.wording), make("span", "", row.cited));
    return make("li", "", pick);
  });
  narrowBy(search, lines, null);
  // The form must not be sent by the key that ends a search.
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  for (const name of ["input", "change"]) search.addEventListener(name, (event) => event.stopPropagation());
  return [make("div", "picks", search, make("ul", "rows", ...lines)), search];
}

/** What is put under the field, and its search. */
export async function picks(sector, choose) {
  await readyLater();
  try {
    fetched ??= listed();
    return panel(await fetched, sector, choose);
  } catch (error) {
    fetched = null;
    throw error;
  }
}
