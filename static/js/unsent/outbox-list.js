/* What waits on this phone, each with its state in words and what can be done; below it the receipts. */
import { button, make } from "../elements.js";
import { _, ready } from "../i18n.js";
import { listDrafts } from "../offline/drafts.js";
import { goesByItself, isForTheOffice } from "../offline/filing.js";
import { draftMark } from "../check/draft-key.js";
import { phone } from "../phone.js";
import { moment } from "../moment.js";
import { reasonOf, stateOf } from "./filing-labels.js";

const RECEIPTS_SHOWN = 20;

const title = (thing) => [thing.label?.title, thing.label?.detail].filter(Boolean).join(" · ") || _("Check");

async function takeBack(entry) {
  const key = await phone.outbox.takeBack(entry.uuid);
  const draft = key && (await listDrafts(phone.user)).find((one) => one.key === key);
  if (draft?.meta?.url) location.assign(draft.meta.url + draftMark(draft.uuid));
}

/** The buttons of a row give way to the question whether the office really has it. */
function askPutAway(entry, buttons) {
  const words = make("span", "", _("Put it away only when the office has it, or has decided. It stays on this phone and goes into rescue files, but nothing waits for it any more."));
  const yes = button(_("The office has it: put it away"), () => phone.outbox.putAway(entry.uuid), "btn primary");
  const before = [...buttons.childNodes];
  const back = button(_("Cancel"), () => {
    words.remove();
    buttons.replaceChildren(...before);
  });
  buttons.previousElementSibling.append(words);
  buttons.replaceChildren(yes, back);
  yes.focus();
}

function actions(entry) {
  const made = [];
  if (entry.label?.url) {
    const open = make("a", "btn", _("Look at it"));
    open.href = entry.label.url;
    made.push(open);
  }
  if (entry.photo) {
    const note = entry.reason === "photo_refused"
      ? _("A photo of this visit was left out: the server could not read it.")
      : _("A photo of this visit was lost on the phone before it could be sent.");
    made.push(button(_("Send without that photo"), async () => { await phone.outbox.withoutLost(entry.uuid, note); await phone.sendAll(); }));
  } else if (entry.state === "refused") {
    made.push(button(_("Send again"), async () => { await phone.outbox.resend(entry.uuid); await phone.sendAll(); }));
  }
  if (entry.state === "refused" && entry.draft) made.push(button(_("Take it back and mend it"), () => takeBack(entry)));
  const buttons = make("div", "btns", ...made);
  if (isForTheOffice(entry)) buttons.append(button(_("Put it away"), () => askPutAway(entry, buttons)));
  return buttons.childNodes.length ? [buttons] : [];
}

function waiting(entry) {
  const [words, tone] = stateOf(entry);
  const since = make("span", "", [
    _("Filed on this phone %(time)s", { time: moment(entry.createdAt) }),
    entry.photos.length && _("%(sent)s of %(count)s photos have arrived", { sent: entry.sent.length, count: entry.photos.length }),
  ].filter(Boolean).join(" · "));
  const text = make("span", "row-text", make("strong", "", title(entry)), make("b", `badge ${tone}`, words), since);
  const reason = entry.state === "put_away" ? "" : reasonOf(entry);
  if (reason) text.append(make("span", "", reason));
  if (reason && entry.reference) text.append(make("span", "small quiet", _("Reference for the office: %(reference)s", entry)));
  const row = make("div", "row", text, ...actions(entry));
  row.dataset.uuid = entry.uuid;
  return make("li", "", row);
}

function received(receipt) {
  const facts = _("%(number)s, received %(time)s, %(photos)s photos", {
    number: receipt.number, time: moment(receipt.received_at), photos: receipt.photos,
  });
  const text = make("span", "row-text", make("strong", "", title(receipt)), make("span", "", facts));
  if (receipt.reference) text.append(make("span", "small quiet", _("Reference: %(reference)s", receipt)));
  const row = make("a", "row", text);
  row.href = receipt.url;
  return make("li", "", row);
}

function unfinished(draft) {
  const facts = _("Last changed %(time)s", { time: moment(draft.savedAt) });
  const row = make("a", "row", make("span", "row-text", make("strong", "", draft.meta.siteName || _("Check")), make("span", "", facts)));
  row.href = draft.meta.url + draftMark(draft.uuid);
  return make("li", "", row);
}

async function show(element) {
  const [entries, away, receipts, drafts] = await Promise.all([
    phone.outbox.list(), phone.outbox.putAwayOnes(), phone.outbox.receipts(RECEIPTS_SHOWN), listDrafts(phone.user),
  ]);
  const open = drafts.filter((draft) => draft.meta?.url);
  const parts = [];
  if (entries.length) {
    parts.push(make("ul", "rows", ...entries.map(waiting)));
    if (entries.some(goesByItself)) parts.push(make("div", "btns", button(_("Send all now"), phone.sendAll, "btn primary")));
  } else {
    parts.push(make("p", "quiet", away.length ? _("Nothing waits on this phone.") : _("Nothing waits on this phone. All that was filed here has arrived.")));
  }
  if (open.length) parts.push(make("h3", "", _("Begun and not finished")), make("ul", "rows", ...open.map(unfinished)));
  if (away.length) parts.push(make("h3", "", _("Put away, the office has it")), make("ul", "rows", ...away.map(waiting)));
  if (receipts.length) {
    parts.push(make("h3", "", _("Arrived")), make("ul", "rows", ...receipts.map(received)));
  }
  element.replaceChildren(...parts);
}

export async function start(element) {
  if (phone.user === null) return;
  await ready;
  element.classList.add("stack");
  phone.watch(async () => {
    const focused = element.contains(document.activeElement) && document.activeElement.closest("[data-uuid]")?.dataset.uuid;
    await show(element);
    // The list is made anew on every change: the keyboard stays where it was.
    if (focused) element.querySelector(`[data-uuid="${focused}"] button`)?.focus();
  });
}
