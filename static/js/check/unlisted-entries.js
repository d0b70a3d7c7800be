/* The list was published anew during the visit: what was entered moves to the new item of the same code, and what has none is
   shown and filed as it is, unless the person leaves it out. Nothing of a visit disappears by itself. */
import { banner } from "../alert.js";
import { _, N_ } from "../i18n.js";
import { hasPlace, itemsOf, renamed, reversed } from "./page.js";
import { entriesOf, leftOver, moves, ownerOf } from "./list-changes.js";

const RESULTS = {
  comply: N_("Complies"), fail: N_("Does not comply"), na: N_("Not applicable"),
  fixed: N_("Rectified"), partly: N_("Partly rectified"), not_fixed: N_("Not rectified"),
};

async function namesOf(draft) {
  const [saved, photos] = await Promise.all([draft.get(), draft.photos()]);
  return { saved, photos, names: [...new Set([...Object.keys(saved), ...photos.map((photo) => photo.slot)])] };
}

function line(owner, { saved, photos, names }, items, leave) {
  const value = (end) => saved[names.find((name) => name.endsWith(end))];
  const code = items[owner.replace("item-", "")]?.code;
  const count = photos.filter((photo) => names.includes(photo.slot)).length;
  const result = RESULTS[value(".result")];
  const facts = [result && _(result), value(".description"), value(".note"), count ? _("%(count)s photos", { count }) : ""];
  const made = document.createElement("li");
  const title = document.createElement("strong");
  title.textContent = [code, ...facts].filter(Boolean).join(" · ") || _("An earlier entry");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn bare";
  button.textContent = _("Leave it out");
  button.addEventListener("click", leave);
  made.append(title, button);
  return made;
}

/** {entries(keyOf), owners} of what this page has no place for; `items` are those of the page and of earlier ones. */
export async function startUnlistedEntries(form, draft, names, findings) {
  const onPage = itemsOf(form, findings.details);
  const before = (await draft.get())["_items"] ?? {};
  const items = { ...before, ...onPage };
  const moved = moves((await namesOf(draft)).names, before, onPage);
  if (moved.size) await draft.rename(moved);
  await findings.openSaved(draft);
  const box = document.createElement("section");
  box.className = "section";
  box.id = "left";
  box.hidden = true;
  box.tabIndex = -1;

  async function left() {
    const all = await namesOf(draft);
    const found = leftOver(all.names, (name) => hasPlace(form, renamed(name, reversed(names))));
    return [...found].map(([owner, own]) => [owner, { ...all, names: own }]);
  }

  async function leaveOut({ names: own, photos }) {
    await draft.setMany(Object.fromEntries(own.map((name) => [name, null])));
    for (const photo of photos) if (own.includes(photo.slot)) await draft.removePhoto(photo.id);
    await show();
  }

  async function show() {
    const list = document.createElement("ul");
    list.className = "plain-list";
    for (const [owner, part] of await left()) list.append(line(owner, part, items, () => leaveOut(part)));
    box.replaceChildren(banner("warning", _("The list was renewed during this visit. These entries have no place in the new one; they are filed as you made them.")), list);
    box.hidden = list.children.length === 0;
  }

  form.prepend(box);
  await show();
  const count = new Set([...moved.keys()].map(ownerOf)).size;
  if (count) form.prepend(banner("info", _("The list was renewed during this visit. %(count)s answers were moved to the new list by their numbers: look them through.", { count })));
  return {
    items,
    owners: async () => (await left()).map(([owner]) => owner),
    entries: async () => (await left()).flatMap(([owner, { names: own, saved }]) => entriesOf(owner, own, saved, items)),
  };
}
