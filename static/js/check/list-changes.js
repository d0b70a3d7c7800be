/* PURE. A draft begun on an older version of the page: the list may have been published anew during the visit. */

const part = (name) => name.split(".");

/** What a saved name belongs to: "item-12", "extra-0", "rechecks.<uuid>"; null for the visit itself. */
export function ownerOf(name) {
  const [kind, key] = part(name);
  if (kind === "answers") return `item-${key}`;
  if (kind === "findings") return key;
  return ["rechecks", "campaigns"].includes(kind) ? `${kind}.${key}` : null;
}

/** New names, as Map(old → new), for what belongs to an item that has another id on this page: items are told by their code. */
export function moves(names, before, now) {
  const idOf = new Map(Object.entries(now).map(([id, { code }]) => [code, id]));
  const found = new Map();
  for (const name of names) {
    const [kind, key, ...rest] = part(name);
    const old = ownerOf(name)?.match(/^item-(.+)$/)?.[1];
    const id = old in now ? undefined : idOf.get(before[old]?.code);
    if (id) found.set(name, [kind, kind === "answers" ? id : `item-${id}`, ...rest].join("."));
  }
  return found;
}

/** What has no place on this page, as Map(owner → its names). `hasPlace` tells of one name. */
export function leftOver(names, hasPlace) {
  const left = new Map();
  for (const name of names) {
    const owner = ownerOf(name);
    if (owner && !hasPlace(name)) left.set(owner, [...(left.get(owner) ?? []), name]);
  }
  return left;
}

/** The fields by which an item is filed that the page does not show: what was looked at was looked at. */
export function entriesOf(owner, names, saved, items) {
  const id = owner.match(/^item-(.+)$/)?.[1];
  const entries = names.filter((name) => name in saved).map((name) => [name, saved[name]]);
  if (!id) return entries;
  const { hazardClass = "other", days = "" } = items[id] ?? {};
  const at = `findings.${owner}`;
  return [[`${at}.days`, days], ...entries, [`${at}.item_id`, id], [`${at}.hazard_class`, hazardClass]];
}
