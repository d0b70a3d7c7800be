/* Items: how many are answered, the next open one, "the rest comply", ready phrases, and the photo of what was fixed at once. */
import { _ } from "../i18n.js";
import { plainReading } from "../offline/fields.js";
import { decided, needsReason } from "../offline/readings.js";

const answered = (item) => item.querySelector("input[type=radio][name^='answers.']:checked") !== null;
const items = (root) => [...root.querySelectorAll("[data-item]")];

// What is measured or photographed is looked at one by one.
const isRest = (item) => !answered(item) && !("look" in item.dataset);

export function showProgress(form) {
  showReasons(form);
  const all = items(form);
  const done = all.filter(answered).length;
  const bar = form.querySelector("[data-progress]");
  Object.assign(bar, { max: all.length || 1, value: done, hidden: all.length === 0 });
  const next = form.querySelector("[data-next]");
  next.hidden = done === all.length;
  next.querySelector("[data-next-text]").textContent = _("Next item %(done)s/%(all)s", { done, all: all.length });
  for (const section of form.querySelectorAll("[data-section]")) {
    const inside = items(section);
    const looked = inside.filter(answered).length;
    section.querySelector("[data-section-count]").textContent = _("%(done)s of %(all)s answered", { done: looked, all: inside.length });
    // Offered only after at least one look: nobody ticks a section unseen.
    section.querySelector("[data-rest]").hidden = looked === 0 || !inside.some(isRest);
  }
}

export function goToNext(form) {
  const open = items(form).find((item) => !answered(item));
  if (!open) return;
  open.scrollIntoView({ block: "center" });
  open.querySelector("input[type=radio]").focus({ preventScroll: true });
}

/** Bring the form that an answer opened above the bar at the foot, its item at the top. */
export function showOpened(item) {
  const bar = document.querySelector(".action-bar").getBoundingClientRect().top;
  if (item.querySelector(".choice-more").getBoundingClientRect().bottom > bar) item.scrollIntoView({ block: "start" });
}

/** What the item of a reading's field measures: its limits as the page tells them. */
export const limitsOf = ({ dataset: { lower, upper, decimals } }) => ({ lower, upper, decimals: Number(decimals) });

/** The answer that a reading gives is chosen, and what is outside the limits described; `changed` tells of each field. */
export function decide(field, changed) {
  const item = field.closest("[data-item]");
  field.value = plainReading(field.value);
  const result = decided(limitsOf(field), field.value);
  const radio = item.querySelector(`input[type=radio][value=${result}]`);
  if (!radio) return;
  if (!radio.checked) {
    radio.checked = true;
    changed(radio);
  }
  const words = item.querySelector("[data-finding] textarea[name$='.description']");
  const [before, after] = field.dataset.wrong.split("{}");
  if (result !== "fail" || !words || (words.value && !(words.value.startsWith(before) && words.value.endsWith(after)))) return;
  words.value = before + field.value + after;
  changed(words);
}

/** Ask for a reason only where one is needed. */
function showReasons(form) {
  for (const box of form.querySelectorAll("[data-reason]")) {
    const item = box.closest("[data-item]");
    const field = item.querySelector("[data-decimals]");
    const result = item.querySelector("input[type=radio][name^='answers.']:checked")?.value;
    box.hidden = !needsReason(limitsOf(field), { result, reading: field.value }) && !box.querySelector("input").value;
  }
}

/** Answer what is still open in a section but what is measured or photographed; returns the fields, to save them or to take them back. */
export function restComply(section) {
  const fields = items(section).filter(isRest).map((item) => item.querySelector("input[type=radio][value=comply]"));
  for (const field of fields) field.checked = true;
  return fields;
}

/** Fill a finding from a ready phrase; what was typed before is kept before it. */
export function usePhrase(button, changed) {
  const block = button.closest("[data-finding]");
  const set = (name, value) => {
    const field = block.querySelector(`[name$='.${name}']`);
    if (!field || !value) return;
    field.value = name === "description" && field.value && !field.value.includes(value) ? `${field.value}；${value}` : value;
    changed(field);
  };
  set("description", button.dataset.text);
  set("measure", button.dataset.measure);
  const chip = block.querySelector(`input[name$='.days'][value='${button.dataset.days}']`);
  // What is added to an open hazard keeps that one's date.
  if (chip && !block.querySelector("[name$='.adds_to']")?.value) {
    chip.checked = true;
    changed(chip);
  }
  showOnSpot(block);
}

/** The after-photo is asked for only where the hazard was rectified on the spot. */
export function showOnSpot(block) {
  const after = block.querySelector("[data-on-spot]");
  if (after) after.hidden = block.querySelector("input[name$='.days']:checked")?.value !== "0";
}
