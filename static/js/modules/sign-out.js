/* Signing out: says what happens to unsent checks, and takes the kept pages away. What waits in the outbox stays. */
import { banner } from "../banner.js";
import { _, ready } from "../i18n.js";
import { forgetPacks } from "../offline/pack.js";
import { phone } from "../phone.js";

export function start(form) {
  if (phone.user === null) return;
  let warned = false;
  form.addEventListener("submit", async (event) => {
    // A kept page first finds out whether there is a line: without one nobody is signed out.
    if (document.body.dataset.kept && !form.dataset.line) return;
    event.preventDefault();
    await ready;
    const count = warned ? 0 : await phone.outbox.count().catch(() => 0);
    if (count === 0) {
      await forgetPacks().catch(() => {});
      form.submit();
      return;
    }
    warned = true;
    const told = banner("warning", _(
      "%(count)s checks have not been sent. They stay on this phone, and only you can send them, after signing in here again. Press once more to sign out.",
      { count },
    ));
    told.setAttribute("role", "alert");
    document.getElementById("main").prepend(told);
    told.scrollIntoView({ block: "center" });
  });
}
