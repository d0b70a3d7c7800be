/* A pulse of an idle site: three answers and a photo, kept on the phone and put into the outbox. Without this code, or where
   the phone keeps nothing, the form posts. */
import { filedMark, findDraft } from "../check/draft-key.js";
import { make } from "../elements.js";
import { _, readyLater } from "../i18n.js";
import { TO, goesByItself } from "../offline/filing.js";
import { phone } from "../phone.js";
import { moment } from "../moment.js";

const ANSWERS = ["locked", "power", "people"];
const here = () => location.pathname + location.search;
const answerOf = (form, name) => form.querySelector(`[name=${name}]:checked`)?.value ?? "";
const showsUse = (told) => told.power === "yes" || told.people === "yes";

function state(receipt, entry) {
  if (receipt) return [make("p", "banner success", _("Arrived at the office, %(time)s.", { time: moment(receipt.received_at) }))];
  if (!entry) return [make("p", "banner info", _("This pulse is no longer on this phone."))];
  const words = goesByItself(entry) ? _("Saved on this phone; it will be sent by itself.") : [_("The office did not accept it. It stays on this phone."), entry.words].join(" ");
  return [make("p", `banner ${goesByItself(entry) ? "info" : "warning"}`, words)];
}

/** How a pulse stands, in the form's place, and the check that signs of use ask for. */
function showTaken(form, uuid) {
  const box = document.querySelector("[data-taken]").content.firstElementChild.cloneNode(true);
  document.querySelector("[data-pulse-notice]").hidden = true;
  form.replaceWith(box);
  scrollTo(0, 0);
  phone.watch(async () => {
    const receipt = (await phone.outbox.receipts()).find((one) => one.uuid === uuid);
    const entry = receipt ? null : await phone.outbox.get(uuid);
    box.querySelector("[data-state]").replaceChildren(...state(receipt, entry));
    box.querySelector("[data-signs]").hidden = !(receipt ?? entry)?.label?.sign;
  });
}

/** What is missing: [field, words] or null. */
function missing(form, told) {
  const name = ANSWERS.find((one) => !told[one]);
  if (name) return [form.querySelector(`fieldset:has([name=${name}])`) ?? form.querySelector(`[name=${name}]`).closest(".field"), _("Choose one of the answers.")];
  if (!told.photos.length && !told.summary) return [form.querySelector("[data-photo-slot]"), _("Take one photo, or write why there is none.")];
  if (told.photos.length > Number(form.dataset.most)) return [form.querySelector("[data-photo-slot]"), _("At most %(most)s photos. Remove the others.", { most: form.dataset.most })];
  return null;
}

function showProblem(form, problem) {
  for (const old of form.querySelectorAll("[data-problem]")) old.remove();
  if (!problem) return;
  const [place, words] = problem;
  const line = make("p", "error", words);
  line.setAttribute("role", "alert");
  line.dataset.problem = "";
  (place.querySelector("legend") ?? place).after(line);
  place.scrollIntoView({ block: "center" });
  place.querySelector("input")?.focus({ preventScroll: true });
}

async function restore(form, draft) {
  const saved = await draft.get();
  for (const name of ANSWERS) {
    const box = form.querySelector(`[name=${name}][value="${saved[name]}"]`);
    if (box) box.checked = true;
  }
  if (saved.summary) form.elements.summary.value = saved.summary;
  if (draft.fresh) return;
  const notice = document.querySelector("[data-pulse-notice]");
  notice.className = "banner info";
  notice.textContent = _("Everything you entered before is here again.");
  notice.hidden = false;
}

async function toldOf(form, draft, photoReferences) {
  const slots = await photoReferences(draft, new Map());
  return {
    format: 1, uuid: draft.uuid, site_id: Number(form.dataset.siteId),
    ...Object.fromEntries(ANSWERS.map((name) => [name, answerOf(form, name)])),
    summary: form.elements.summary.value.trim(), photos: slots.photo ?? [], taken_at: new Date().toISOString(),
  };
}

export async function start(form) {
  await readyLater();
  if (phone.user === null) return;
  let found;
  let work;
  try {
    const meta = { site: form.dataset.siteId, siteName: form.dataset.site, url: here() };
    found = await findDraft(phone.outbox, form.dataset.draft, meta, location.hash, document.body.dataset.kept);
    work = await import("../work.js");
  } catch {
    return; // the form posts as it is
  }
  if (found.filed) {
    showTaken(form, found.filed);
    return;
  }
  const { draft } = found;
  const done = () => {
    history.replaceState(null, "", filedMark(draft.uuid));
    showTaken(form, draft.uuid);
  };
  await restore(form, draft);
  const photos = await work.startPhotos(form, draft, new Map(), { filed: done });
  form.addEventListener("change", ({ target }) => {
    if (ANSWERS.includes(target.name) || target.name === "summary") draft.set(target.name, target.value).catch(() => {});
  });

  /** Put the pulse into the outbox; what stands in the way instead, if anything does. */
  async function send() {
    if (!(await photos.settled())) return [form.querySelector("[data-photo-slot]"), _("A photo was not kept. Look at it before you submit.")];
    const told = await toldOf(form, draft, work.photoReferences);
    const [lost] = await photos.problems();
    const problem = missing(form, told) ?? lost;
    if (problem) return problem;
    const label = { title: form.dataset.site, detail: form.dataset.title, url: here() + filedMark(draft.uuid), sign: showsUse(told) };
    await phone.outbox.put({ uuid: draft.uuid, filing: told, label, draft: draft.key, to: TO.PULSES });
    phone.poke();
    done();
    return null;
  }

  let busy = false;
  let withoutPhone = false;
  form.addEventListener("submit", async (event) => {
    if (withoutPhone) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    try {
      showProblem(form, await send());
    } catch (error) {
      if (["filed", "waits"].includes(error.code)) done();
      // The server takes it as it is: the browser posts the form.
      else { withoutPhone = true; form.requestSubmit(); }
    } finally {
      busy = false;
    }
  });
  form.dataset.ready = "";
}
