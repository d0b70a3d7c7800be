/* The page on which a rescue file is taken in: opened here in the browser, sent for its author, one result for each check. */
import { button, make } from "../elements.js";
import { _, ready } from "../i18n.js";
import { deliver, freshToken } from "./rescue-upload.js";
import { REASONS } from "../offline/reasons.js";
import { open } from "./rescue.js";
import { moment } from "../moment.js";

function trouble(code) {
  switch (code) {
    case "no_crypto": return _("This browser opens rescue files only at the https address of this app.");
    case "foreign": return _("This is no rescue file of this app.");
    case "newer": return _("This file was made by a newer version of this app. Load this page again.");
    case "cut": return _("The file is cut off: it did not arrive whole. Have it sent again.");
    case "wrong": return _("The code or passphrase does not fit this file. Check every digit.");
    case "damaged": return _("The file was changed or damaged on its way. Have it sent again.");
    default: return _("The file could not be opened.");
  }
}

function told(result) {
  if (result.receipt) {
    const { number, received_at: at, photos } = result.receipt;
    return [_("Arrived"), "ok", _("%(number)s, received %(time)s, %(photos)s photos", { number, time: moment(at), photos })];
  }
  const stopped = ["refused", "conflict"].includes(result.state);
  const why = [result.words, ...(result.fields || []).map((field) => field.message)].filter(Boolean).join(" ");
  return [stopped ? _("Not accepted") : _("Not sent yet"), stopped ? "bad" : "due", why || _(REASONS[result.reason] || REASONS.not_receipt)];
}

function rowOf(item) {
  const badge = make("b", "badge wait", _("Being sent"));
  const words = make("span", "", _("Filed on the phone %(time)s", { time: moment(item.createdAt) }));
  const title = [item.label?.title, item.label?.detail].filter(Boolean).join(" · ") || _("Check");
  const text = make("span", "row-text", make("strong", "", title), badge, words);
  const element = make("li", "", make("div", "row", text));
  element.dataset.uuid = item.uuid;
  const show = (result) => {
    const [state, tone, more] = told(result);
    badge.textContent = state;
    badge.className = `badge ${tone}`;
    words.textContent = more;
  };
  return { element, show };
}

async function send(pack, rows, results) {
  const token = await freshToken();
  for (const [place, item] of pack.items.entries()) {
    if (results[place]?.receipt) continue;
    results[place] = token ? await deliver(item, { author: pack.user, token }) : { state: "queued", reason: navigator.onLine ? "sign_in" : "network" };
    rows[place].show(results[place]);
  }
}

function summary(results) {
  const arrived = results.filter((result) => result.receipt).length;
  if (arrived === results.length) return ["success", _("All %(count)s checks have arrived.", { count: arrived })];
  return ["warning", _("%(arrived)s of %(count)s checks have arrived. Keep the file.", { arrived, count: results.length })];
}

async function deliverAll(output, pack) {
  const rows = pack.items.map(rowOf);
  const results = [];
  const state = make("p", "banner info", _("From %(name)s, made %(time)s.", { name: pack.name || "—", time: moment(pack.made_at) }));
  state.setAttribute("role", "status");
  const again = button(_("Try again"), () => round(), "btn primary");
  const round = async () => {
    again.hidden = true;
    await send(pack, rows, results);
    const [kind, words] = summary(results);
    state.className = `banner ${kind}`;
    state.textContent = words;
    again.hidden = kind === "success";
  };
  output.replaceChildren(
    make("h2", "", pack.name ? _("Checks of %(name)s", { name: pack.name }) : _("Checks in this file")), state,
    make("ul", "rows", ...rows.map((row) => row.element)), make("div", "btns", again),
  );
  await round();
}

export async function start(form) {
  await ready;
  const output = document.getElementById(form.dataset.output);
  const go = form.querySelector("button");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.setAttribute("aria-busy", "true");
    try {
      const content = await form.elements.file.files[0].arrayBuffer();
      await deliverAll(output, await open(content, form.elements.passphrase.value));
    } catch (error) {
      const failed = make("p", "banner danger", trouble(error.code));
      failed.setAttribute("role", "alert");
      output.replaceChildren(failed);
    } finally {
      go.removeAttribute("aria-busy");
    }
  });
}
