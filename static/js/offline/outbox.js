/* The outbox: filings that wait on this phone, and the receipts of those that arrived. Only ever of one person. */
import { StoreTrouble, store as shared, under } from "./db.js";
import { sha256, utf8 } from "./digest.js";
import { removeDraft, removeUnused } from "./drafts.js";
import { STATES, isForTheOffice, isUntried, newEntry, onceMore, photoHashes, withoutPhotos } from "./filing.js";
import { tell } from "./change-events.js";

const ALL = ["drafts", "fields", "photos", "bytes", "outbox", "receipts"];
const RECEIPTS_KEPT = 200;

const byAge = (a, b) => a.createdAt - b.createdAt;
const isPutAway = (entry) => entry.state === STATES.PUT_AWAY;

/** What waits on this phone, of every person who has worked with it. */
export async function waitingOfAll(store = shared) {
  const rows = await store.read(["outbox"], (tx) => tx.objectStore("outbox").getAll());
  return rows.filter((entry) => !isPutAway(entry));
}

/** The outbox of the person with this id. */
export function openOutbox(user, { store = shared, now = Date.now } = {}) {
  const get = (uuid) => store.read(["outbox"], (tx) => tx.objectStore("outbox").get([user, uuid]));

  const all = async () =>
    (await store.read(["outbox"], (tx) => tx.objectStore("outbox").getAll(under(user)))).sort(byAge);

  const list = async () => (await all()).filter((entry) => !isPutAway(entry));

  const putAwayOnes = async () => (await all()).filter(isPutAway);

  const bytes = (hash) => store.read(["bytes"], (tx) => tx.objectStore("bytes").get([user, hash]));

  async function receipts(limit = RECEIPTS_KEPT) {
    const rows = await store.read(["receipts"], (tx) => tx.objectStore("receipts").getAll(under(user)));
    return rows.sort((a, b) => b.sentAt - a.sentAt).slice(0, limit).map(({ receipt, ...row }) => ({ ...receipt, ...row }));
  }

  /** Whether this UUID was filed on this phone, sent or not. */
  const knows = (uuid) => store.read(["outbox", "receipts"], async (tx) =>
    Boolean((await tx.objectStore("outbox").getKey([user, uuid])) || (await tx.objectStore("receipts").getKey([user, uuid]))));

  async function manifest(tx, hashes) {
    return Promise.all(hashes.map(async (hash) => {
      const kept = await tx.objectStore("bytes").get([user, hash]);
      return { sha256: hash, size: kept?.bytes?.byteLength || 0, type: kept?.type || "image/jpeg" };
    }));
  }

  /** Put a filled-in filing in. Its draft stays, marked as filed, until the receipt: a refused one can be taken back.
   * StoreTrouble "waits" when the UUID waits already with other content, "filed" when it has arrived. */
  async function put({ uuid, filing, label, draft = null, to, holdMs }) {
    const body = JSON.stringify(filing);
    const digest = await sha256(utf8(body));
    const entry = await store.write(ALL, async (tx) => {
      const outbox = tx.objectStore("outbox");
      const waiting = await outbox.get([user, uuid]);
      if (await tx.objectStore("receipts").getKey([user, uuid])) throw new StoreTrouble("filed");
      if (waiting && waiting.sha256 !== digest) throw new StoreTrouble("waits");
      if (waiting) return waiting;
      const photos = await manifest(tx, photoHashes(filing));
      const made = newEntry({ uuid, user, body, sha256: digest, photos, label, draft, to, holdMs }, now());
      await outbox.add(made);
      const row = draft && (await tx.objectStore("drafts").get([user, draft]));
      if (row) await tx.objectStore("drafts").put({ ...row, filed: uuid });
      return made;
    });
    tell({ about: "outbox" });
    return entry;
  }

  /** Change an entry by a pure function; returns the new one, or null when it is gone. */
  async function change(uuid, how) {
    const entry = await store.write(["outbox"], async (tx) => {
      const outbox = tx.objectStore("outbox");
      const old = await outbox.get([user, uuid]);
      if (!old) return null;
      const made = how(old);
      await outbox.put(made);
      return made;
    });
    tell({ about: "outbox" });
    return entry;
  }

  /** The server has it, whole: keep the receipt, delete entry, draft and bytes, all in one transaction. */
  async function finish(uuid, receipt) {
    await store.write(ALL, async (tx) => {
      const entry = await tx.objectStore("outbox").get([user, uuid]);
      if (!entry) return;
      await tx.objectStore("outbox").delete([user, uuid]);
      await tx.objectStore("receipts").put({ user, uuid, receipt, label: entry.label, draft: entry.draft, sha256: entry.sha256, sentAt: now() });
      if (entry.draft) await removeDraft(tx, user, entry.draft);
      await removeUnused(tx, user, entry.photos.map((photo) => photo.sha256));
      await forgetOld(tx);
    });
    tell({ about: "outbox" });
  }

  async function forgetOld(tx) {
    const rows = (await tx.objectStore("receipts").getAll(under(user))).sort((a, b) => b.sentAt - a.sentAt);
    await Promise.all(rows.slice(RECEIPTS_KEPT).map((row) => tx.objectStore("receipts").delete([user, row.uuid])));
  }

  /** Make a refused filing a draft again; returns the draft's key, or null when there is nothing to go back to. */
  async function takeBack(uuid) {
    const key = await store.write(ALL, async (tx) => {
      const entry = await tx.objectStore("outbox").get([user, uuid]);
      const row = entry?.draft && (await tx.objectStore("drafts").get([user, entry.draft]));
      if (!row || entry.state !== STATES.REFUSED) return null;
      await tx.objectStore("drafts").put({ ...row, filed: null });
      await tx.objectStore("outbox").delete([user, uuid]);
      return entry.draft;
    });
    tell({ about: "outbox" });
    return key;
  }

  /** Take back an entry of which nothing has left the phone; its draft is one again. Whether it was still here. */
  async function undo(uuid) {
    const undone = await store.write(ALL, async (tx) => {
      const entry = await tx.objectStore("outbox").get([user, uuid]);
      if (!entry || !isUntried(entry)) return false;
      const row = entry.draft && (await tx.objectStore("drafts").get([user, entry.draft]));
      if (row) await tx.objectStore("drafts").put({ ...row, filed: null });
      await tx.objectStore("outbox").delete([user, uuid]);
      return true;
    });
    tell({ about: "outbox" });
    return undone;
  }

  /** The office has it, or decides on it: it is no longer waited for, and its draft makes room. It stays, whole, until the phone is cleared. */
  async function putAway(uuid) {
    await store.write(ALL, async (tx) => {
      const entry = await tx.objectStore("outbox").get([user, uuid]);
      if (!entry || !isForTheOffice(entry)) return;
      await tx.objectStore("outbox").put({ ...entry, state: STATES.PUT_AWAY, draft: null });
      if (entry.draft) await removeDraft(tx, user, entry.draft);
    });
    tell({ about: "outbox" });
  }

  /** Photos of an entry whose bytes are neither on the phone nor known to be at the server. */
  const lostPhotos = (entry) => store.read(["bytes"], async (tx) => {
    const open = entry.photos.filter((photo) => !entry.sent.includes(photo.sha256));
    const kept = await Promise.all(open.map((photo) => tx.objectStore("bytes").getKey([user, photo.sha256])));
    return open.filter((_photo, i) => !kept[i]).map((photo) => photo.sha256);
  });

  /** Send a filing on without the photos for which it was stopped, lost or unreadable; `note` says so in its summary. */
  async function withoutLost(uuid, note) {
    const entry = await get(uuid);
    if (!entry || entry.state !== STATES.REFUSED) return null;
    const lost = entry.reason === "photo_gone" ? await lostPhotos(entry) : [];
    const gone = [...new Set([...lost, ...(entry.photo ? [entry.photo] : [])])];
    const body = JSON.stringify(withoutPhotos(JSON.parse(entry.body), gone, note));
    const digest = await sha256(utf8(body));
    const photos = entry.photos.filter((photo) => !gone.includes(photo.sha256));
    return change(uuid, (old) => ({ ...onceMore(old), body, sha256: digest, photos }));
  }

  /** Whether this phone has anything at all of this person: a draft, a filing, a receipt. */
  const knowsAnything = () => store.read(["drafts", "outbox", "receipts"], async (tx) => {
    const counts = await Promise.all(["drafts", "outbox", "receipts"].map((name) => tx.objectStore(name).count(under(user))));
    return counts.some(Boolean);
  });

  /** What leaves the phone by hand: every filing that is here, with its photos; those that the phone has lost have no bytes. */
  async function rescue() {
    const items = [];
    for (const { uuid, sha256: digest, body, label, createdAt, photos, to } of await all()) {
      const held = await Promise.all(photos.map(async (photo) => ({ ...photo, bytes: (await bytes(photo.sha256))?.bytes ?? null })));
      items.push({ uuid, sha256: digest, body, label, createdAt, to, photos: held });
    }
    return items;
  }

  return {
    user, get, all, list, bytes, receipts, knows, put, change, finish, takeBack, undo, putAway, putAwayOnes, lostPhotos, withoutLost,
    knowsAnything, rescue,
    count: async () => (await list()).length,
    resend: (uuid) => change(uuid, onceMore),
  };
}
