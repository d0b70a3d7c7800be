/* Drafts: what is being filled in, saved field by field so that a killed browser loses nothing that was answered. */
import { StoreTrouble, store as shared, under } from "./db.js";
import { uuid as newUuid } from "./digest.js";
import { listen, tell } from "./change-events.js";

const ALL = ["drafts", "fields", "photos", "bytes", "outbox"];

/** Delete a draft with its fields and photos, within a transaction on ALL stores. Bytes that something else needs stay. */
export async function removeDraft(transaction, user, key) {
  const photos = transaction.objectStore("photos");
  const own = await photos.index("draft").getAll(IDBKeyRange.only([user, key]));
  await Promise.all([
    transaction.objectStore("drafts").delete([user, key]),
    transaction.objectStore("fields").delete(under(user, key)),
    ...own.map((photo) => photos.delete(photo.id)),
  ]);
  await removeUnused(transaction, user, own.map((photo) => photo.sha256));
}

/** Delete photo bytes that neither a draft nor a waiting filing of this person uses. */
export async function removeUnused(transaction, user, hashes) {
  const waiting = await transaction.objectStore("outbox").getAll(under(user));
  const needed = new Set(waiting.flatMap((entry) => entry.photos.map((photo) => photo.sha256)));
  for (const sha256 of new Set(hashes)) {
    const used = needed.has(sha256) || (await transaction.objectStore("photos").index("bytes").count([user, sha256]));
    if (!used) await transaction.objectStore("bytes").delete([user, sha256]);
  }
}

/** What a draft's row says of awaited photos, by slot; rows of the first release name one slot. */
const awaited = (expected) => (typeof expected?.slot === "string" ? { [expected.slot]: 1 } : expected ?? {});

/** The same with one photo fewer, or none, awaited for a slot. */
function fewer(expected, slot, by = 1) {
  const { [slot]: count = 0, ...others } = awaited(expected);
  const left = count > by ? { ...others, [slot]: count - by } : others;
  return Object.keys(left).length ? left : null;
}

/** Drafts of this person that are not yet filed, newest first. */
export async function listDrafts(user, store = shared) {
  const rows = await store.read(["drafts"], (tx) => tx.objectStore("drafts").getAll(under(user)));
  return rows.filter((row) => !row.filed).sort((a, b) => b.savedAt - a.savedAt);
}

/** Drafts of everybody who has worked with this phone that are not yet filed. */
export async function draftsOfAll(store = shared) {
  const rows = await store.read(["drafts"], (tx) => tx.objectStore("drafts").getAll());
  return rows.filter((row) => !row.filed);
}

/** The draft of this person under this key; the same key is the same draft again. Nothing is written before the first change. */
export async function openDraft(user, key, { meta = {}, store = shared, now = Date.now } = {}) {
  const found = await store.read(["drafts"], (tx) => tx.objectStore("drafts").get([user, key]));
  const first = { user, key, uuid: newUuid(), meta, startedAt: new Date(now()).toISOString(), filed: null, expected: null };
  return new Draft({ ...(found || first) }, !found, store, now);
}

class Draft {
  constructor(row, fresh, store, now) {
    Object.assign(this, { row, fresh, store, now });
  }

  get uuid() { return this.row.uuid; }
  get key() { return this.row.key; }
  get meta() { return this.row.meta; }
  get startedAt() { return this.row.startedAt; }
  get filed() { return this.row.filed; }

  /** Change the draft within one transaction; its row is made on the first change, or taken over from another tab.
   * StoreTrouble "filed" when it was filed meanwhile: a late change must not raise it from the dead. */
  async _change(stores, work, name) {
    const { user, key } = this.row;
    const result = await this.store.write([...new Set(["drafts", "outbox", "receipts", ...stores])], async (tx) => {
      const drafts = tx.objectStore("drafts");
      const found = await drafts.get([user, key]);
      const row = { ...(found || this.row), savedAt: this.now() };
      const isFiled = async () => {
        const keys = await Promise.all(["outbox", "receipts"].map((name) => tx.objectStore(name).getKey([user, row.uuid])));
        return keys.some(Boolean);
      };
      if (row.filed || (!found && (await isFiled()))) throw new StoreTrouble("filed");
      const made = await work(tx, row);
      await drafts.put(row);
      this.row = row;
      return made;
    });
    tell({ about: "draft", user, key, name });
    return result;
  }

  _owns(photo) {
    return photo?.user === this.row.user && photo.key === this.key;
  }

  /** All fields: {name: value}. */
  async get() {
    const { user, key } = this.row;
    const rows = await this.store.read(["fields"], (tx) => tx.objectStore("fields").getAll(under(user, key)));
    return Object.fromEntries(rows.map((row) => [row.name, row.value]));
  }

  /** Save one field; resolves when it is on the disk. Nothing (undefined, null) removes it. */
  set(name, value) {
    return this.setMany({ [name]: value });
  }

  setMany(values) {
    const { user, key } = this.row;
    const names = Object.keys(values);
    return this._change(["fields"], (tx) => {
      const fields = tx.objectStore("fields");
      return Promise.all(names.map((name) =>
        values[name] === undefined || values[name] === null
          ? fields.delete([user, key, name])
          : fields.put({ user, key, name, value: values[name] })));
    }, names.length === 1 ? names[0] : undefined);
  }

  /** Keep a photo under a slot, instead of those of the ids. StoreTrouble "full" when the phone is full: only this photo is not kept. */
  addPhoto(slot, { bytes, ...facts }, instead = []) {
    const { user, key } = this.row;
    return this._change(["photos", "bytes"], async (tx, row) => {
      const photos = tx.objectStore("photos");
      const others = await photos.index("draft").getAll(IDBKeyRange.only([user, key]));
      const position = Math.max(-1, ...others.map((photo) => photo.position)) + 1;
      const photo = { ...facts, user, key, slot, position, size: bytes.byteLength };
      await tx.objectStore("bytes").put({ user, sha256: photo.sha256, type: photo.type, bytes });
      photo.id = await photos.add(photo);
      row.expected = fewer(row.expected, slot);
      for (const id of instead) await this._remove(tx, id);
      return photo;
    });
  }

  changePhoto(id, facts) {
    return this._change(["photos"], async (tx) => {
      const photos = tx.objectStore("photos");
      const photo = await photos.get(id);
      if (this._owns(photo)) await photos.put({ ...photo, ...facts, id });
    });
  }

  removePhoto(id) {
    return this._change(["photos", "bytes", "outbox"], (tx) => this._remove(tx, id));
  }

  async _remove(tx, id) {
    const photo = await tx.objectStore("photos").get(id);
    if (!this._owns(photo)) return;
    await tx.objectStore("photos").delete(id);
    await removeUnused(tx, photo.user, [photo.sha256]);
  }

  /** Photos in their order; `lost` where the phone has no bytes of them any more. */
  async photos() {
    const { user, key } = this.row;
    return this.store.read(["photos", "bytes"], async (tx) => {
      const rows = await tx.objectStore("photos").index("draft").getAll(IDBKeyRange.only([user, key]));
      return Promise.all(rows.sort((a, b) => a.position - b.position).map(async (photo) => (
        { ...photo, lost: !(await tx.objectStore("bytes").getKey([user, photo.sha256])) }
      )));
    });
  }

  /** The bytes of a photo, or null where the phone has lost them, or some of them. */
  async bytesOf({ sha256, size }) {
    const kept = await this.store.read(["bytes"], (tx) => tx.objectStore("bytes").get([this.row.user, sha256]));
    return kept?.bytes?.byteLength === size ? kept.bytes : null;
  }

  /** Remember that photos are awaited for a slot: if the phone ends the page meanwhile, coming back names what to take again. */
  expectPhotos(slot, count = 1) {
    return this._change([], (_tx, row) => { row.expected = { ...awaited(row.expected), [slot]: count }; });
  }

  /** {slot: how many photos} that were awaited when the page ended. */
  expected() { return awaited(this.row.expected); }

  /** No photo is awaited for a slot any more. */
  cameBack(slot) {
    return this._change([], (_tx, row) => { row.expected = fewer(row.expected, slot, Infinity); });
  }

  /** Give fields and photo slots other names: Map(old → new). */
  rename(names) {
    const { user, key } = this.row;
    return this._change(["fields", "photos"], async (tx) => {
      const fields = tx.objectStore("fields");
      const photos = tx.objectStore("photos");
      const own = await photos.index("draft").getAll(IDBKeyRange.only([user, key]));
      const found = await Promise.all([...names.keys()].map((name) => fields.get([user, key, name])));
      await Promise.all(found.filter(Boolean).map(({ name }) => fields.delete([user, key, name])));
      await Promise.all(found.filter(Boolean).map((row) => fields.put({ ...row, name: names.get(row.name) })));
      await Promise.all(own.filter(({ slot }) => names.has(slot)).map((photo) => photos.put({ ...photo, slot: names.get(photo.slot) })));
    });
  }

  /** Calls fn(name) when another tab changed this draft; name is missing for photos and for many at once. */
  watch(fn) {
    return listen((news, elsewhere) => {
      if (elsewhere && news.about === "draft" && news.user === this.row.user && news.key === this.key) fn(news.name);
    });
  }

  /** Remove the draft and all that belongs to it. */
  async clear() {
    await this.store.write(ALL, (tx) => removeDraft(tx, this.row.user, this.key));
    tell({ about: "draft", user: this.row.user, key: this.key });
  }
}
