/* Signing out with unsent checks: says what happens to them, and lets it happen at the second press. */
import { _, ready } from "../i18n.js";
import { phone } from "../phone.js";

export function start(form) {
  if (phone.user === null) return;
  let told = false;
  form.addEventListener("submit", async (event) => {
    if (told) return;
    event.preventDefault();
    await ready;
    const count = await phone.outbox.count().catch(() => 0);
    told = true;
    if (count === 0) {
      form.requestSubmit ? form.requestSubmit() : form.submit();
      return;
    }
    const banner = document.createElement("p");
    banner.className = "banner warning";
    banner.setAttribute("role", "alert");
    banner.textContent = _(
      "%(count)s checks have not been sent. They stay on this phone, and only you can send them, after signing in here again. Press once more to sign out.",
      { count },
    );
    document.getElementById("main").prepend(banner);
    banner.scrollIntoView({ block: "center" });
  });
}
