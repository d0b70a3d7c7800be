/* A plain photo field: shows what was chosen, and makes it small on the phone before the form is sent. */
import { _, ready } from "../i18n.js";
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

function show(list, files) {
  for (const old of list.querySelectorAll("img")) URL.revokeObjectURL(old.src);
  list.replaceChildren(...files.map((file) => {
    const line = document.createElement("li");
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = _("Photo taken");
    image.width = 160;
    image.height = 120;
    line.append(image);
    return line;
  }));
  list.hidden = files.length === 0;
}

export async function start(field) {
  await ready;
  if (!globalThis.DataTransfer) return;
  const inputs = [...field.querySelectorAll("input[type=file]")];
  const list = field.querySelector("[data-chosen]");
  for (const input of inputs) {
    input.addEventListener("change", async () => {
      const chosen = new DataTransfer();
      for (const file of [...input.files]) chosen.items.add(await small(file));
      input.files = chosen.files;
      show(list, inputs.flatMap((one) => [...one.files]));
    });
  }
}
