/* Photos of the check page: shrunk, saved with the draft at once, shown, removed; and those that the phone lost. */
import { button } from "../elements.js";
import { _ } from "../i18n.js";
import { shrink } from "../modules/photo-shrink.js";
import { acceptDrops } from "../photo-drop.js";
import { LOW_MB, freeMb } from "../offline/storage-quota.js";
import { renamed } from "./page.js";

const POSITION = { enableHighAccuracy: true, maximumAge: 60000, timeout: 5000 };

function picture(bytes, type) {
  const image = document.createElement("img");
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  for (const end of ["load", "error"]) image.addEventListener(end, () => URL.revokeObjectURL(url));
  image.src = url;
  image.alt = _("Photo taken");
  image.width = 160;
  image.height = 120;
  return image;
}

function lostLine() {
  const words = document.createElement("p");
  words.className = "error";
  words.textContent = _("The phone lost this photo. Please take it again.");
  return words;
}

/** Where the photo was taken, if the phone knows within a few seconds; one point a photo, never a trail. */
function locate(draft, photo) {
  navigator.geolocation?.getCurrentPosition(
    ({ coords }) => draft.changePhoto(photo.id, { latitude: coords.latitude, longitude: coords.longitude, accuracy_m: coords.accuracy }).catch(() => {}),
    () => {},
    POSITION,
  );
}

function say(slot, text) {
  let line = slot.querySelector("[data-photo-problem]");
  if (!line) {
    line = document.createElement("p");
    line.className = "error";
    line.dataset.photoProblem = "";
    line.setAttribute("role", "alert");
    slot.append(line);
  }
  line.textContent = text;
  line.hidden = !text;
}

/** Tells whether there is room for photos, as far as the browser knew when it was last asked. */
function storageWatcher() {
  let free = null;
  const ask = async () => { free = await freeMb(); };
  ask();
  return { ask, low: () => (free !== null && free < LOW_MB ? free : null) };
}

/** The photo slots of the page at work: {add, refresh, settled, problems}. `filed` is called when the draft was filed meanwhile. */
export async function startPhotos(form, draft, names, { filed }) {
  const room = storageWatcher();
  const slots = new Map();
  const work = new Set();

  function drop(line) {
    const list = line.parentElement;
    line.remove();
    list.hidden = list.children.length === 0;
  }

  async function sendWithout(line, photo) {
    const note = _("A photo of this visit was lost on the phone before it could be sent.");
    const summary = form.elements.summary;
    if (!summary.value.includes(note)) summary.value = [summary.value, note].filter(Boolean).join("\n");
    summary.dispatchEvent(new Event("change", { bubbles: true }));
    await draft.removePhoto(photo.id);
    drop(line);
  }

  /** Draw over a photo: the marks stay with it in the draft, and go with the filing. */
  async function mark(photo, bytes) {
    const { markInDialog } = await import("../marking.js");
    const marks = await markInDialog(new Blob([bytes], { type: photo.type }), photo.marks ?? []);
    if (!marks) return;
    photo.marks = marks;
    await draft.changePhoto(photo.id, { marks });
  }

  function show(photo, bytes) {
    if (form.querySelector(`[data-photo="${photo.id}"]`)) return;
    const list = slots.get(photo.slot).querySelector("[data-chosen]");
    const line = document.createElement("li");
    line.dataset.photo = photo.id;
    if (bytes) {
      line.append(
        picture(bytes, photo.type),
        button(_("Remove"), async () => { await draft.removePhoto(photo.id); drop(line); }, "btn bare"),
        button(_("Mark it"), () => mark(photo, bytes), "btn bare"),
      );
    } else {
      line.dataset.lost = "";
      line.append(lostLine(), button(_("Send without it"), () => sendWithout(line, photo), "btn bare"));
    }
    list.append(line);
    list.hidden = false;
  }

  /** The slot's photos as the draft holds them: another tab may have added or removed some, the phone lost some. */
  async function refresh() {
    const kept = (await draft.photos()).filter((photo) => slots.has(photo.slot));
    const shown = new Map([...form.querySelectorAll("[data-photo]")].map((line) => [Number(line.dataset.photo), line]));
    for (const [id, line] of shown) {
      const photo = kept.find((one) => one.id === id);
      if (!photo || (photo.lost && !("lost" in line.dataset))) {
        drop(line);
        shown.delete(id);
      }
    }
    for (const photo of kept) {
      if (!shown.has(photo.id)) show(photo, photo.lost ? null : await draft.bytesOf(photo));
    }
  }

  /** Keep one picked file; the words of what went wrong, if anything did. */
  async function take(name, source, file, reading) {
    let small;
    try {
      small = await shrink(file, reading);
    } catch {
      return _("This file could not be read as a photo. Please take another.");
    }
    try {
      const photo = await draft.addPhoto(name, { ...small, header: undefined, source });
      show(photo, small.bytes);
      // A picture from the album was taken elsewhere: where the phone is now says nothing about it.
      if (source === "camera") locate(draft, photo);
    } catch (error) {
      if (error.code === "filed") filed();
      return error.code === "full"
        ? _("This phone is full: the photo was not kept, everything else was. Free some space and take it again.")
        : _("This photo could not be kept on this phone. Free some space and take it again.");
    }
    const [retaken] = (await draft.photos()).filter((photo) => photo.lost && photo.slot === name);
    if (retaken) await draft.removePhoto(retaken.id);
    return "";
  }

  /** Keep all that was picked; whether that went well. */
  async function takeAll(input, name, files) {
    const source = input.id.endsWith("-album") ? "album" : "camera";
    const slot = slots.get(name);
    const picked = files.map((file) => [file, file.arrayBuffer()]);
    say(slot, "");
    draft.expectPhotos(name, files.length).catch(() => {});
    await Promise.allSettled(picked.map(([, reading]) => reading));
    // The photos go into the draft; the form must not send them a second time.
    input.value = "";
    let fine = true;
    for (const [file, reading] of picked) {
      const words = await take(name, source, file, reading);
      if (words) say(slot, words);
      fine &&= !words;
    }
    await draft.cameBack(name).catch(() => {});
    await refresh().catch(() => {});
    room.ask();
    return fine;
  }

  function begin(input, name, files) {
    if (!files.length) return;
    const taking = takeAll(input, name, files).finally(() => work.delete(taking));
    work.add(taking);
  }

  function listen(input, name, slot) {
    input.addEventListener("click", (event) => {
      const free = room.low();
      if (free === null) {
        draft.expectPhotos(name).catch(() => {});
        return;
      }
      event.preventDefault();
      say(slot, _("This phone is nearly full (%(free)s MB left). Free some space before taking photos.", { free }));
      room.ask();
    });
    input.addEventListener("cancel", () => draft.cameBack(name).catch(() => {}));
    input.addEventListener("change", () => begin(input, name, [...input.files]));
  }

  /** When all photos in work are done with; whether each was kept. */
  const settled = async () => (await Promise.all(work)).every(Boolean);

  /** What stands in the way of submitting, as [place, words]. */
  async function problems() {
    await refresh();
    const lost = [...form.querySelectorAll("[data-lost]")];
    return lost.map((line) => [line.closest("[data-photo-slot]"), _("The phone lost a photo. Take it again, or send the check without it.")]);
  }

  /** Set the slots within `root` to work. */
  function add(root) {
    for (const slot of root.querySelectorAll("[data-photo-slot]")) {
      const name = renamed(slot.dataset.photoSlot, names);
      slots.set(name, slot);
      for (const input of slot.querySelectorAll("input[type=file]")) listen(input, name, slot);
      acceptDrops(slot, (files) => begin(slot.querySelector("input[multiple]"), name, files));
    }
  }

  add(form);
  await refresh();
  for (const [name, count] of Object.entries(draft.expected())) {
    if (!slots.has(name)) continue;
    say(slots.get(name), count > 1
      ? _("The phone closed this page before %(count)s of the photos were kept. Please choose them again.", { count })
      : _("The phone closed this page while the camera was open. Please take this photo again."));
    slots.get(name).scrollIntoView({ block: "center" });
    await draft.cameBack(name);
  }
  return { add, refresh, settled, problems };
}

const REFERENCE = { source: "source", caption: "caption", takenAt: "taken_at", latitude: "latitude", longitude: "longitude", accuracy_m: "accuracy_m" };

/** The draft's photos as references of a filing, by slot; those that were lost are left out. */
export async function photoReferences(draft, keys) {
  const slots = {};
  for (const photo of await draft.photos()) {
    if (photo.lost) continue;
    const reference = { sha256: photo.sha256 };
    for (const [from, to] of Object.entries(REFERENCE)) if (photo[from] !== undefined && photo[from] !== null) reference[to] = photo[from];
    if (photo.marks?.length) reference.marks = photo.marks;
    (slots[renamed(photo.slot, keys)] ??= []).push(reference);
  }
  return slots;
}
