/* On every page: says that the browser has cleared this phone's storage while checks waited there; never a false "sent". */
import { banner, link } from "../alert.js";
import { _, ready } from "../i18n.js";
import { phone } from "../phone.js";
import { markLoss, updateMarker } from "../unsent-marker.js";

function telling(count, seen) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = _("I have read it");
  button.addEventListener("click", seen);
  const words = _("This browser has cleared its storage: %(count)s checks that waited here were not sent and are gone. Their tasks are still open. Fill them in again, and tell the office.", { count });
  const made = banner("danger", words, button, link(_("Today"), "/"));
  made.setAttribute("role", "alert");
  return made;
}

export async function start(element) {
  if (phone.user === null) return;
  await ready;
  phone.watch(async () => {
    const loss = await updateMarker(phone.outbox);
    const shown = loss && !loss.read;
    element.hidden = !shown;
    element.replaceChildren(...(shown ? [telling(loss.count, () => { markLoss(phone.user, { read: true }); element.hidden = true; })] : []));
  });
}
