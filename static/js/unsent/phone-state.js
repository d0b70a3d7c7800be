/* Whether this phone keeps what is filled in: storage asked for and its answer, free space. */
import { banner } from "../alert.js";
import { _, ready } from "../i18n.js";
import { LOW_MB, freeMb, requestPersistence } from "../offline/storage-quota.js";
import { phone } from "../phone.js";

function line(words) {
  const made = document.createElement("p");
  made.className = "small quiet";
  made.textContent = words;
  return made;
}

async function lines() {
  const [kept, free] = await Promise.all([requestPersistence(), freeMb()]);
  const made = [];
  if (free !== null && free < LOW_MB) made.push(banner("danger", _("This phone is nearly full (%(free)s MB left). Free some space before taking photos.", { free })));
  made.push(kept
    ? banner("success", _("This browser has promised to keep what is filled in here."))
    : banner("warning", _("This browser may clear what is filled in here when it is not used for a week. Put this app on the home screen, and send in time.")));
  if (!("serviceWorker" in navigator)) {
    made.push(banner("warning", _("This browser opens no page without a network. In WeChat choose “open in browser” from the menu.")));
  }
  if (free !== null && free >= LOW_MB) made.push(line(_("Free space for this app: %(free)s MB", { free })));
  return made;
}

export async function start(element) {
  if (phone.user === null) return;
  await ready;
  element.classList.add("stack");
  element.hidden = false;
  element.replaceChildren(...(await lines()));
}
