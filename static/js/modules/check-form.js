/* The check page on a phone: every answer is in the draft as it is given; submitting puts the filing into the outbox. */
import { copyEmptyFinding, startFindings } from "../check/findings.js";
import { decide, goToNext, restComply, showOnSpot, showOpened, showProgress, usePhrase } from "../check/items.js";
import { keepDraft } from "../check/autosave.js";
import { sameChanged, showSame } from "../check/same-hazard.js";
import { startUnlistedEntries } from "../check/unlisted-entries.js";
import { missing, showMissing } from "../check/validation-summary.js";
import { collect, fieldOf, findingNames, keptPhotos, renamed } from "../check/page.js";
import { photoReferences, startPhotos } from "../check/photos.js";
import { endOf, inZone, toSecond } from "../check/times.js";
import { hideStorageAlert, showStorageAlert } from "../check/storage-alert.js";
import { filedMark, findDraft } from "../check/draft-key.js";
import { _, ready } from "../i18n.js";
import { store } from "../offline/db.js";
import { uuid } from "../offline/digest.js";
import { payload } from "../offline/fields.js";
import { phone } from "../phone.js";
import { unsentPart } from "../unsent-part.js";
import { noteVisit } from "../visit-burden.js";

export async function start(form) {
  copyEmptyFinding(form);
  await ready;
  if (phone.user === null) return;
  const visit = await openVisit(form);
  // From here on things are scrolled to: all items have their true size (static/css/check.css).
  form.dataset.opened = "";
  if (!visit) return;
  const { draft, names } = visit;
  visit.findings = startFindings(form, names, (block) => visit.photos?.add(block));
  visit.left = await startUnlistedEntries(form, draft, names, visit.findings);
  visit.keep = keepDraft(form, draft, names, { ...visit, along: () => ({ _lived: visit.lived(), _taps: visit.taps, _items: visit.left.items }) });
  countTaps(form, visit);
  await restoreDraft(form, visit);
  visit.photos = await startPhotos(form, draft, names, visit);
  wireItems(form, visit);
  wireTabs(form, visit);
  wireSubmit(form, visit);
  getReady(form);
  showProgress(form);
  form.dataset.ready = "";
}

/** The visit of this page: its draft, the names of its findings, how long it was seen to live, its own present moment; none where it is filed already, or
 * where this phone keeps nothing: then the form posts as it is. */
async function openVisit(form) {
  const url = location.pathname + location.search;
  const meta = { site: form.elements.site_id.value, siteName: form.dataset.site, url };
  const opened = performance.now();
  const stop = store.whenBlocked(showStorageAlert);
  try {
    const { draft, filed } = await findDraft(phone.outbox, form.dataset.draft, meta, location.hash, document.body.dataset.kept);
    hideStorageAlert();
    if (filed) await showState(form, filed);
    if (!draft) return null;
    const { _lived: before = 0, _taps: taps = 0 } = await draft.get();
    const lived = () => Math.round(before + performance.now() - opened);
    return {
      draft, names: findingNames(form),
      lived, taps,
      now: () => (isOurStart(form, draft) ? endOf(Date.parse(draft.startedAt), Date.now(), lived()) : Date.now()),
      filed: once(() => showDone(form, draft)),
    };
  } catch (error) {
    showStorageAlert(error);
    return null;
  } finally {
    stop();
  }
}

/** Count what the visit costs, for the office's page of it: when it is filed, or when the page is left before. */
function countTaps(form, visit) {
  const from = visit.taps;
  let filed = false;
  visit.count = (left) => {
    if (!filed && (!left || visit.taps > from)) noteVisit(visit.draft.uuid, visit.lived(), visit.taps, left);
    filed ||= !left;
  };
  // A tap on a label clicks its field too; a finger is lifted once.
  form.addEventListener("pointerup", () => { visit.taps += 1; });
  addEventListener("pagehide", () => visit.count(true));
}

function once(act) {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

/** The address of this page for one more visit; none where the page belongs to a task or a correction. */
const againAt = (form) => (form.dataset.draft.startsWith("site:") ? location.pathname + location.search : "");

function showDone(form, draft) {
  // Loaded again, the page shows this visit; opened from a list, it begins the next.
  history.replaceState(null, "", filedMark(draft.uuid));
  hideStorageAlert();
  showState(form, draft.uuid);
}

/** The state of a filing in the page's place; where its code cannot be had, Today shows what waits. */
async function showState(form, uuid) {
  try {
    (await unsentPart()).showFiled(form, uuid, againAt(form));
  } catch {
    location.assign("/today");
  }
}

/** Get what is shown after submitting while there may be a signal: the page opens sooner without it. */
function getReady(form) {
  form.addEventListener("input", () => unsentPart().catch(() => {}), { once: true });
}

async function restoreDraft(form, { draft, keep }) {
  const saved = await draft.get();
  await keep.takeOver();
  if (!draft.fresh) {
    const notice = document.querySelector("[data-draft-notice]");
    notice.textContent = _("Everything you entered before is here again.");
    notice.className = "banner info";
    notice.hidden = false;
  }
  // A kept page knows the hour at which it was made, not the hour of this visit.
  if (!saved.started_at && !fieldOf(form, "replaces")) form.elements.started_at.value = inZone(Date.parse(draft.startedAt));
  for (const block of form.querySelectorAll("[data-finding]")) showBlock(block);
  const code = saved["_at"];
  if (code) form.querySelector(`[data-item="${code}"]`)?.scrollIntoView({ block: "center" });
}

function showBlock(block) {
  showOnSpot(block);
  showSame(block);
}

/** Whether the phone, not a person, says when the visit began. */
const isOurStart = (form, draft) => form.elements.started_at.value === inZone(Date.parse(draft.startedAt));

function wireItems(form, visit) {
  const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));
  form.addEventListener("change", ({ target }) => {
    if (target.dataset.decimals) decide(target, changed);
    showProgress(form);
    if (target.matches(".choice-row > .bad")) {
      visit.findings.open(target.closest("[data-item]"));
      showOpened(target.closest(".item"));
    }
    if (target.name?.endsWith(".days")) showOnSpot(target.closest("[data-finding]"));
    if (sameChanged(target)) showSame(target.closest("[data-finding]"));
  });
  form.addEventListener("click", ({ target }) => {
    const phrase = target.closest("[data-text]");
    if (phrase) usePhrase(phrase, changed);
    if (target.closest("[data-next]")) goToNext(form);
    const rest = target.closest("[data-rest-comply]");
    if (rest) answerRest(form, visit, rest.closest("[data-section]"));
  });
}

/** Mark the rest of a section as complying, with a bar to take it back: no "are you sure". */
function answerRest(form, { keep }, section) {
  const fields = restComply(section);
  keep.keep(fields);
  showProgress(form);
  const bar = document.createElement("div");
  bar.className = "undo";
  bar.innerHTML = '<p role="status"></p><button type="button" class="btn"></button>';
  bar.querySelector("p").textContent = _("%(count)s items marked as complying.", { count: fields.length });
  bar.querySelector("button").textContent = _("Undo");
  bar.querySelector("button").addEventListener("click", () => {
    for (const field of fields) field.checked = false;
    keep.keep(fields);
    showProgress(form);
    bar.remove();
  });
  document.querySelector(".undo")?.remove();
  section.append(bar);
  setTimeout(() => bar.remove(), 15000);
}

/** Several tabs may be on one draft: each shows what the others enter, and all end when one of them submits. */
function wireTabs(form, visit) {
  const { draft, findings, keep, photos } = visit;
  visit.takeOver = async () => {
    await findings.openSaved(draft);
    await keep.takeOver();
    for (const block of form.querySelectorAll("[data-finding]")) showBlock(block);
    showProgress(form);
    await photos.refresh();
  };
  const look = () => visit.takeOver().catch(() => {});
  draft.watch(look);
  // Where browsers have no channel between tabs.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  phone.watch(async () => { if (await phone.outbox.knows(draft.uuid)) visit.filed(); });
}

function wireSubmit(form, visit) {
  let busy = false;
  const button = form.querySelector("[data-submit]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    button.setAttribute("aria-busy", "true");
    try {
      const problems = await submit(form, visit);
      showMissing(form, problems);
    } catch (error) {
      if (["filed", "waits"].includes(error.code)) visit.filed();
      else showStorageAlert(error);
    } finally {
      busy = false;
      button.removeAttribute("aria-busy");
    }
  });
}

/** Put the filing into the outbox; what stands in the way instead, if anything does. */
async function submit(form, visit) {
  const { draft, keep, photos } = visit;
  if (!(await photos.settled())) return [[form.querySelector("[data-photo-problem]:not([hidden])") ?? form, _("A photo was not kept. Look at it before you submit.")]];
  // A failed save says so itself.
  if (!(await keep.flush())) return [];
  await visit.takeOver();
  const keys = await findingKeys(form, visit);
  const filing = await filingOf(form, visit, keys);
  const problems = [...missing(form, filing, keys, visit.now()), ...(await photos.problems())];
  if (problems.length) return problems;
  await phone.outbox.put({ uuid: draft.uuid, filing, label: labelOf(form, draft), draft: draft.key });
  visit.count(false);
  phone.poke();
  visit.filed();
  return [];
}

/** The UUIDs of the findings, by their key on the page or their name in the draft, the same at every try; one that was filed before
 * keeps its own. */
async function findingKeys(form, { draft, names, left }) {
  const kept = (await draft.get())["_uuids"] ?? {};
  const own = new Map([...form.querySelectorAll("[data-finding][data-known]")].map((block) => [names.get(block.dataset.finding), block.dataset.finding]));
  const known = {};
  for (const name of [...names.values(), ...(await left.owners())]) known[name] = own.get(name) ?? kept[name] ?? uuid();
  await draft.set("_uuids", { ...kept, ...known });
  return new Map([...names].map(([key, name]) => [key, known[name]]));
}

/** What each item measures, by its id, as the provisional record names it. */
const readingsOf = (form) => Object.fromEntries([...form.querySelectorAll("[data-decimals]")].map((field) => [field.closest("[data-item]").dataset.item, field.labels[0].textContent]));

/** What lists and the provisional papers show of a filing beside its content. */
function labelOf(form, draft) {
  const hazards = {};
  for (const item of form.querySelectorAll("[data-recheck]")) hazards[item.dataset.recheck] = item.querySelector("legend")?.textContent.trim() ?? "";
  return {
    title: form.dataset.site, detail: form.elements.kind.selectedOptions[0].textContent,
    url: location.pathname + location.search + filedMark(draft.uuid), hazards, readings: readingsOf(form),
  };
}

async function filingOf(form, { draft, left, now }, keys) {
  const saved = await draft.get();
  const byName = new Map(Object.entries(saved["_uuids"]));
  const entries = collect(form, keys).filter(([name, value]) => name !== "finished_at" || value);
  if (!form.elements.finished_at.value) entries.push(["finished_at", toSecond(now())]);
  for (const [name, value] of Object.entries(saved)) if (name.endsWith(".signed_at")) entries.push([name, value]);
  for (const [name, value] of await left.entries()) entries.push([renamed(name, byName), value]);
  const photos = keptPhotos(form, keys);
  for (const [slot, references] of Object.entries(await photoReferences(draft, byName))) photos[slot] = [...(photos[slot] ?? []), ...references];
  return { ...payload(entries, photos), uuid: draft.uuid };
}
