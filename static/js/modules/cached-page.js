/* A cached page, shown because the network is absent or slow: says so, and keeps forms from being posted without a network. */
import { banner } from "../alert.js";
import { _, ready } from "../i18n.js";
import { moment } from "../moment.js";
import { narrowBy } from "./find-rows.js";

const PATIENCE_MS = 5000;

/** A form token that is good now, or null without a network or for another person. */
async function freshToken() {
  const user = Number(document.querySelector('meta[name="user"]')?.content);
  try {
    const answer = await fetch("/sync/token", { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout?.(PATIENCE_MS) });
    const told = answer.ok ? await answer.json() : null;
    return told?.user === user ? told.token : null;
  } catch {
    return null;
  }
}

/** Searches that would ask the server look through the page itself. */
function searchHere(main) {
  for (const field of main.querySelectorAll("form[method=get]:not([data-module]) input[type=search]")) {
    const none = document.createElement("p");
    none.className = "quiet";
    none.setAttribute("role", "status");
    none.textContent = _("Nothing on this kept page contains it.");
    none.hidden = true;
    field.form.after(none);
    const narrow = narrowBy(field, [...main.querySelectorAll("tbody tr")], none);
    field.form.addEventListener("submit", (event) => {
      if (!field.value.trim()) return;
      event.preventDefault();
      narrow();
    });
  }
}

export async function start(body) {
  const main = document.getElementById("main");
  const passed = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || passed.has(form)) return;
    event.preventDefault();
    const token = await freshToken();
    if (token) {
      for (const field of form.querySelectorAll("[name=csrf_token]")) field.value = token;
      passed.add(form);
      form.dataset.line = "";
      // Not requestSubmit, which Safari has only since 16; nor its event's submitter since 15.4.
      (event.submitter ?? [...form.elements].find((field) => field.type === "submit")).click();
      return;
    }
    const told = banner("warning", _("This needs a network. Nothing was changed; what you entered is still here."));
    told.setAttribute("role", "alert");
    main.prepend(told);
    told.scrollIntoView({ block: "center" });
  });
  await ready;
  searchHere(main);
  main.prepend(banner("info", _("No connection: this page is as this phone kept it %(time)s.", { time: moment(body.dataset.kept) })));
}
