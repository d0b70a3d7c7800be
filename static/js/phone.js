/* The phone's side of a page: whose it is, what waits here, and what sends it. One instance a page. */
import { listen } from "./offline/change-events.js";
import { openOutbox } from "./offline/outbox.js";
import { deleteOtherPacks, recordOf, renewAlone } from "./offline/pack.js";
import { makeSender } from "./offline/sender.js";
import { makeSingle } from "./offline/single-sender.js";

// Receipts come in bursts: the pack is renewed after the last.
const RENEW_AFTER_MS = 2000;

const user = Number(document.querySelector('meta[name="user"]')?.content) || null;
const outbox = user === null ? null : openOutbox(user);
const sender = outbox && makeSender({ outbox, single: makeSingle() });
const poke = () => sender?.poke();

// Pages kept for another person must not be seen by this one.
if (user !== null) deleteOtherPacks(user).catch(() => {});

// Phones have no background sync that can be relied on: every sign of life is used instead.
if (sender) {
  poke();
  addEventListener("online", poke);
  addEventListener("pageshow", (event) => { if (event.persisted) poke(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") poke(); });
}

async function renewPack() {
  if (await recordOf(user)) await renewAlone(user);
}

/** The kept pages still offer what has just arrived. */
function renewAfterReceipts() {
  let newest = null;
  let clock = null;
  phone.watch(async () => {
    const sentAt = (await outbox.receipts(1))[0]?.sentAt ?? 0;
    if (newest !== null && sentAt !== newest) {
      clearTimeout(clock);
      clock = setTimeout(() => renewPack().catch(() => {}), RENEW_AFTER_MS);
    }
    newest = sentAt;
  });
}

export const phone = {
  user,
  outbox,
  /** Send what is due; the network may be back. */
  poke,
  /** A person pressed the button: no pause is kept. */
  sendAll: () => sender?.sendAll(),
  /** Calls fn() now and after every change of what waits here, in any tab; returns the way to stop. */
  watch(fn) {
    const call = () => Promise.resolve(fn()).catch(() => {});
    const stop = listen((news) => { if (news.about === "outbox") call(); });
    call();
    return stop;
  },
};

if (outbox) renewAfterReceipts();
