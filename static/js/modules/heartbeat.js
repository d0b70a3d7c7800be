/* Reports to the office how much waits on this phone, so that a phone that never comes back is noticed. */
import { listDrafts } from "../offline/drafts.js";
import { uuid } from "../offline/digest.js";
import { isDue, reportOf } from "../offline/reminder-policy.js";
import { makeAsk } from "../offline/sender.js";
import { freeMb } from "../offline/storage-quota.js";
import { phone } from "../phone.js";
import { markLoss, updateMarker } from "../unsent-marker.js";
import { forgetVisits, notedVisits } from "../visit-burden.js";

const AFTER_MS = 4000;
const DEVICE = "xuncha-device";
const last = `xuncha-heartbeat-${phone.user}`;

function deviceId() {
  const known = localStorage.getItem(DEVICE);
  if (known) return known;
  const made = uuid();
  localStorage.setItem(DEVICE, made);
  return made;
}

async function beat() {
  const [entries, drafts, loss, free] = await Promise.all([
    phone.outbox.list(), listDrafts(phone.user), updateMarker(phone.outbox), freeMb(),
  ]);
  const report = reportOf(entries, drafts, free, loss && !loss.told ? loss.count : 0);
  const visits = notedVisits();
  if (!visits.length && !isDue(report, JSON.parse(localStorage.getItem(last)), Date.now())) return;
  const ask = makeAsk();
  const told = await ask("/sync/token", { method: "GET" });
  const { token, user } = told.status === 200 ? JSON.parse(told.body) : {};
  if (user !== phone.user) return;
  const answer = await ask("/sync/heartbeat", {
    method: "POST",
    body: JSON.stringify({ device: deviceId(), ...report, visits }),
    headers: { "Content-Type": "application/json", "X-CSRFToken": token, "X-Phone-Time": new Date().toISOString() },
  });
  if (answer.status !== 200 || !JSON.parse(answer.body).kept) return;
  forgetVisits(visits);
  localStorage.setItem(last, JSON.stringify({ at: Date.now(), report }));
  if (report.lost) markLoss(phone.user, { told: true });
}

export function start() {
  if (phone.user === null) return;
  let clock = null;
  // Changes come in bursts while a filing is sent: one report follows them.
  phone.watch(() => {
    clearTimeout(clock);
    clock = setTimeout(() => beat().catch(() => {}), AFTER_MS);
  });
}
