/* What visits cost, until the next report to the office: {uuid: [minutes, taps, whether it was left]}; nothing of what was entered. */
const KEY = "xuncha-visits";

const read = () => JSON.parse(localStorage.getItem(KEY)) ?? {};

/** Note a visit; that it cannot be noted must not disturb it. */
export function noteVisit(uuid, ms, taps, left) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...read(), [uuid]: [Math.round(ms / 60000), taps, left] }));
  } catch { /* no room, or not allowed: it is only a count */ }
}

/** The visits to report, as many as one report takes. */
export function notedVisits() {
  return Object.entries(read()).slice(0, 100).map(([uuid, [minutes, taps, left]]) => ({ uuid, minutes, taps, left }));
}

/** Forget what was reported; a visit that went on meanwhile is kept. */
export function forgetVisits(told) {
  const all = read();
  for (const { uuid, taps, left } of told) if (all[uuid]?.[1] === taps && all[uuid][2] === left) delete all[uuid];
  localStorage.setItem(KEY, JSON.stringify(all));
}
