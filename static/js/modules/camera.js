/* A photo field that offers the camera in the page, with the photo before shown through. Where the browser has no camera for
   pages the plain field is all there is. */
import { button } from "../elements.js";
import { _, ready } from "../i18n.js";

/** Put a picture into the field as if it had been chosen there. */
function hand(field, file) {
  const input = field.querySelector("input[type=file]");
  const files = new DataTransfer();
  files.items.add(file);
  input.files = files.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

export async function start(field) {
  if (!navigator.mediaDevices?.getUserMedia || !globalThis.HTMLDialogElement || !globalThis.DataTransfer) return;
  await ready;
  const problem = document.createElement("p");
  problem.className = "error";
  problem.setAttribute("role", "alert");
  problem.hidden = true;
  const open = button(_("Camera over the photo before"), async () => {
    problem.hidden = true;
    try {
      const { photograph } = await import("../viewfinder.js");
      const file = await photograph(field.dataset.ghost);
      if (file) hand(field, file);
    } catch {
      problem.textContent = _("The camera could not be opened in this page. Use “Take a photo” instead.");
      problem.hidden = false;
    }
    open.focus();
  }, "btn");
  field.querySelector(".btns").prepend(open);
  field.querySelector(".btns").after(problem);
}
