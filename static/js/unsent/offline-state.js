/* On Today: renews the pack by itself and shows its state: since when the phone is ready offline, pages, size, what is missing. */
import { make } from "../elements.js";
import { _, ready } from "../i18n.js";
import { arrivedSince } from "../check/draft-key.js";
import { draftsOfAll, listDrafts } from "../offline/drafts.js";
import { goesByItself } from "../offline/filing.js";
import { waitingOfAll } from "../offline/outbox.js";
import { deleteOldStatic, recordOf, renewAlone, standing } from "../offline/pack.js";
import { requestPersistence } from "../offline/storage-quota.js";
import { canKeep, isNewest, activateWhenIdle, register } from "./worker.js";
import { tongue } from "../moment.js";
import { phone } from "../phone.js";

// What is on the screen comes first: until the browser is idle, or has been busy for too long.
const AFTER_MS = 1500;
const LATEST_MS = 8000;
// A renewal that fails is tried again: after a pause that doubles, and at once when the network is back.
const RETRIES = 6;
const RETRY_MS = 5000;
// A visit lasts a day at most: an older draft was left, and must not keep the old version for ever; nor may what waits for
// another person, who may never come back.
const LEFT_MS = 2 * 86400000;
const NAMED = 3;
const MB = 1024 * 1024;

const clock = (at) => {
  const day = (moment, style) => new Intl.DateTimeFormat(tongue(), { timeZone: "Asia/Shanghai", hourCycle: "h23", ...style }).format(moment);
  const hour = { hour: "2-digit", minute: "2-digit" };
  const date = { month: "short", day: "numeric" };
  const then = new Date(at);
  return day(then, day(then, date) === day(new Date(), date) ? hour : { ...date, ...hour });
};

async function isIdle() {
  const [entries, drafts] = await Promise.all([waitingOfAll(), draftsOfAll()]);
  const isNew = (at) => Date.now() - at < LEFT_MS;
  const goes = (entry) => goesByItself(entry) && (entry.user === phone.user || isNew(entry.createdAt));
  return !entries.some(goes) && !drafts.some((draft) => isNew(draft.savedAt));
}

function words({ at, pages, bytes, missing, pictures }, busy) {
  const size = (bytes / MB).toFixed(1);
  if (busy) return _("Getting ready offline: %(pages)s pages · %(size)s MB", { pages, size });
  if (!missing.length && !pictures) return _("Ready offline, %(time)s · %(pages)s pages · %(size)s MB", { time: clock(at), pages, size });
  return _("Not all ready offline (%(time)s): %(count)s missing", { time: clock(at), count: missing.length + pictures });
}

/** What is missing, by name: opened by whom it concerns, so that the page does not move. */
function missingNames({ missing, pictures }) {
  const named = [...missing.slice(0, NAMED), ...(missing.length > NAMED ? ["…"] : []), ...(pictures ? [_("%(count)s pictures", { count: pictures })] : [])];
  return _("Missing: %(names)s. It is fetched when there is a network.", { names: named.join(", ") });
}

function shower(place) {
  return (now, busy = false) => {
    place.dataset.offline = busy ? "busy" : now.missing.length || now.pictures ? "missing" : "ready";
    const parts = place.dataset.offline === "missing"
      ? ["details", "small quiet", make("summary", "", words(now, busy)), make("p", "", missingNames(now))]
      : ["p", "small quiet", words(now, busy)];
    place.replaceChildren(make(...parts));
  };
}

function adviseBrowser(place) {
  const link = make("a", "", _("Nothing opens offline: how to install"));
  link.href = "/help/phone";
  place.replaceChildren(make("p", "small", link));
  place.dataset.offline = "never";
}

/** Mark the tasks that are done or begun on this phone: a kept page cannot know. */
async function markTasks() {
  const [waiting, drafts, receipts] = await Promise.all([phone.outbox.list(), listDrafts(phone.user), phone.outbox.receipts()]);
  for (const link of document.querySelectorAll("a.btn[href*='/checks/new?task=']")) {
    const key = `task:${new URL(link.href).searchParams.get("task")}`;
    const filed = waiting.some((entry) => entry.draft === key);
    const arrived = arrivedSince(receipts, key, document.body.dataset.kept);
    const begun = drafts.some((draft) => draft.key === key);
    const [text, tone] = filed ? [_("Filed, not sent yet"), "due"] : arrived ? [_("Arrived"), "ok"] : begun ? [_("Begun"), "wait"] : [""];
    const row = link.closest(".task");
    row.querySelector("[data-here]")?.remove();
    if (!text) continue;
    const badge = make("b", `badge ${tone}`, text);
    badge.dataset.here = "";
    row.querySelector(".task-name .line")?.append(badge);
  }
}

async function keepPack(show) {
  const registration = await register();
  const look = () => activateWhenIdle(registration, isIdle);
  await look();
  phone.watch(look);
  const listed = await renewAlone(phone.user, (now) => show(now, true));
  if (listed && isNewest(registration)) await deleteOldStatic(listed.static);
  // Now there is something to lose.
  if (listed) await requestPersistence();
}

/** Resolves when the page is loaded and the browser has nothing else to do. */
async function idle() {
  if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  await new Promise((resolve) => setTimeout(resolve, AFTER_MS));
  // Safari has no idle callback.
  if (globalThis.requestIdleCallback) await new Promise((resolve) => requestIdleCallback(resolve, { timeout: LATEST_MS }));
}

/** Resolves after the pause, or as soon as the browser reports a network. */
function pause(ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    }
    addEventListener("online", done);
  });
}

/** How the kept pack stands; the program files belong to it. */
async function standingNow() {
  const record = await recordOf(phone.user);
  if (!record) return null;
  const now = standing(record);
  if (!(await caches.has(`static-${record.static}`))) now.missing.unshift(_("program files"));
  return now;
}

export async function start(place) {
  if (phone.user === null) return;
  await ready;
  phone.watch(markTasks);
  if (!canKeep()) {
    adviseBrowser(place);
    return;
  }
  const show = shower(place);
  const first = await standingNow();
  if (first) show(first);
  // The room for two lines is kept from the start: it says what it waits for.
  else place.replaceChildren(make("p", "small quiet", _("Looking up what is ready offline…")));
  await idle();
  for (let tries = 0; tries <= RETRIES; tries += 1) {
    if (tries) await pause(RETRY_MS * 2 ** (tries - 1));
    // Without a network or room the state tells what is missing. A browser that refuses the worker keeps nothing at all.
    await keepPack(show).catch(() => {});
    const now = await standingNow();
    if (now) show(now);
    else if (navigator.onLine) adviseBrowser(place);
    if (place.dataset.offline === "ready") return;
  }
}
