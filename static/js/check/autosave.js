/* Keeps every change of the check page in its draft, and takes over what another tab wrote there. */
import { toSecond } from "./times.js";
import { hideStorageAlert, showStorageAlert } from "./storage-alert.js";
import { isDraftField, renamed, restore, reversed, valueOf } from "./page.js";

const LONGEST_MS = 250;
const DECLARES = /^(signatures\.\w+)\.(strokes|on_paper|refused_reason)$/;

/** Values of fields as the draft keeps them, with what goes along: where the person is, and when a party signed. */
function valuesOf(fields, names, now) {
  const values = {};
  for (const field of fields) {
    values[renamed(field.name, names)] = valueOf(field);
    const item = field.closest("[data-item]");
    if (item) values["_at"] = item.dataset.item;
    const party = field.name.match(DECLARES)?.[1];
    if (party) values[`${party}.signed_at`] = toSecond(now);
  }
  return values;
}

/** Keeps what is entered: {keep, flush, takeOver}. `along` gives values that go with every save, `now` the present moment; `filed` is
 * called when there is nothing left to keep, because the draft was filed in another tab. */
export function keepDraft(form, draft, names, { along, now, filed }) {
  const unsaved = new Map();
  let timer = 0;

  /** Write what is not kept yet; whether all is kept now. */
  async function flush() {
    clearTimeout(timer);
    timer = 0;
    const taken = new Map(unsaved);
    if (!taken.size) return true;
    try {
      await draft.setMany({ ...along(), ...Object.fromEntries(taken) });
      for (const [name, value] of taken) if (unsaved.get(name) === value) unsaved.delete(name);
      hideStorageAlert();
    } catch (error) {
      if (error.code === "filed") filed();
      else showStorageAlert(error);
    }
    return unsaved.size === 0;
  }

  function note(values) {
    for (const [name, value] of Object.entries(values)) unsaved.set(name, value);
  }

  function keep(fields) {
    note(valuesOf(fields, names, now()));
    return flush();
  }

  /** Show what the draft holds; what was entered here and is not kept yet stays. */
  async function takeOver() {
    const saved = Object.entries(await draft.get()).filter(([name]) => !unsaved.has(name));
    restore(form, Object.fromEntries(saved), reversed(names));
  }

  form.addEventListener("input", ({ target }) => {
    if (!isDraftField(target)) return;
    note(valuesOf([target], names, now()));
    timer ||= setTimeout(flush, LONGEST_MS);
  });
  form.addEventListener("change", ({ target }) => {
    if (isDraftField(target)) keep([target]);
  });
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", flush);
  return { keep, flush, takeOver };
}
