/* The number of filings that still wait on this phone, always in sight. Loading it starts the sender. */
import { _, ready } from "../i18n.js";
import { phone } from "../phone.js";

export async function start(badge) {
  if (phone.user === null) return;
  await ready;
  const number = document.createElement("span");
  const words = document.createElement("span");
  number.setAttribute("aria-hidden", "true");
  words.className = "vh";
  badge.replaceChildren(number, words);
  phone.watch(async () => {
    const count = await phone.outbox.count();
    number.textContent = count > 99 ? "99+" : String(count);
    words.textContent = _("%(count)s not sent yet", { count });
    badge.hidden = count === 0;
  });
}
