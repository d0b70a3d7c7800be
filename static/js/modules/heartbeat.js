/* Tells the office how much waits on this phone, so that a phone which never comes back is missed. Never in the way. */
import { listDrafts } from "../offline/drafts.js";
import { uuid } from "../offline/digest.js";
import { isDue, lostSince, reportOf } from "../offline/reporting.js";
import { makeAsk } from "../offline/sender.js";
import { phone } from "../phone.js";
import { remembered } from "../waits.js";

const AFTER_MS = 4000;
const MB = 1024 * 1024;
const DEVICE = "xuncha-device";
const last = `xuncha-heartbeat-${phone.user}`;

function deviceId() {
  const known = localStorage.getItem(DEVICE);
  if (known) return known;
  const made = uuid();
  localStorage.setItem(DEVICE, made);
  return made;
}

async function freeMb() {
  const told = await navigator.storage?.estimate?.();
  return told?.quota ? Math.max(0, Math.floor((told.quota - told.usage) / MB)) : null;
}

async function beat() {
  const [entries, drafts, receipts, free] = await Promise.all([
    phone.outbox.list(), listDrafts(phone.user), phone.outbox.receipts(1), freeMb().catch(() => null),
  ]);
  const report = reportOf(entries, drafts, free, lostSince(remembered(phone.user), entries, drafts, receipts));
  if (!isDue(report, JSON.parse(localStorage.getItem(last)), Date.now())) return;
  const ask = makeAsk();
  const told = await ask("/sync/token", { method: "GET" });
  const { token, user } = told.status === 200 ? JSON.parse(told.body) : {};
  if (user !== phone.user) return;
  const answer = await ask("/sync/heartbeat", {
    method: "POST",
    body: JSON.stringify({ device: deviceId(), ...report }),
    headers: { "Content-Type": "application/json", "X-CSRFToken": token, "X-Phone-Time": new Date().toISOString() },
  });
  if (answer.status === 200) localStorage.setItem(last, JSON.stringify({ at: Date.now(), report }));
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
