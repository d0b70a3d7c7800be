/* Keeps the text, photos and marks of a form on the phone until it is sent, and puts them back after a reload. Without storage
   it does nothing. */
import { _, ready } from "../i18n.js";
import { sha256 } from "../offline/digest.js";
import { draftOf } from "../unsent-by-link.js";

const SLOT = "photos";
// A password is never kept, nor a tick among several of one name.
const isTick = (field) => field.type === "checkbox" && field.form.querySelectorAll(`[name="${CSS.escape(field.name)}"]`).length === 1;
const typed = (form) => [...form.elements].filter((field) => field.name && (field.matches("textarea, select, [name=marks]") || /^(text|date|number|tel)$/.test(field.type) || isTick(field)));
const valueOf = (field) => (isTick(field) ? String(field.checked) : field.value);
// Filled before this code ran, by a quick person or by the browser: newer than what is kept.
const isFilled = (field) => {
  if (isTick(field)) return field.checked !== field.defaultChecked;
  if (field.options) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));
  return field.value !== field.defaultValue;
};
const albumOf = (form) => form.querySelector("input[type=file][multiple]");

async function restoreText(form, draft) {
  const kept = await draft.get();
  let changed = false;
  for (const field of typed(form)) {
    if (isFilled(field) || !(field.name in kept) || kept[field.name] === valueOf(field)) continue;
    if (isTick(field)) field.checked = kept[field.name] === "true";
    else field.value = kept[field.name];
    changed = true;
  }
  return changed;
}

async function restorePhotos(form, draft) {
  const album = albumOf(form);
  if (!album || !globalThis.DataTransfer) return false;
  const files = new DataTransfer();
  for (const photo of await draft.photos()) {
    const bytes = await draft.bytesOf(photo);
    if (bytes) files.items.add(new File([bytes], photo.name, { type: photo.type }));
  }
  if (!files.files.length) return false;
  // What a quick person has chosen by now stays.
  const isKept = ({ name, size }) => [...files.files].some((one) => one.name === name && one.size === size);
  for (const file of [...album.files].filter((one) => !isKept(one))) files.items.add(file);
  album.files = files.files;
  // The photo field takes them as chosen now; where it has not started yet it finds them.
  album.dispatchEvent(new Event("change"));
  return true;
}

/** Make the kept photos those that are chosen; what an answer of the server holds already is left alone. */
async function keepPhotos(draft, files, fresh) {
  const before = await draft.photos();
  const chosen = new Map();
  for (const file of files) {
    const bytes = await file.arrayBuffer();
    if (bytes.byteLength) chosen.set(await sha256(bytes), { file, bytes });
  }
  const added = [...chosen].filter(([hash]) => !before.some((photo) => photo.sha256 === hash));
  const removed = fresh ? before.filter((photo) => !chosen.has(photo.sha256)).map(({ id }) => id) : [];
  for (const [index, [hash, { file, bytes }]] of added.entries()) {
    // One step with the last: a page that ends between a photo and its smaller copy must neither lose it nor keep it twice.
    await draft.addPhoto(SLOT, { bytes, sha256: hash, type: file.type, name: file.name }, index === added.length - 1 ? removed : []);
  }
  if (!added.length) for (const id of removed) await draft.removePhoto(id);
}

function say(form) {
  const line = document.createElement("p");
  line.className = "hint";
  line.setAttribute("role", "status");
  line.textContent = _("What you had not sent is here again.");
  form.prepend(line);
}

/* Without a network the browser's own error page would take the place of this one. Asked when other listeners have had their turn. */
function stayWithoutNetwork(form) {
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  document.addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    line.remove();
    if (navigator.onLine) return;
    event.preventDefault();
    line.textContent = _("There is no network now. What you wrote stays on this page: send it again when there is one.");
    (form.querySelector(".action-bar") ?? form).before(line);
    line.scrollIntoView({ block: "center" });
  });
}

/* Queues of work on the draft: each in its own order, so that text never waits for photos. `data-saved` of the form tells whether
   all that was entered is on the disk; it stays "no" where the browser cannot keep it. */
function queuesOf(form) {
  let unsaved = 0;
  return (last) => (work) => {
    unsaved += 1;
    form.dataset.saved = "no";
    last = last.then(work).then(() => { unsaved -= 1; }, () => {}).then(() => { if (!unsaved) form.dataset.saved = "yes"; });
  };
}

async function restored(form, draft) {
  const text = await restoreText(form, draft);
  const photos = await restorePhotos(form, draft);
  if (text || photos) say(form);
}

/** What the person and the browser enter is noted from the first moment; it is written when the draft is open and shown. */
export function start(form) {
  stayWithoutNetwork(form);
  const fresh = form.dataset.fresh === "yes";
  const draft = ready.then(() => draftOf(form.dataset.user, form.dataset.key));
  const queue = queuesOf(form);
  const shown = draft.then((opened) => (fresh ? restored(form, opened) : null)).catch(() => {});
  const [textWork, photoWork] = [queue(shown), queue(shown)];
  const keepText = (field) => textWork(async () => (await draft).set(field.name, valueOf(field)));
  const keepFiles = (files) => photoWork(async () => keepPhotos(await draft, files, fresh));
  if (fresh) typed(form).filter(isFilled).forEach(keepText);
  form.addEventListener("input", ({ target }) => { if (typed(form).includes(target)) keepText(target); });
  form.addEventListener("photos-chosen", ({ detail }) => keepFiles(detail));
  // Chosen by a person quicker than this code.
  const there = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  if (there.length) keepFiles(there);
  textWork(() => draft);
}
