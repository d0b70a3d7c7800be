/* While a finding is written: open hazards of the same item, place or class, to add to one or to file it as new. The chooser is made
   when there is something to choose; the choice stands in the finding's field `adds_to`. */
import { make } from "../elements.js";
import { _ } from "../i18n.js";
import { alike } from "../offline/alike.js";

const MOST = 3;

const stateOf = (block) => block.querySelector("[data-same] [name$='.adds_to']");
const valueIn = (block, name) => block.querySelector(`[name$='.${name}']`)?.value.trim() ?? "";

/** Whether a field decides which open hazards look alike. */
export const sameChanged = ({ name = "" }) => /^findings\..*\.(adds_to|place|hazard_class)$/.test(name);

function openHazards(form) {
  const rows = JSON.parse(form.querySelector("[data-open-hazards]")?.textContent ?? "[]");
  return rows.map(([uuid, number, item, kind, place, words, since, due]) => ({ uuid, number, item, kind, place, words, since, due }));
}

/** The choice of this finding becomes a field that page code fills; what a page without scripts offered is taken away. */
export function beginSame(block) {
  const place = block.querySelector("[data-same]");
  const offered = place?.querySelector("select");
  if (offered) {
    const field = make("input");
    Object.assign(field, { type: "hidden", name: offered.name, value: offered.value });
    place.replaceChildren(field);
  }
}

function choose(block, uuid) {
  const field = stateOf(block);
  field.value = uuid;
  const days = [...block.querySelectorAll("input[name$='.days']")];
  const spot = days.find((chip) => chip.checked && chip.value === "0");
  const usual = days.find((chip) => chip.defaultChecked && chip.value !== "0") ?? days.find((chip) => chip.value !== "0");
  if (uuid && spot && usual) {
    usual.checked = true;
    usual.dispatchEvent(new Event("change", { bubbles: true }));
  }
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function pressed(words, on, act) {
  const made = make("button", "btn same-pick", words);
  made.type = "button";
  made.setAttribute("aria-pressed", String(on));
  made.addEventListener("click", act);
  return made;
}

function card(block, one, chosen) {
  const since = one.due
    ? _("Already open since %(since)s, due %(due)s", { since: one.since, due: one.due })
    : _("Already open since %(since)s", { since: one.since });
  const on = chosen === one.uuid;
  return make("li", "same-hazard", make("span", "", make("strong", "", since), make("span", "small", [one.number, one.place, one.words].filter(Boolean).join(" · "))),
    pressed(on ? _("Added to it") : _("Add to it"), on, () => choose(block, on ? "" : one.uuid)));
}

/** Show which open hazards look like this finding, and leave away what a finding that adds to one does not need. */
export function showSame(block) {
  const place = block.querySelector("[data-same]");
  const field = stateOf(block);
  if (!field || field.tagName === "SELECT") return;
  const chosen = field.value;
  for (const part of block.querySelectorAll("[data-new-only]")) part.hidden = Boolean(chosen);
  const own = block.dataset.finding;
  const hazards = openHazards(block.closest("form")).filter((one) => one.uuid !== own);
  const about = { item: block.closest("[data-item]")?.dataset.code ?? "", place: valueIn(block, "place"), kind: valueIn(block, "hazard_class") };
  const found = alike(hazards, about);
  const near = found.filter((one) => one.weight > 1 || one.uuid === chosen).slice(0, MOST);
  const far = found.filter((one) => !near.includes(one)).slice(0, MOST);
  place.replaceChildren(field);
  place.hidden = found.length === 0;
  if (near.length) place.append(make("ul", "same-list", ...near.map((one) => card(block, one, chosen))));
  if (far.length) {
    const more = make("details", "", make("summary", "", _("Open hazards of the same class: %(count)s", { count: far.length })), make("ul", "same-list", ...far.map((one) => card(block, one, chosen))));
    place.append(more);
  }
  if (near.length) place.append(pressed(_("File as new"), !chosen, () => choose(block, "")));
}
