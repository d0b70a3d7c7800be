/* On Today: keeps the pack by itself, and says since when this phone is ready without a line, how large that is, what is missing. */
import { _, ready } from "../i18n.js";
import { listDrafts } from "../offline/drafts.js";
import { forgetStatic, recordOf, renew, standing } from "../offline/pack.js";
import { canKeep, isNewest, letIn, register } from "../offline/worker.js";
import { phone } from "../phone.js";

// What is on the screen comes first.
const AFTER_MS = 1500;
// A visit lasts a day at most: an older draft was left, and must not keep the old version for ever.
const LEFT_MS = 2 * 86400000;
const NAMED = 3;
const MB = 1024 * 1024;

const clock = (at) => {
  const day = (moment, style) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "Asia/Shanghai", hourCycle: "h23", ...style }).format(moment);
  const hour = { hour: "2-digit", minute: "2-digit" };
  const date = { month: "short", day: "numeric" };
  const then = new Date(at);
  return day(then, day(then, date) === day(new Date(), date) ? hour : { ...date, ...hour });
};

async function atRest() {
  const [waiting, drafts] = await Promise.all([phone.outbox.count(), listDrafts(phone.user)]);
  return waiting === 0 && !drafts.some((draft) => Date.now() - draft.savedAt < LEFT_MS);
}

function words({ at, pages, bytes, missing }, busy) {
  const size = (bytes / MB).toFixed(1);
  if (busy) return _("Being made ready for work without a network: %(pages)s pages · %(size)s MB", { pages, size });
  if (!missing.length) return _("Ready offline, %(time)s · %(pages)s pages · %(size)s MB", { time: clock(at), pages, size });
  const names = missing.slice(0, NAMED).join(", ") + (missing.length > NAMED ? "…" : "");
  return _("Not all is ready offline (%(time)s). Missing: %(names)s. It is fetched when there is a network.", { time: clock(at), names });
}

function shower(element) {
  const line = document.createElement("p");
  line.className = "small quiet";
  element.setAttribute("role", "status");
  element.replaceChildren(line);
  return (now, busy = false) => {
    element.dataset.offline = busy ? "busy" : now.missing.length ? "missing" : "ready";
    line.textContent = words(now, busy);
    element.hidden = false;
  };
}

function adviseBrowser(element) {
  const link = document.createElement("a");
  link.href = "/help/phone";
  link.textContent = _("This browser opens no page without a network. See how to put the app on this phone.");
  const line = document.createElement("p");
  line.className = "small";
  line.append(link);
  element.replaceChildren(line);
  element.dataset.offline = "never";
  element.hidden = false;
}

/** Mark the tasks that are done or begun on this phone: a kept page cannot know. */
async function markTasks() {
  const [waiting, drafts] = await Promise.all([phone.outbox.list(), listDrafts(phone.user)]);
  for (const link of document.querySelectorAll("a.btn[href*='/checks/new?task=']")) {
    const key = `task:${new URL(link.href).searchParams.get("task")}`;
    const filed = waiting.some((entry) => entry.draft === key);
    const text = filed ? _("Filed, not sent yet") : drafts.some((draft) => draft.key === key) ? _("Begun") : "";
    const row = link.closest(".task");
    row.querySelector("[data-here]")?.remove();
    if (!text) continue;
    const badge = document.createElement("b");
    badge.className = `badge ${filed ? "due" : "wait"}`;
    badge.dataset.here = "";
    badge.textContent = text;
    row.querySelector(".task-name .line")?.append(badge);
  }
}

async function keepPack(show) {
  const registration = await register();
  const look = () => letIn(registration, atRest);
  await look();
  phone.watch(look);
  const renewed = () => renew(phone.user, (now) => show(now, true));
  const listed = navigator.locks
    ? await navigator.locks.request("xuncha-pack", { ifAvailable: true }, (lock) => (lock ? renewed() : null))
    : await renewed();
  if (listed && isNewest(registration)) await forgetStatic(listed.static);
}

/** How the kept pack stands; the program files belong to it. */
async function standingNow() {
  const record = await recordOf(phone.user);
  if (!record) return null;
  const now = standing(record);
  if (!(await caches.has(`static-${record.static}`))) now.missing.unshift(_("program files"));
  return now;
}

export async function start(element) {
  if (phone.user === null) return;
  await ready;
  phone.watch(markTasks);
  if (!canKeep()) {
    adviseBrowser(element);
    return;
  }
  const show = shower(element);
  const first = await standingNow();
  if (first) show(first);
  await new Promise((resolve) => setTimeout(resolve, AFTER_MS));
  // No line, or no room: the state says what is missing. A browser that refuses the worker keeps nothing at all.
  await keepPack(show).catch(() => {});
  const now = await standingNow();
  if (now) show(now);
  else if (navigator.onLine) adviseBrowser(element);
}
