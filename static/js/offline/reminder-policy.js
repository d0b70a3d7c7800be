/* PURE. How strongly a phone reminds of unsent filings, and when it reports them to the office. */
const DAY_MS = 86400000;
const LEVELS = [[7, "danger"], [3, "warning"], [1, "info"]];
const EVERY_MS = 10 * 60 * 1000;

/** Whole days since the oldest waiting filing was put in; nought when nothing waits or the clock was set back. */
export function ageInDays(entries, now) {
  const oldest = Math.min(...entries.map((entry) => entry.createdAt), now);
  return Math.max(0, Math.floor((now - oldest) / DAY_MS));
}

/** The kind of banner for that age, or null while it is young. */
export function bannerKind(days) {
  return LEVELS.find(([from]) => days >= from)?.[1] ?? null;
}

/** The note of filings that the browser has cleared away, {count, read, told}, or null. `noted` waited here; a phone that
 * knows of nothing at all has lost them. It stays until its person has read it and the office has been told. */
export function lossAfter(loss, noted, knowsNothing) {
  if (noted && knowsNothing) return { count: (loss?.count ?? 0) + noted, read: false, told: false };
  return loss && !(loss.read && loss.told) ? loss : null;
}

/** What is reported: {unsent, oldest, drafts, lost, storage_free}. */
export function reportOf(entries, drafts, freeMb, lost = 0) {
  const oldest = entries.length ? new Date(Math.min(...entries.map((entry) => entry.createdAt))).toISOString() : null;
  return { unsent: entries.length, oldest, drafts: drafts.length, lost, storage_free: freeMb };
}

const same = (a, b) => ["unsent", "oldest", "drafts", "lost"].every((name) => a[name] === b[name]);

/** Whether a report is due: it says something new, or the last one is ten minutes old. `last` is {at, report} or null. */
export function isDue(report, last, now) {
  return !last || !same(report, last.report) || now - last.at >= EVERY_MS || now < last.at;
}
