/* The fields of a finding are made when its item fails, from the page's one template and from what the list says of the item. */
import { startModules } from "../behaviours.js";
import { _ } from "../i18n.js";
import { uuid } from "../offline/digest.js";
import { showOnSpot } from "./items.js";
import { ownerOf } from "./list-changes.js";
import { openAround } from "./page.js";
import { beginSame, showSame } from "./same-hazard.js";

// Stands in the template where a finding's own key goes (checks/finding_details.py).
const ANY_KEY = "finding-key";

/** Make a copy of the template an item's own: its class and basis, wordings, terms, and the note on major hazards. */
function fill(block, id, { class: hazardClass, basis, phrases, days, term, note }) {
  const field = (name) => block.querySelector(`input[name$='.${name}']`);
  Object.assign(field("item_id"), { value: id });
  Object.assign(field("hazard_class"), { value: hazardClass });
  Object.assign(field("basis"), { value: basis });
  const group = block.querySelector("[data-phrases]");
  const [button] = group.children;
  group.replaceChildren(...phrases.map(([text, measure, within]) => {
    const made = button.cloneNode(true);
    made.textContent = text;
    Object.assign(made.dataset, { text, measure, days: within });
    return made;
  }));
  for (const chip of block.querySelectorAll("input[name$='.days']")) {
    if (days.includes(Number(chip.value))) chip.defaultChecked = Number(chip.value) === term;
    else chip.parentElement.remove();
  }
  const criterion = field("major_criterion");
  const hint = block.querySelector(`[id="${criterion.id}-hint"]`);
  if (note) {
    hint.textContent = note;
  } else {
    hint.remove();
    criterion.removeAttribute("aria-describedby");
  }
}

/** Where the item failed here before, say so beside the grade: people raise it, by a criterion. */
function tellRepeat(block, times) {
  const hint = block.querySelector("[data-repeat]");
  if (!hint || !times) return;
  hint.textContent = _("Repeat hazard, time %(time)s in 12 months: higher than general is proposed. You decide; it is major only where a published criterion is met.", { time: times + 1 });
  hint.hidden = false;
  openAround(hint);
}

/** Copy the first empty finding that belongs to no item into the places of the others, before any behaviour has changed it. */
export function copyEmptyFinding(form) {
  const block = [...form.querySelectorAll("#others [data-finding]")].pop();
  for (const place of form.querySelectorAll("[data-copy]")) {
    place.innerHTML = block.outerHTML.split(block.dataset.finding).join(place.dataset.copy);
    const [copy] = place.children;
    place.replaceWith(copy);
    startModules(copy);
  }
}

/** The findings of a page: {open, openSaved, details}. `names` maps their keys to the names by which a draft knows them and grows with
 * them; `opened` is called with each new one. */
export function startFindings(form, names, opened) {
  const template = form.querySelector("[data-finding-template]").innerHTML;
  const details = JSON.parse(form.querySelector("[data-details]").textContent);

  function begin(block) {
    block.querySelector("[data-phrases]")?.removeAttribute("hidden");
    showOnSpot(block);
    beginSame(block);
    showSame(block);
  }

  /** Give an item the fields of its finding, if it has none yet. */
  function open(item) {
    const place = item?.querySelector(".choice-more");
    if (!place || place.querySelector("[data-finding]")) return;
    const id = item.dataset.item;
    const key = uuid();
    place.innerHTML = template.split(ANY_KEY).join(key);
    const block = place.querySelector("[data-finding]");
    fill(block, id, details[id]);
    tellRepeat(block, Number(item.dataset.times ?? 0));
    names.set(key, `item-${id}`);
    begin(block);
    startModules(block);
    opened(block);
  }

  /** The same for every item that fails in a draft, or of whose finding the draft holds something. */
  async function openSaved(draft) {
    const [saved, photos] = await Promise.all([draft.get(), draft.photos()]);
    const names = [...Object.keys(saved), ...photos.map((photo) => photo.slot), ...Object.keys(draft.expected())];
    for (const name of names) {
      const id = ownerOf(name)?.match(/^item-(.+)$/)?.[1];
      if (id && (name.startsWith("findings.") || saved[name] === "fail")) open(form.querySelector(`[data-item="${CSS.escape(id)}"]`));
    }
  }

  for (const block of form.querySelectorAll("[data-finding]")) begin(block);
  return { open, openSaved, details };
}
