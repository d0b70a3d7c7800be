/* After submitting: the state of the filing, and the provisional papers. Green only with the server's receipt. */
import { button, make } from "../elements.js";
import { _ } from "../i18n.js";
import { goesByItself } from "../offline/filing.js";
import { phone } from "../phone.js";
import { moment } from "../moment.js";
import { reasonOf } from "./filing-labels.js";
import { codeOf, papers } from "./provisional-papers.js";
import { draftMark } from "../check/draft-key.js";

function link(text, url, kind = "btn") {
  const made = make("a", kind, text);
  made.href = url;
  return made;
}

const buttons = (...made) => make("div", "btns", ...made);

/** The state in words, and below it the papers, which stay as they are while the state moves on. */
function panel(form) {
  const state = make("section", "section");
  state.setAttribute("role", "status");
  const box = make("div", "stack filed", state);
  box.dataset.filed = "";
  form.replaceWith(box);
  document.body.classList.remove("filing");
  document.querySelector("[data-draft-notice]")?.remove();
  scrollTo(0, 0);
  return { box, state };
}

/** Show how a filing stands, and follow it until its receipt. `again` is the address of this page for another visit, if it may be used for one. */
export function showFiled(form, uuid, again = "") {
  const { box, state } = panel(form);
  let shown = false;
  phone.watch(async () => {
    const receipt = (await phone.outbox.receipts()).find((one) => one.uuid === uuid);
    const entry = receipt ? null : await phone.outbox.get(uuid);
    state.replaceChildren(...(receipt ? sent(receipt) : waiting(entry, again)));
    if (entry && !shown) {
      shown = true;
      box.append(...papers(entry));
    }
    if (receipt) confirm(box, receipt);
  });
}

const isConfirmed = (receipt) => Boolean(receipt.sha256) && receipt.body_sha256 === receipt.sha256;

function sent(receipt) {
  const words = _("Filed as %(number)s with %(photos)s photos, received %(time)s.", {
    number: receipt.number,
    photos: receipt.photos,
    time: moment(receipt.received_at),
  });
  const parts = [make("p", "banner success", words)];
  if (isConfirmed(receipt)) parts.push(make("p", "num", _("Confirmed by the server, code %(code)s", { code: codeOf(receipt.sha256) })));
  return [...parts, buttons(link(_("Open the record"), receipt.url, "btn primary"), link(_("Back to today"), "/today"))];
}

/** The papers are confirmed only by the hash of exactly what they show. */
function confirm(box, receipt) {
  for (const badge of box.querySelectorAll(".paper .badge")) {
    const same = isConfirmed(receipt);
    badge.className = `badge ${same ? "ok" : "bad"}`;
    badge.textContent = same ? _("Confirmed by the server as %(number)s", { number: receipt.number }) : _("The server has other content; its record holds");
  }
}

function waiting(entry, again) {
  const home = [link(_("Back to today"), "/today", "btn primary"), link(_("What waits on this phone"), "/me")];
  if (!entry) return [make("p", "banner info", _("This check is no longer on this phone.")), buttons(...home)];
  const parts = [];
  if (goesByItself(entry)) parts.push(make("p", "banner info", _("Saved on this phone; it will be sent by itself.")));
  if (entry.reason) parts.push(make("p", "banner warning", reasonOf(entry)));
  const more = [button(_("Print"), () => print())];
  if (again) more.push(link(_("Another visit here"), again));
  if (entry.state === "refused") {
    more.unshift(button(_("Take it back and mend it"), async () => {
      await phone.outbox.takeBack(entry.uuid);
      history.replaceState(null, "", location.pathname + location.search + draftMark(entry.uuid));
      location.reload();
    }));
  }
  return [...parts, buttons(...home, ...more)];
}
