/* Where pages that a notice's link opens keep what is not sent yet: a store of its own, apart from that of supervisors. */
import { listDrafts, openDraft } from "./offline/drafts.js";
import { makeStore } from "./offline/db.js";

const store = makeStore("xuncha-links");

export const draftOf = (user, key) => openDraft(user, key, { store });

/** Remove the drafts of this link that `isLive(key)` no longer knows. */
export async function forget(user, isLive) {
  for (const { key } of await listDrafts(user, store)) {
    if (!isLive(key)) await (await draftOf(user, key)).clear();
  }
}
