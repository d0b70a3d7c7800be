/* What this phone was last known to hold, and what it has lost, in cookies: they outlive the storage that a browser clears. */
import { lossAfter } from "./offline/reminder-policy.js";

const LIFE_S = 400 * 86400;
const waitingCookie = (user) => `xuncha-waits-${user}`;
const lostCookie = (user) => `xuncha-lost-${user}`;

const read = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

function write(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; SameSite=Lax; Max-Age=${value ? LIFE_S : 0}${secure}`;
}

/** "3", "3.read", "3.told": how many, and who knows of it already. */
function lossOf(user) {
  const [count, ...who] = (read(lostCookie(user)) || localStorage.getItem(lostCookie(user)) || "").split(".");
  return Number(count) ? { count: Number(count), read: who.includes("read"), told: who.includes("told") } : null;
}

function saveLoss(user, loss) {
  const value = loss ? [loss.count, loss.read && "read", loss.told && "told"].filter(Boolean).join(".") : "";
  write(lostCookie(user), value);
  if (value) localStorage.setItem(lostCookie(user), value);
  else localStorage.removeItem(lostCookie(user));
  return loss;
}

/** Note how many of a person's filings wait now; answers the note of those that were cleared away, or null. */
export async function updateMarker(outbox) {
  const [entries, knows] = await Promise.all([outbox.list(), outbox.knowsAnything()]);
  const loss = saveLoss(outbox.user, lossAfter(lossOf(outbox.user), Number(read(waitingCookie(outbox.user))), !knows));
  write(waitingCookie(outbox.user), entries.length || "");
  return loss;
}

/** Note that the person has read of the loss, or that the office was told: {read: true} or {told: true}. */
export function markLoss(user, how) {
  const loss = lossOf(user);
  if (loss) saveLoss(user, lossAfter({ ...loss, ...how }, 0, false));
}
