/* An element says which behaviours it wants. Those of every page are here; work.js, unsent.js and
   repeat-rows.js come to the pages that want theirs, by-link.js to those without an account, pictures.js where photos are compared, taken or marked,
   dashboard.js to the dashboard, lists.js to lists on a desk, and charts.js with its library only where the screen is a desk's. */
import * as cachedPage from "./modules/cached-page.js";
import * as copyText from "./modules/copy-text.js";
import * as filterTicks from "./modules/filter-ticks.js";
import * as findRows from "./modules/find-rows.js";
import * as focus from "./modules/focus.js";
import * as heartbeat from "./modules/heartbeat.js";
import * as openOnDesk from "./modules/open-on-desk.js";
import * as searchKey from "./modules/search-key.js";
import * as signOut from "./modules/sign-out.js";
import * as storageLoss from "./modules/storage-loss.js";
import * as submitOnce from "./modules/submit-once.js";
import * as theme from "./modules/theme.js";
import * as unsentAge from "./modules/unsent-age.js";
import * as unsentCount from "./modules/unsent-count.js";
import { StoreTrouble } from "./offline/db.js";
import { unsentPart } from "./unsent-part.js";

const HERE = {
  "cached-page": cachedPage, "copy-text": copyText, "filter-ticks": filterTicks, "find-rows": findRows, focus, heartbeat, "open-on-desk": openOnDesk,
  "search-key": searchKey, "sign-out": signOut, "storage-loss": storageLoss, "submit-once": submitOnce, theme,
  "unsent-age": unsentAge, "unsent-count": unsentCount,
};

const UNSENT = new Set(["offline-state", "outbox-list", "phone-state", "rescue-file", "rescue-take"]);
const BY_LINK = new Set(["forget-unsent", "keep-unsent"]);
const DASHBOARD = new Set(["later", "map-links", "renew"]);
const LISTS = new Set(["list-keys", "saved-tabs"]);
const PICTURES = new Set(["camera", "compare", "marks"]);

async function fetched(name) {
  if (name === "repeat-rows") return import("./modules/repeat-rows.js");
  if (name === "pulse") return import("./modules/pulse.js");
  if (name === "verification-queue") return import("./modules/verification-queue.js");
  if (BY_LINK.has(name)) return (await import("./by-link.js")).behaviours[name];
  if (DASHBOARD.has(name)) return (await import("./dashboard.js")).behaviours[name];
  if (LISTS.has(name)) return (await import("./lists.js")).behaviours[name];
  if (name === "rate-chart") return (await import("./charts.js")).behaviours[name];
  if (PICTURES.has(name)) return (await import("./pictures.js")).behaviours[name];
  return (UNSENT.has(name) ? await unsentPart() : await import("./work.js")).behaviours[name];
}

// On a phone the drawing of the server says as much, and the library would cost it a quarter of a second. It has no keys,
// and the page of saved views is one tap away.
const DESK_ONLY = new Set(["rate-chart", ...LISTS]);

async function begin(name, element) {
  if (DESK_ONLY.has(name) && !matchMedia("(min-width: 60em)").matches) return;
  const behaviour = HERE[name] ?? await fetched(name);
  try {
    await behaviour.start(element);
  } catch (error) {
    // A phone that keeps nothing has nothing to show; what must be said of it the behaviour has said.
    if (!(error instanceof StoreTrouble)) throw error;
  }
}

/** Start what the elements within `root` want. */
export function startModules(root) {
  for (const element of root.querySelectorAll("[data-module]")) {
    for (const name of element.dataset.module.split(/\s+/).filter(Boolean)) begin(name, element);
  }
}
