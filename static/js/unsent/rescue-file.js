/* On Me: all that waits leaves this phone as one sealed file, when the network never returns. On the sign-in page the same for
   whoever cannot sign in any more: nothing of it is shown. */
import { button, make } from "../elements.js";
import { _, ready } from "../i18n.js";
import { listDrafts } from "../offline/drafts.js";
import { openOutbox, waitingOfAll } from "../offline/outbox.js";
import { SHORTEST_PASSPHRASE, TYPE, fileName, newCode, normal, seal } from "./rescue.js";
import { phone } from "../phone.js";

const KEPT_MS = 60000;

function save(file) {
  const link = make("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/** Some browsers promise to share and then refuse a kind of file they do not know: saving always works. */
async function share(file) {
  await navigator.share({ files: [file] }).catch((error) => { if (error.name !== "AbortError") save(file); });
}

function result(file, code, count) {
  const parts = [make("p", "banner success", _("The file %(name)s holds %(count)s checks with their photos.", { name: file.name, count }))];
  if (code) {
    parts.push(
      make("p", "", _("Its code. It is shown only now: write it down, and tell it by telephone, not in the message with the file.")),
      make("p", "code num", code),
    );
  }
  const saving = button(_("Save the file"), () => save(file), navigator.canShare?.({ files: [file] }) ? "btn" : "btn primary");
  const buttons = navigator.canShare?.({ files: [file] }) ? [button(_("Share the file"), () => share(file), "btn primary"), saving] : [saving];
  parts.push(
    make("div", "btns", ...buttons),
    make("p", "quiet", _("Whoever gets it opens “Take in a rescue file” on the page Me, with the file and the code. The checks also stay here; sent twice, they count once.")),
  );
  return parts;
}

function passphraseField(user) {
  const input = make("input", "in");
  Object.assign(input, { id: user === phone.user ? "rescue-own" : `rescue-own-${user}`, type: "password", autocomplete: "new-password", minLength: SHORTEST_PASSPHRASE });
  const label = make("label", "", _("A passphrase of your own (leave empty for a code of 20 digits)"));
  label.htmlFor = input.id;
  return { input, field: make("div", "field", label, input) };
}

/** Whose checks these are, where nobody is signed in: as the inspector's signature says. */
function nameIn(items) {
  const names = items.flatMap(({ body }) => JSON.parse(body).signatures ?? []).filter(({ party }) => party === "inspector").map(({ name }) => name);
  return names.find(Boolean) ?? "";
}

const why = () => (phone.user === null
  ? _("Cannot sign in any more? All that waits here leaves this phone as one file that only its passphrase opens. The safety office sends it for you.")
  : _("No network for days? All that waits leaves this phone as one file that only its passphrase opens. A colleague or the office sends it for you."));

async function leftOut(user) {
  const { length: count } = await listDrafts(user);
  return count ? [make("p", "banner warning", _("%(count)s checks that are begun and not filed are not in the file: file them first.", { count }))] : [];
}

async function chooser(outbox, myName, show) {
  const { input, field } = passphraseField(outbox.user);
  const error = make("p", "banner danger");
  error.setAttribute("role", "alert");
  error.hidden = true;
  const fail = (words) => { error.textContent = words; error.hidden = false; };
  const go = button(_("Make the file"), async () => {
    const own = normal(input.value);
    if (own && own.length < SHORTEST_PASSPHRASE) return fail(_("A passphrase needs at least %(count)s characters.", { count: SHORTEST_PASSPHRASE }));
    try {
      const code = own ? "" : newCode();
      const items = await outbox.rescue();
      const bytes = await seal({ user: outbox.user, name: myName ?? nameIn(items), items }, own || code);
      show(result(new File([bytes], fileName(Date.now()), { type: TYPE }), code, items.length));
    } catch {
      fail(_("The file could not be made: the phone has too little room. Send from a place with a network instead."));
    }
    return undefined;
  });
  return [
    make("p", "", why()), ...(await leftOut(outbox.user)), field, error, make("div", "btns", go),
  ];
}

function offer(element, outbox, summary, myName = null) {
  const title = make("summary", "", summary);
  const body = make("div", "stack");
  const box = make("details", "", title, body);
  element.replaceChildren(box);
  const show = (parts) => body.replaceChildren(...parts);
  const begin = async () => show(globalThis.crypto?.subtle
    ? await chooser(outbox, myName, show)
    : [make("p", "banner warning", _("Files can be sealed only at the https address of this app."))]);
  // Opened anew, it begins anew: the code is shown once.
  box.addEventListener("toggle", () => { if (box.open) begin(); else show([]); });
  phone.watch(async () => { element.hidden = !box.open && (await outbox.all()).length === 0; });
}

async function offerForAll(element) {
  const counts = new Map();
  for (const { user } of await waitingOfAll()) counts.set(user, (counts.get(user) ?? 0) + 1);
  for (const [user, count] of counts) {
    const one = make("div", "");
    element.append(one);
    offer(one, openOutbox(user), _("%(count)s checks wait on this phone: hand them over as a rescue file", { count }));
  }
  element.hidden = false;
}

export async function start(element) {
  await ready;
  if (phone.user === null) await offerForAll(element);
  else offer(element, phone.outbox, _("Hand over as a rescue file"), element.dataset.name);
}
