/* PURE. The moments of a visit as the phone fills them in. */
const DAY_MS = 86400000;
const SLACK_MS = 2000;
const ZONE_MS = 8 * 3600000;

/** A moment as a datetime-local field shows it: the zone's clock, to the minute. */
export const inZone = (at) => new Date(at + ZONE_MS).toISOString().slice(0, 16);

/** A moment to the second. */
export const toSecond = (at) => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** When a visit ends that began at `startedAt`: now, unless the phone's clock was moved meanwhile.
 *
 * `lived` is how long the page was seen to live, by a clock that nobody moves. It stands still while the phone sleeps, so it
 * tells only the least that has passed, and counts where the other clock says what cannot be. */
export function endOf(startedAt, now, lived) {
  const passed = now - startedAt;
  const possible = passed >= lived - SLACK_MS && passed <= DAY_MS;
  return startedAt + Math.max(0, possible ? passed : lived);
}
