/* The queue of rectifications to verify: one after another, each decided with a tap and put into the outbox, with a few
   seconds to take it back. Without this code, or where the phone keeps nothing, every form posts. */
import { banner } from "../alert.js";
import { _, readyLater } from "../i18n.js";
import { uuid } from "../offline/digest.js";
import { openDraft } from "../offline/drafts.js";
import { TO } from "../offline/filing.js";
import { phone } from "../phone.js";

const HOLD_MS = 8000;
// A second tap of the same finger is not meant for the hazard that has just come up.
const DOUBLE_TAP_MS = 500;
const DECISIONS = { photo: "photo", on_site: "on_site", send_back: "send_back" };
const TYPED = ["reason", "note", "due_on"];

const cardsOf = (queue) => [...queue.querySelectorAll("[data-hazard]")];
const draftKey = (card) => `verification:${card.dataset.hazard}`;

/** Hazards, as this page shows them, that were decided on this phone: their decisions wait, or have arrived since the page was made. */
async function decided() {
  const [entries, receipts] = await Promise.all([phone.outbox.list(), phone.outbox.receipts()]);
  const waiting = entries.filter((entry) => entry.to === TO.VERIFICATIONS && entry.state !== "refused");
  return new Set([...waiting, ...receipts].filter((one) => one.label?.hazard).map(({ label }) => `${label.hazard} ${label.version}`));
}

const markOf = ({ dataset }) => `${dataset.hazard} ${dataset.version}`;

/** The words of a decision to send back: the ready reason, then the person's own. */
function noteOf(form) {
  const ready = form.querySelector("[name=reason]:checked");
  return [ready && form.querySelector(`label:has([id="${ready.id}"]), label[for="${ready.id}"]`)?.textContent.trim(), form.elements.note.value.trim()]
    .filter(Boolean).join(" ");
}

/** What is missing before a hazard can be sent back: [field, words] or null. */
function missing(form, decision, today) {
  if (decision !== DECISIONS.send_back) return null;
  if (!noteOf(form)) return [form.elements.note, _("Say what is still wrong.")];
  if (!form.elements.due_on.value) return [form.elements.due_on, _("Give a new due date.")];
  if (form.elements.due_on.value < today) return [form.elements.due_on, _("The new due date must not be in the past.")];
  return null;
}

function showProblem([field, words]) {
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  line.textContent = words;
  const box = field.closest(".field");
  box.querySelector(".error")?.remove();
  box.insertBefore(line, box.querySelector(".in"));
  field.focus();
}

const bodyOf = (card, decision, form, now) => ({
  format: 1, uuid: uuid(), hazard_uuid: card.dataset.hazard, version: Number(card.dataset.version), decision,
  ...(decision === DECISIONS.send_back ? { note: noteOf(form), due_on: form.elements.due_on.value } : {}),
  decided_at: new Date(now).toISOString(),
});

/** Put a decision into the outbox; its UUID. */
async function put(card, decision, words, form) {
  const verification = bodyOf(card, decision, form, Date.now());
  const { hazard, version, number, site } = card.dataset;
  const label = { title: site, detail: `${words} · ${number}`, url: card.querySelector(".section-head a").getAttribute("href"), hazard, version };
  await phone.outbox.put({ uuid: verification.uuid, filing: verification, label, draft: draftKey(card), to: TO.VERIFICATIONS, holdMs: HOLD_MS });
  return verification.uuid;
}

/** What is typed stays on the phone until the decision has arrived. */
async function keepTyped(card) {
  const form = card.querySelector("form");
  const draft = await openDraft(phone.user, draftKey(card), { meta: { url: location.pathname, siteName: card.dataset.site } });
  const saved = await draft.get();
  for (const name of TYPED) {
    if (saved[name] === undefined) continue;
    form.elements[name].value = saved[name];
    card.querySelector("[data-back]").open = true;
  }
  form.addEventListener("change", ({ target }) => {
    if (TYPED.includes(target.name)) draft.set(target.name, target.value).catch(() => {});
  });
}

export async function start(queue) {
  await readyLater();
  if (phone.user === null) return;
  const all = cardsOf(queue);
  const none = queue.querySelector("[data-none]");
  const done = new Set();
  let withoutPhone = false;
  let busy = false;
  let shownAt = -Infinity;

  function show(focus = true) {
    const open = all.filter((card) => !done.has(card));
    for (const card of all) card.hidden = card !== open[0];
    for (const visit of queue.querySelectorAll("[data-visit]")) showVisit(visit, open);
    open[0]?.querySelector("[data-place-in-queue]").replaceChildren(open.length > 1 ? _("%(count)s more to verify", { count: open.length - 1 }) : _("The last one"));
    none.hidden = open.length > 0;
    if (focus) (open[0]?.querySelector("h2") ?? none).scrollIntoView({ block: "center" });
    if (focus) open[0]?.querySelector("h2").focus({ preventScroll: true });
    if (focus) shownAt = performance.now();
  }

  /** Several of one enterprise are offered while the shown one is of it. */
  function showVisit(visit, open) {
    const left = [...visit.querySelectorAll("[name=hazard]")].filter((box) => {
      const there = open.some((card) => card.dataset.hazard === box.value);
      box.closest("label").hidden = !there;
      if (!there) box.checked = false;
      return there;
    });
    visit.hidden = left.length < 2 || !left.some((box) => box.value === open[0].dataset.hazard);
  }

  function offerUndo(cards, uuids, words) {
    const bar = queue.querySelector("[data-words]").content.firstElementChild.cloneNode(true);
    bar.querySelector("p").textContent = words;
    bar.querySelector("button").addEventListener("click", async () => {
      bar.remove();
      const back = await Promise.all(uuids.map((one) => phone.outbox.undo(one)));
      cards.filter((_card, i) => back[i]).forEach((card) => done.delete(card));
      show();
    });
    queue.querySelector(".undo")?.remove();
    queue.append(bar);
    setTimeout(() => bar.remove(), HOLD_MS);
  }

  /** Decide on cards in one go; the form posts itself where the phone cannot keep it. */
  async function decide(cards, decision, words, form) {
    const uuids = [];
    for (const card of cards) {
      uuids.push(await put(card, decision, words, form));
      done.add(card);
    }
    phone.poke();
    show();
    offerUndo(cards, uuids, cards.length === 1 ? `${cards[0].dataset.number}: ${words}` : _("%(count)s hazards: %(words)s", { count: cards.length, words }));
  }

  queue.addEventListener("submit", async (event) => {
    const form = event.target;
    const card = form.closest("[data-hazard]");
    const decision = card ? DECISIONS[event.submitter?.value] : DECISIONS.on_site;
    if (!decision || withoutPhone) return undefined;
    event.preventDefault();
    if (busy || performance.now() - shownAt < DOUBLE_TAP_MS) return undefined;
    const problem = card && missing(form, decision, new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10));
    if (problem) return showProblem(problem);
    const chosen = card ? [card] : all.filter(({ dataset }) => form.querySelector(`[value="${dataset.hazard}"]`)?.checked);
    busy = true;
    try {
      if (chosen.length) await decide(chosen, decision, event.submitter.textContent.trim(), form);
    } catch {
      // The server takes it as it is: the browser posts the form.
      withoutPhone = true;
      show(false);
      event.submitter.click();
    } finally {
      busy = false;
    }
    return undefined;
  });

  try {
    const known = await decided();
    for (const card of all) if (known.has(markOf(card))) done.add(card);
    await Promise.all(all.map(keepTyped));
  } catch {
    queue.prepend(banner("warning", _("This browser keeps nothing on the phone: each decision goes to the server at once.")));
    withoutPhone = true;
  }
  show(false);
  queue.dataset.ready = "";
}
