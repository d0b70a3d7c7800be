/* On every page: says that the browser has cleared this phone's storage while checks waited there; never a false "sent". */
import { _, ready } from "../i18n.js";
import { listDrafts } from "../offline/drafts.js";
import { lostSince } from "../offline/reporting.js";
import { phone } from "../phone.js";
import { remember, remembered } from "../waits.js";

function banner(count, seen) {
  const made = document.createElement("p");
  made.className = "banner danger";
  made.setAttribute("role", "alert");
  const today = document.createElement("a");
  today.href = "/";
  today.textContent = _("Today");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn bare";
  button.textContent = _("I have read it");
  button.addEventListener("click", seen);
  made.append(
    _("This browser has cleared its storage: %(count)s checks that waited here were not sent and are gone. Their tasks are still open. Fill them in again, and tell the office.", { count }),
    " ", today, " ", button,
  );
  return made;
}

export async function start(element) {
  if (phone.user === null) return;
  await ready;
  phone.watch(async () => {
    const [entries, drafts, receipts] = await Promise.all([phone.outbox.list(), listDrafts(phone.user), phone.outbox.receipts(1)]);
    const lost = lostSince(remembered(phone.user), entries, drafts, receipts);
    if (!lost) remember(phone.user, entries.length);
    element.hidden = !lost;
    element.replaceChildren(...(lost ? [banner(lost, () => { remember(phone.user, 0); element.hidden = true; })] : []));
  });
}
