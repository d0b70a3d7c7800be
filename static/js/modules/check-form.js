/* The check page on a phone: every answer is in the draft as it is given; submitting puts the filing into the outbox. */
import { collect, fieldOf, findingNames, isDraftField, keptPhotos, renamed, restore, reversed, valueOf } from "../check/page.js";
import { goToNext, restComply, showOnSpot, showProgress, usePhrase } from "../check/items.js";
import { photoReferences, startPhotos } from "../check/photos.js";
import { _, ready } from "../i18n.js";
import { uuid } from "../offline/digest.js";
import { payload } from "../offline/fields.js";
import { phone } from "../phone.js";
import { showFiled } from "../check/filed.js";
import { filedMark, whichDraft } from "../check/which.js";

const TYPING_PAUSE_MS = 150;

export async function start(form) {
  await ready;
  if (phone.user === null) return;
  const url = location.pathname + location.search;
  const meta = { site: form.elements.site_id.value, siteName: form.dataset.site, url };
  // Without storage on this phone the form posts as it is.
  const { draft, filed } = await whichDraft(phone.user, form.dataset.draft, meta, location.hash).catch(() => ({}));
  if (filed) showFiled(form, filed, againAt(form));
  if (!draft) return;
  const names = findingNames(form);
  await restoreDraft(form, draft, names);
  keepDraft(form, draft, names);
  await startPhotos(form, draft, names);
  wireItems(form, draft, names);
  wireSubmit(form, draft, names);
  showProgress(form);
  form.dataset.ready = "";
}

/** The address of this page for one more visit; none where the page belongs to a task or a correction. */
const againAt = (form) => (form.dataset.draft.startsWith("site:") ? location.pathname + location.search : "");

async function restoreDraft(form, draft, names) {
  const saved = await draft.get();
  if (!draft.fresh) {
    restore(form, saved, reversed(names));
    const notice = document.querySelector("[data-draft-notice]");
    notice.textContent = _("Everything you entered before is here again.");
    notice.className = "banner info";
    notice.hidden = false;
  } else if (!fieldOf(form, "replaces")) {
    // A cached page knows the hour at which it was made, not the hour of this visit.
    form.elements.started_at.value = inZone(draft.startedAt);
  }
  for (const block of form.querySelectorAll("[data-finding]")) showOnSpot(block);
  const code = saved["_at"];
  if (code) form.querySelector(`[data-item="${code}"]`)?.scrollIntoView({ block: "center" });
}

const inZone = (moment) => new Date(Date.parse(moment) + 8 * 3600000).toISOString().slice(0, 16);

function keepDraft(form, draft, names) {
  const waiting = new Map();
  const save = (field) => {
    clearTimeout(waiting.get(field.name));
    waiting.delete(field.name);
    const values = { [renamed(field.name, names)]: valueOf(field) };
    const item = field.closest("[data-item]");
    if (item) values["_at"] = item.dataset.item;
    if (field.name.endsWith(".strokes")) values[field.name.replace(".strokes", ".signed_at")] = new Date().toISOString();
    return draft.setMany(values);
  };
  form.addEventListener("input", ({ target }) => {
    if (!isDraftField(target)) return;
    clearTimeout(waiting.get(target.name));
    waiting.set(target.name, setTimeout(save, TYPING_PAUSE_MS, target));
  });
  form.addEventListener("change", ({ target }) => {
    if (isDraftField(target)) save(target);
  });
  const flush = () => {
    for (const name of [...waiting.keys()]) save(fieldOf(form, name));
  };
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", flush);
}

function wireItems(form, draft, names) {
  const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));
  form.addEventListener("change", ({ target }) => {
    showProgress(form);
    if (target.name?.endsWith(".days")) showOnSpot(target.closest("[data-finding]"));
  });
  for (const group of form.querySelectorAll("[data-phrases]")) group.hidden = false;
  form.addEventListener("click", ({ target }) => {
    const phrase = target.closest("[data-text]");
    if (phrase) usePhrase(phrase, changed);
    if (target.closest("[data-next]")) goToNext(form);
    const rest = target.closest("[data-rest-comply]");
    if (rest) answerRest(form, draft, names, rest.closest("[data-section]"));
  });
}

/** Mark the rest of a section as complying, with a bar to take it back: no "are you sure". */
function answerRest(form, draft, names, section) {
  const fields = restComply(section);
  draft.setMany(Object.fromEntries(fields.map((field) => [renamed(field.name, names), field.value])));
  showProgress(form);
  const bar = document.createElement("div");
  bar.className = "undo";
  bar.innerHTML = '<p role="status"></p><button type="button" class="btn"></button>';
  bar.querySelector("p").textContent = _("%(count)s items marked as complying.", { count: fields.length });
  bar.querySelector("button").textContent = _("Undo");
  bar.querySelector("button").addEventListener("click", () => {
    for (const field of fields) field.checked = false;
    draft.setMany(Object.fromEntries(fields.map((field) => [renamed(field.name, names), null])));
    showProgress(form);
    bar.remove();
  });
  document.querySelector(".undo")?.remove();
  section.append(bar);
  setTimeout(() => bar.remove(), 15000);
}

/** What is still missing, as [field name, words]; the server asks the same. */
function missing(form) {
  const problems = [];
  const first = form.querySelector("[data-section] input[type=radio]");
  const listed = first && !["idle_patrol", "recheck"].includes(form.elements.kind.value);
  if (listed && !form.querySelector("[data-section] input[type=radio]:checked")) {
    problems.push([first, _("No item is answered. Go through the list before you submit.")]);
  }
  for (const block of form.querySelectorAll("[data-item] [data-finding]")) {
    const item = block.closest("[data-item]");
    const description = block.querySelector("textarea[name$='.description']");
    if (item.querySelector("input[value=fail]:checked") && !description.value.trim()) {
      problems.push([description, _("%(code)s does not comply: say what is wrong.", { code: item.dataset.code })]);
    }
  }
  for (const block of form.querySelectorAll("[data-finding]")) {
    const open = !block.closest("[data-item]") || block.closest("[data-item]").querySelector("input[value=fail]:checked");
    const spot = block.querySelector("[data-on-spot]");
    const needed = open && block.querySelector("textarea[name$='.description']").value.trim() && !form.dataset.noPhone;
    if (needed && !spot.hidden && spot.querySelectorAll("[data-chosen] img, img.kept").length === 0) {
      problems.push([spot.querySelector("input"), _("Rectified on the spot: add a photo of how it looks now, or choose a due date.")]);
    }
  }
  const signed = (party) => {
    const value = (name) => fieldOf(form, `signatures.${party}.${name}`);
    return !["", "[]"].includes(value("strokes").value) || value("on_paper").checked || Boolean(value("refused_reason")?.value.trim());
  };
  const canvas = (party) => fieldOf(form, `signatures.${party}.strokes`).closest("fieldset");
  if (!signed("inspector")) problems.push([canvas("inspector"), _("The inspector has not signed. Sign with a finger.")]);
  if (!signed("site") && form.elements.kind.value !== "idle_patrol") {
    problems.push([canvas("site"), _("The person in charge on site has not signed. Let them sign, or note the refusal and its reason.")]);
  }
  return problems;
}

function showMissing(form, problems) {
  form.querySelector(".errors")?.remove();
  if (!problems.length) return;
  const box = document.createElement("div");
  box.className = "errors";
  box.tabIndex = -1;
  box.setAttribute("role", "alert");
  const list = document.createElement("ul");
  for (const [field, words] of problems) {
    const line = document.createElement("li");
    const link = document.createElement("button");
    link.type = "button";
    link.className = "btn bare";
    link.textContent = words;
    link.addEventListener("click", () => {
      field.scrollIntoView({ block: "center" });
      field.focus();
    });
    line.append(link);
    list.append(line);
  }
  box.append(list);
  form.querySelector(".action-bar").before(box);
  box.scrollIntoView({ block: "center" });
  box.focus({ preventScroll: true });
}

/** A UUID for every finding of the draft, the same at every try. */
async function findingKeys(draft, names) {
  const known = (await draft.get())["_uuids"] ?? {};
  for (const name of names.values()) known[name] ??= uuid();
  await draft.set("_uuids", known);
  return new Map([...names].map(([key, name]) => [key, known[name]]));
}

function wireSubmit(form, draft, names) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    const problems = missing(form);
    showMissing(form, problems);
    if (problems.length) return;
    busy = true;
    try {
      const filing = await filingOf(form, draft, names);
      await phone.outbox.put({ uuid: draft.uuid, filing, label: labelOf(form, draft), draft: draft.key });
      // Loaded again, the page shows this visit; opened from a list, it begins the next.
      history.replaceState(null, "", filedMark(draft.uuid));
      phone.poke();
      showFiled(form, draft.uuid, againAt(form));
    } catch (error) {
      showMissing(form, [[form, _("This could not be saved on the phone (%(reason)s). Nothing is lost; try again.", { reason: error.message })]]);
    } finally {
      busy = false;
    }
  });
}

/** What lists and the provisional papers show of a filing beside its content. */
function labelOf(form, draft) {
  const hazards = {};
  for (const item of form.querySelectorAll("[data-recheck]")) hazards[item.dataset.recheck] = item.querySelector("legend")?.textContent.trim() ?? "";
  return {
    title: form.dataset.site, detail: form.elements.kind.selectedOptions[0].textContent,
    url: location.pathname + location.search + filedMark(draft.uuid), hazards,
  };
}

async function filingOf(form, draft, names) {
  const saved = await draft.get();
  const keys = await findingKeys(draft, names);
  const byName = new Map([...names].map(([key, name]) => [name, keys.get(key)]));
  const entries = collect(form, keys).filter(([name]) => name !== "finished_at" || form.elements.finished_at.value);
  if (!form.elements.finished_at.value) entries.push(["finished_at", new Date().toISOString()]);
  for (const [name, value] of Object.entries(saved)) if (name.endsWith(".signed_at")) entries.push([name, value]);
  const photos = keptPhotos(form, keys);
  for (const [slot, references] of Object.entries(await photoReferences(draft, byName))) photos[slot] = [...(photos[slot] ?? []), ...references];
  return { ...payload(entries, photos), uuid: draft.uuid };
}
