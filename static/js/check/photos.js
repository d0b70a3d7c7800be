/* Photos of the check page: shrunk, saved with the draft at once, shown, removed; and the one that the phone lost while taking it. */
import { _ } from "../i18n.js";
import { shrink } from "../modules/photo-shrink.js";
import { renamed } from "./page.js";

const POSITION = { enableHighAccuracy: true, maximumAge: 60000, timeout: 5000 };

function thumbnail(photo, remove) {
  const line = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn bare";
  button.textContent = _("Remove");
  button.addEventListener("click", () => remove(line));
  if (photo.bytes) {
    const image = document.createElement("img");
    image.src = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
    image.alt = _("Photo taken");
    image.width = 160;
    image.height = 120;
    line.append(image);
  } else {
    const lost = document.createElement("p");
    lost.className = "error";
    lost.textContent = _("The phone lost this photo. Please take it again.");
    line.append(lost);
  }
  line.append(button);
  return line;
}

/** Where the photo was taken, if the phone knows within a few seconds; one point a photo, never a trail. */
function locate(draft, photo) {
  navigator.geolocation?.getCurrentPosition(
    ({ coords }) => draft.changePhoto(photo.id, { latitude: coords.latitude, longitude: coords.longitude, accuracy_m: coords.accuracy }),
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

function wire(slot, draft, names) {
  const name = renamed(slot.dataset.photoSlot, names);
  const list = slot.querySelector("[data-chosen]");
  const show = (photo) => {
    list.hidden = false;
    list.append(thumbnail({ ...photo }, async (line) => {
      await draft.removePhoto(photo.id);
      line.remove();
      list.hidden = list.children.length === 0;
    }));
  };
  for (const input of slot.querySelectorAll("input[type=file]")) {
    const source = input.id.endsWith("-album") ? "album" : "camera";
    input.addEventListener("click", () => draft.expectPhoto(name, slot.querySelector("legend")?.textContent.trim() ?? ""));
    input.addEventListener("cancel", () => draft.cameBack());
    input.addEventListener("change", async () => {
      const files = [...input.files];
      say(slot, "");
      for (const file of files) {
        try {
          const picture = await shrink(file);
          const photo = await draft.addPhoto(name, { ...picture, header: undefined, source });
          show({ ...photo, bytes: picture.bytes });
          // A picture from the album was taken elsewhere: where the phone is now says nothing about it.
          if (source === "camera") locate(draft, photo);
        } catch (error) {
          say(slot, error.code === "full"
            ? _("This phone is full: the photo was not kept, everything else was. Free some space and take it again.")
            : _("This file could not be read as a photo. Please take another."));
        }
      }
      input.value = ""; // the photo is in the draft; the form must not send it a second time
    });
  }
  return { name, show, slot };
}

/** Make every photo slot of the page work on the draft, and show what the draft holds. */
export async function startPhotos(form, draft, names) {
  const slots = new Map([...form.querySelectorAll("[data-photo-slot]")].map((slot) => {
    const wired = wire(slot, draft, names);
    return [wired.name, wired];
  }));
  for (const photo of await draft.photos()) slots.get(photo.slot)?.show(photo);
  const expected = await draft.expected();
  if (expected && slots.has(expected.slot)) {
    say(slots.get(expected.slot).slot, _("The phone closed this page while the camera was open. Please take this photo again."));
    slots.get(expected.slot).slot.scrollIntoView({ block: "center" });
    await draft.cameBack();
  }
}

const REFERENCE = { source: "source", caption: "caption", takenAt: "taken_at", latitude: "latitude", longitude: "longitude", accuracy_m: "accuracy_m" };

/** The draft's photos as references of a filing, by slot; those that were lost are left out. */
export async function photoReferences(draft, keys) {
  const slots = {};
  for (const photo of await draft.photos()) {
    if (!photo.bytes) continue;
    const reference = { sha256: photo.sha256 };
    for (const [from, to] of Object.entries(REFERENCE)) if (photo[from] !== undefined && photo[from] !== null) reference[to] = photo[from];
    (slots[renamed(photo.slot, keys)] ??= []).push(reference);
  }
  return slots;
}
