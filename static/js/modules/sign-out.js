/* Signing out: says what happens to unsent and unfinished checks, and takes the kept pages away once the server has signed the
   person out. What waits in the outbox and what is half filled in stays. */
import { banner } from "../alert.js";
import { _, ready } from "../i18n.js";
import { listDrafts } from "../offline/drafts.js";
import { deleteOtherPacks } from "../offline/pack.js";
import { makeAsk } from "../offline/sender.js";
import { phone } from "../phone.js";

function tell(words) {
  const told = banner("warning", words);
  told.setAttribute("role", "alert");
  document.getElementById("main").prepend(told);
  told.scrollIntoView({ block: "center" });
}

async function warnings() {
  const [count, drafts] = await Promise.all([phone.outbox.count().catch(() => 0), listDrafts(phone.user).catch(() => [])]);
  return [
    count && _("%(count)s checks have not been sent. They stay on this phone, and only you can send them, after signing in here again.", { count }),
    drafts.length && _("%(count)s checks are begun and not filed. They stay on this phone; only you can finish them, after signing in here again.", { count: drafts.length }),
  ].filter(Boolean);
}

/** Whether somebody is still signed in here: true, false, or null where the server cannot be asked. */
async function signedIn(ask) {
  const answer = await ask("/sync/token", { method: "GET" });
  if (answer.status === 200) return true;
  return answer.status === 401 && /json/.test(answer.contentType) ? false : null;
}

async function leave(form) {
  const ask = makeAsk();
  await ask(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" } });
  // The answer may have been cut, or be another's: what counts is whom the server knows now.
  const still = await signedIn(ask);
  if (still === null) return tell(_("This needs a network. You are still signed in, and the kept pages are still here."));
  // The server did not take it, for an old form perhaps: its own page says why.
  if (still) return form.submit();
  await deleteOtherPacks().catch(() => {});
  return location.assign("/sign-in");
}

export function start(form) {
  if (phone.user === null) return;
  let warned = false;
  form.addEventListener("submit", async (event) => {
    // A cached page first finds out whether there is a network: without one nobody is signed out.
    if (document.body.dataset.kept && !form.dataset.line) return;
    event.preventDefault();
    await ready;
    const told = warned ? [] : await warnings();
    if (told.length) {
      warned = true;
      tell([...told, _("Press once more to sign out.")].join(" "));
      return;
    }
    const button = form.querySelector("button");
    button.setAttribute("aria-busy", "true");
    await leave(form).finally(() => button.removeAttribute("aria-busy"));
  });
}
