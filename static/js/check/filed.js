/* After submitting: what is true now, in words. Green only with the server's receipt. */
import { _ } from "../i18n.js";
import { phone } from "../phone.js";
import { reasonOf } from "../words.js";

function panel(form) {
  const box = document.createElement("section");
  box.className = "section filed";
  box.setAttribute("role", "status");
  box.dataset.filed = "";
  form.replaceWith(box);
  document.querySelector("[data-draft-notice]")?.remove();
  scrollTo(0, 0);
  return box;
}

function line(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function link(text, url, kind = "btn") {
  const made = line("a", kind, text);
  made.href = url;
  return made;
}

/** Show how a filing stands, and follow it until its receipt. */
export function showFiled(form, uuid, key) {
  const box = panel(form);
  phone.watch(async () => {
    const receipt = (await phone.outbox.receipts()).find((one) => one.uuid === uuid);
    const entry = receipt ? null : (await phone.outbox.list()).find((one) => one.uuid === uuid);
    box.replaceChildren(...(receipt ? sent(receipt) : waiting(entry, key)));
  });
}

function sent(receipt) {
  const words = _("Filed as %(number)s with %(photos)s photos, received %(time)s.", {
    number: receipt.number,
    photos: receipt.photos,
    time: new Date(receipt.received_at).toLocaleString(document.documentElement.lang, { timeZone: "Asia/Shanghai" }),
  });
  const buttons = line("div", "btns", "");
  buttons.append(link(_("Open the record"), receipt.url, "btn primary"), link(_("Back to today"), "/today"));
  return [line("p", "banner success", words), buttons];
}

function waiting(entry, key) {
  const buttons = line("div", "btns", "");
  buttons.append(link(_("Back to today"), "/today", "btn primary"), link(_("What waits on this phone"), "/me"));
  if (!entry) return [line("p", "banner info", _("This check is no longer on this phone.")), buttons];
  const parts = [line("p", "banner info", _("Saved on this phone; it will be sent by itself."))];
  if (entry.reason) parts.push(line("p", "banner warning", reasonOf(entry)));
  if (entry.state === "refused") {
    const mend = line("button", "btn", _("Take it back and mend it"));
    mend.type = "button";
    mend.addEventListener("click", async () => {
      await phone.outbox.takeBack(entry.id ?? entry.uuid, key);
      location.reload();
    });
    buttons.prepend(mend);
  }
  return [...parts, buttons];
}
