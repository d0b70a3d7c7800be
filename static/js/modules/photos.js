/* A plain photo field: collects and shows what was chosen or dropped, and makes it small before the form is sent. */
import { _, ready } from "../i18n.js";
import { sha256 } from "../offline/digest.js";
import { acceptDrops } from "../photo-drop.js";
import { shrink } from "./photo-shrink.js";

async function small(file) {
  try {
    const picture = await shrink(file);
    if (picture.size >= file.size) return file;
    return new File([picture.bytes], file.name.replace(/\.\w+$/, "") + ".jpg", { type: picture.type });
  } catch {
    return file; // the server says what is wrong with it
  }
}

function line(one, remove, mark) {
  const made = document.createElement("li");
  const image = document.createElement("img");
  image.src = URL.createObjectURL(one.file);
  for (const end of ["load", "error"]) image.addEventListener(end, () => URL.revokeObjectURL(image.src), { once: true });
  image.alt = _("Photo taken");
  image.width = 160;
  image.height = 120;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn bare";
  button.textContent = _("Remove");
  button.addEventListener("click", remove);
  made.append(image, button);
  if (mark) {
    const pen = document.createElement("button");
    pen.type = "button";
    pen.className = "btn bare";
    pen.textContent = _("Mark it");
    pen.addEventListener("click", async () => { await mark(); pen.focus(); });
    made.append(pen);
    made.pen = pen;
  }
  image.addEventListener("error", () => {
    // Such as a HEIC that only iPhones show: the server reads it.
    const name = document.createElement("span");
    name.className = "small";
    name.textContent = _("%(name)s: this browser cannot show it; it is sent as it is.", { name: one.file.name });
    image.replaceWith(name);
    if (made.pen) made.pen.hidden = true;
  }, { once: true });
  return made;
}

export async function start(field) {
  await ready;
  if (!globalThis.DataTransfer) return;
  const inputs = [...field.querySelectorAll("input[type=file]")];
  const album = inputs.find((input) => input.multiple);
  const list = field.querySelector("[data-chosen]");
  const marks = field.querySelector("input[name=marks]");
  let kept = [];

  const hashOf = async (file) => sha256(await file.arrayBuffer());
  const allMarks = () => JSON.parse(marks?.value || "{}");

  function keepMarks(all) {
    marks.value = JSON.stringify(all);
    marks.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Draw over a photo; what is drawn travels beside the photos, by the hash of the one it belongs to. */
  async function mark(one) {
    const { markInDialog } = await import("../marking.js");
    const shapes = await markInDialog(one.file, allMarks()[await hashOf(one.file)] ?? []);
    if (shapes) keepMarks({ ...allMarks(), [await hashOf(one.file)]: shapes });
    await sayMarks(one);
  }

  /** Say beside a photo how many marks lie over it. */
  async function sayMarks(one) {
    const count = allMarks()[await hashOf(one.file)]?.length;
    one.line.pen.textContent = _("Mark it") + (count ? ` (${count})` : "");
  }

  /** Make a photo small, and let what is drawn over it follow. */
  async function makeSmall(one) {
    const large = one.file;
    one.file = await small(large);
    if (one.file === large || !Object.keys(allMarks()).length) return;
    const { [await hashOf(large)]: shapes, ...others } = allMarks();
    if (shapes) keepMarks({ ...others, [await hashOf(one.file)]: shapes });
  }

  /** All photos travel in the field that takes several; the other is free for the next one. */
  function put() {
    const files = new DataTransfer();
    for (const { file } of kept) files.items.add(file);
    for (const input of inputs) if (input !== album) input.value = "";
    album.files = files.files;
    field.dispatchEvent(new CustomEvent("photos-chosen", { bubbles: true, detail: [...files.files] }));
  }

  function remove(one) {
    kept = kept.filter((other) => other !== one);
    one.line.remove();
    list.hidden = kept.length === 0;
    put();
  }

  /** Add photos to those chosen before, then shrink one after the other. */
  async function take(files) {
    const added = files.map((file) => ({ file }));
    kept.push(...added);
    put();
    for (const one of added) {
      one.line = line(one, () => remove(one), marks && (() => mark(one)));
      list.append(one.line);
      list.hidden = false;
      await makeSmall(one);
      if (marks?.value) await sayMarks(one);
      if (kept.includes(one)) put();
    }
  }

  for (const input of inputs) input.addEventListener("change", () => take([...input.files]));
  acceptDrops(field, take);
  // Put there before this started: by a person quicker than this code, by the browser after a reload, or by what keeps unsent photos.
  const there = inputs.flatMap((input) => [...input.files]);
  if (there.length) take(there);
}
