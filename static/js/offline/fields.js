/* PURE. The check page's fields as a filing: the twin of inspect/xuncha/checks/forms.py; tests/checks/fields.json holds for both. */

const PERSON = ["name", "title", "certificate", "phone"];
const ANSWER = ["result", "note", "reading", "reading_reason", "no_photo"];
const TOP = [
  "uuid", "site_id", "task_id", "kind", "mode", "started_at", "finished_at", "place", "entry_code", "certificate",
  "summary", "objection", "late_reason", "replaces", "correction_reason",
];
const ZONE_OFFSET = "+08:00"; // the zone's clock; China keeps one time without summer time

const isBranch = (value) => value !== null && typeof value === "object";
const pick = (branch, names) => Object.fromEntries(names.filter((name) => name in branch).map((name) => [name, branch[name]]));

/** Dotted names as nested objects; empty values are left out. */
export function tree(entries) {
  const root = {};
  for (const [name, value] of entries) {
    if (value === "") continue;
    const path = name.split(".");
    const last = path.pop();
    let here = root;
    for (const step of path) {
      here[step] ??= {};
      here = here[step];
      if (!isBranch(here)) break;
    }
    if (isBranch(here)) here[last] = value;
  }
  return root;
}

const branches = (fields, part) => (isBranch(fields[part]) ? Object.entries(fields[part]).filter(([, value]) => isBranch(value)) : []);

/** A moment with its zone: a datetime-local field speaks the zone's time. */
export function moment(text) {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return text;
  const aware = /(Z|[+-]\d\d:\d\d)$/.test(text) ? text : (text.length === 16 ? `${text}:00` : text) + ZONE_OFFSET;
  return aware;
}

/** The day of the visit in the zone, as YYYY-MM-DD, moved on by some days. */
export function dayOf(text, days = 0) {
  const at = Date.parse(moment(text));
  if (Number.isNaN(at)) return null;
  return new Date(at + (8 * 60 + days * 1440) * 60000).toISOString().slice(0, 10);
}

function due(branch, startedAt) {
  const { days = "", ...rest } = branch;
  if (rest.due_on) return rest;
  if (days === "0") return { ...rest, fixed_on_spot: true };
  const day = /^\d+$/.test(days) ? dayOf(startedAt, Number(days)) : null;
  return day ? { ...rest, due_on: day } : rest;
}

function findings(fields, photos) {
  const failing = new Set(branches(fields, "answers").filter(([, answer]) => answer.result === "fail").map(([key]) => key));
  return branches(fields, "findings")
    .filter(([, branch]) => (branch.item_id ? failing.has(branch.item_id) : branch.description))
    .map(([key, branch]) => ({
      ...due(branch, fields.started_at ?? ""),
      uuid: key,
      suspected_major: Boolean(branch.suspected_major),
      before: photos[`findings.${key}.before`] ?? [],
      after: photos[`findings.${key}.after`] ?? [],
    }));
}

function strokes(text) {
  try {
    return JSON.parse(text || "[]");
  } catch {
    return [];
  }
}

/** A reading with plain digits: keyboards of Chinese phones type wide ones too. */
export const plainReading = (text) => text.normalize("NFKC").trim();

function answer([key, branch], photos) {
  const shown = photos[`answers.${key}.photos`];
  const reading = "reading" in branch ? { reading: plainReading(branch.reading) } : {};
  return { ...pick(branch, ANSWER), ...reading, item_id: Number(key), ...(shown && { photos: shown }) };
}

/** The filing's JSON from the page's fields; photos by slot, each a photo reference. */
export function payload(entries, photos) {
  const fields = tree(entries);
  const made = pick(fields, TOP);
  for (const name of ["started_at", "finished_at"]) if (name in made) made[name] = moment(made[name]);
  return {
    ...made,
    format: 1,
    campaign_ids: Object.keys(isBranch(fields.campaigns) ? fields.campaigns : {}).filter((key) => /^\d+$/.test(key)).map(Number).sort((a, b) => a - b),
    companions: branches(fields, "companions").sort(([a], [b]) => (a < b ? -1 : 1)).map(([, person]) => pick(person, PERSON)).filter((person) => person.name),
    site_person: isBranch(fields.site_person) ? pick(fields.site_person, PERSON) : {},
    answers: branches(fields, "answers")
      .filter(([key, branch]) => /^\d+$/.test(key) && branch.result)
      .map((one) => answer(one, photos)),
    findings: findings(fields, photos),
    rechecks: branches(fields, "rechecks")
      .filter(([, branch]) => branch.result)
      .map(([key, branch]) => ({ ...branch, hazard_uuid: key, photos: photos[`rechecks.${key}.photos`] ?? [] })),
    photos: photos.scene ?? [],
    signatures: branches(fields, "signatures").map(([key, branch]) => ({
      ...pick(branch, ["name", "title", "refused_reason", "signed_at"]),
      party: key,
      on_paper: Boolean(branch.on_paper),
      strokes: strokes(branch.strokes),
    })),
  };
}
