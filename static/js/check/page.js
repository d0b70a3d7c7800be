/* The check page's fields: their names in a draft, restoring them, collecting them for the filing.
   A cached page carries the same finding keys at every opening, so a draft names findings by their item ("item-12") or their
   place ("extra-0"), and gives each a UUID of its own when it is filed. */

/** The names of a page's findings: page key ↔ draft name. */
export function findingNames(form) {
  const names = new Map();
  let extra = 0;
  for (const block of form.querySelectorAll("[data-finding]")) {
    const item = block.closest("[data-item]")?.dataset.item;
    names.set(block.dataset.finding, item ? `item-${item}` : `extra-${extra++}`);
  }
  return names;
}

/** A field's or slot's name with the key of its finding replaced; unknown keys stay. */
export function renamed(name, keys) {
  const [part, key, ...rest] = name.split(".");
  return part === "findings" && keys.has(key) ? [part, keys.get(key), ...rest].join(".") : name;
}

export const reversed = (names) => new Map([...names].map(([key, name]) => [name, key]));

/** A field's value as the draft keeps it. An emptied box is kept too: the page may come with it ticked. */
export const valueOf = (field) => (["checkbox", "radio"].includes(field.type) && !field.checked ? "" : field.value);

const mine = (field) => field.name && !["csrf_token", "uuid"].includes(field.name) && !field.name.includes(":") && field.type !== "file";

/** Whether a change of this field belongs to the draft. */
export const isDraftField = (field) => Boolean(field?.form) && mine(field) && field.type !== "submit";

/** The fields of a name; never the fieldset around them, which carries the name as its id. */
export const fieldsOf = (form, name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
export const fieldOf = (form, name) => fieldsOf(form, name)[0] ?? null;

/** Put a saved value back; whether that changed the field. */
function put(field, value) {
  const before = [field.value, field.checked];
  if (field.type === "radio") field.checked = field.value === value;
  else if (field.type === "checkbox") field.checked = Boolean(value);
  else field.value = value;
  return before[0] !== field.value || before[1] !== field.checked;
}

/** Put saved values back on the page. */
export function restore(form, values, keys) {
  for (const [saved, value] of Object.entries(values)) {
    const changed = fieldsOf(form, renamed(saved, keys)).filter((field) => field.type !== "file" && put(field, value));
    if (!changed.length) continue;
    if (saved.endsWith(".strokes")) changed[0].dispatchEvent(new Event("restore"));
    if (value && changed[0].type !== "hidden") openAround(changed[0]);
  }
}

/** Open what a field is folded away in. */
export function openAround(field) {
  for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
}

/** The page's fields as [name, value] pairs, findings named by their UUIDs. */
export function collect(form, keys) {
  const entries = [];
  for (const field of form.elements) {
    if (!mine(field) || (["radio", "checkbox"].includes(field.type) && !field.checked) || ["button", "submit"].includes(field.type)) continue;
    entries.push([renamed(field.name, keys), field.value]);
  }
  return entries;
}

/** What a draft remembers of the page's items, by their ids: enough to find them again on a newer page, or to file them without. */
export function itemsOf(form, details) {
  const item = ({ dataset: { item: id, code } }) => [id, { code, hazardClass: details[id].class, days: String(details[id].term) }];
  return Object.fromEntries([...form.querySelectorAll("[data-item]")].map(item));
}

/** Whether the page has a field or a photo slot of this name. */
export const hasPlace = (form, name) =>
  fieldOf(form, name) !== null || form.querySelector(`[data-photo-slot="${CSS.escape(name)}"]`) !== null;

/** Photo references that the server kept from an earlier version, by slot. */
export function keptPhotos(form, keys) {
  const slots = {};
  for (const field of form.querySelectorAll("input[data-kept]")) {
    (slots[renamed(field.name.slice(4), keys)] ??= []).push(JSON.parse(field.value));
  }
  return slots;
}
