/* What stands in the way of submitting, in words that lead to their place on the page. */
import { _ } from "../i18n.js";
import { MAX_PHOTOS, faultsOf } from "../offline/rules.js";
import { limitsOf } from "./items.js";
import { fieldOf, openAround, renamed, reversed } from "./page.js";

const NAMED = 20;

/** The place of a field on the page; `code`, `words` and `number` say there which item, hazard or earlier hazard it is. */
function placeOf(form, name) {
  const slot = form.querySelector(`[data-photo-slot="${CSS.escape(name)}"] input[type=file]`);
  const field = slot ?? fieldOf(form, name) ?? document.getElementById(`${name}.strokes`) ?? document.getElementById("left") ?? form;
  const words = field.closest("[data-finding]")?.querySelector("textarea[name$='.description']")?.value ?? "";
  return [field, {
    code: field.closest("[data-item]")?.dataset.code ?? "",
    words: words.length > NAMED ? `${words.slice(0, NAMED)}…` : words,
    number: field.closest("[data-recheck]")?.dataset.number ?? "",
    count: MAX_PHOTOS,
    decimals: field.dataset.decimals,
  }];
}

/** What items ask for beside an answer. */
function asked(form) {
  const needs = (item) => {
    const field = item.querySelector("[data-decimals]");
    return { limits: field && limitsOf(field), photo: item.dataset.look === "photo" };
  };
  return Object.fromEntries([...form.querySelectorAll("[data-look]")].map((item) => [item.dataset.item, needs(item)]));
}

/** [place, words] of everything that the server would refuse in this filing; `keys` names its findings by their UUIDs. */
export function missing(form, filing, keys, now) {
  const onPage = reversed(keys);
  const firstItem = form.querySelector("[data-item]")?.dataset.item;
  return faultsOf(filing, { now, firstItem, noPhone: Boolean(form.dataset.noPhone), items: asked(form) }).map(([name, message]) => {
    const [field, params] = placeOf(form, renamed(name, onPage));
    return [field, _(message, params)];
  });
}

function goTo(place) {
  openAround(place);
  place.scrollIntoView({ block: "center" });
  place.focus();
}

/** The list above the button; an empty one takes it away. */
export function showMissing(form, problems) {
  form.querySelector(".errors")?.remove();
  if (!problems.length) return;
  const box = document.createElement("div");
  box.className = "errors";
  box.tabIndex = -1;
  box.setAttribute("role", "alert");
  const list = document.createElement("ul");
  for (const [place, words] of problems) {
    const line = document.createElement("li");
    const link = document.createElement("button");
    link.type = "button";
    link.className = "btn bare";
    link.textContent = words;
    link.addEventListener("click", () => goTo(place));
    line.append(link);
    list.append(line);
  }
  box.append(list);
  form.querySelector(".action-bar").before(box);
  box.scrollIntoView({ block: "center" });
  box.focus({ preventScroll: true });
}
