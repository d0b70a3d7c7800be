/* Which draft a check page works on. A task is done once; for a site the same page, kept on the phone, serves many visits. */
import { listDrafts, openDraft } from "../offline/drafts.js";

const MOST = 100;
export const filedMark = (uuid) => `#filed-${uuid}`;
export const draftMark = (uuid) => `#draft-${uuid}`;

const servesMany = (key) => /^(site|pulse):/.test(key);

/** PURE. The receipt of a task's check that arrived after the page was kept: such a page still offers the task. A page that
 * comes from the server now knows better; `keptAt` is null there. */
export const arrivedSince = (receipts, key, keptAt) =>
  (keptAt && receipts.find((receipt) => receipt.draft === key && receipt.sentAt > Date.parse(keptAt))) || null;

/** {draft} to fill in, or {filed: uuid} to show. `mark` is the fragment of the address: it may name one of several. */
export async function findDraft({ user, receipts }, key, meta, mark, keptAt = null) {
  if (mark.startsWith(filedMark(""))) return { filed: mark.slice(filedMark("").length) };
  if (!servesMany(key)) {
    const arrived = arrivedSince(await receipts(), key, keptAt);
    if (arrived) return { filed: arrived.uuid };
    const draft = await openDraft(user, key, { meta });
    return draft.filed ? { filed: draft.filed } : { draft };
  }
  const begun = (await listDrafts(user)).filter((row) => row.key === key || row.key.startsWith(`${key}#`));
  const found = begun.find((row) => draftMark(row.uuid) === mark) ?? begun[0];
  if (found) return { draft: await openDraft(user, found.key, { meta }) };
  for (let number = 1; number <= MOST; number += 1) {
    const draft = await openDraft(user, number === 1 ? key : `${key}#${number}`, { meta });
    if (!draft.filed) return { draft };
  }
  throw new Error("too many visits wait");
}
