import assert from "node:assert/strict";
import test from "node:test";

import { forceCloseDatabase } from "fake-indexeddb";

import { openDB, unwrap } from "idb";
import { makeStore, MIGRATIONS } from "../../static/js/offline/db.js";
import { listDrafts, openDraft } from "../../static/js/offline/drafts.js";
import { openOutbox, waitingOfAll } from "../../static/js/offline/outbox.js";
import { LIN, WANG, bytes, filed, freshStore, hash, numbered } from "./fixtures.js";

const photo = (text) => ({ bytes: bytes(text), sha256: hash(text), type: "image/jpeg" });

test("a draft comes back field by field with its photos", async () => {
  const store = freshStore();
  const draft = await openDraft(WANG, "check/1", { store, meta: { site: 1 } });
  assert.ok(draft.fresh);
  await draft.set("answers.3", "comply");
  await draft.setMany({ place: "east gate", note: "x" });
  await draft.set("note", null);
  await draft.addPhoto("scene", photo("a"));
  await draft.addPhoto("finding.1", photo("b"));

  const again = await openDraft(WANG, "check/1", { store: makeStore(await nameOf(store)) });
  assert.ok(!again.fresh);
  assert.equal(again.uuid, draft.uuid);
  assert.deepEqual(await again.get(), { "answers.3": "comply", place: "east gate" });
  const photos = await again.photos();
  assert.deepEqual(photos.map((one) => [one.slot, one.lost]), [["scene", false], ["finding.1", false]]);
  assert.equal(new TextDecoder().decode(await again.bytesOf(photos[1])), "b");
});

async function nameOf(store) {
  return store.read(["drafts"], (tx) => tx.db.name);
}

test("a draft belongs to one person", async () => {
  const store = freshStore();
  await (await openDraft(WANG, "check/1", { store })).set("place", "gate");
  const other = await openDraft(LIN, "check/1", { store });
  assert.deepEqual(await other.get(), {});
  assert.deepEqual(await listDrafts(LIN, store), []);
  assert.equal((await listDrafts(WANG, store)).length, 1);
});

test("the same picture in two slots is kept once and goes with the last use", async () => {
  const store = freshStore();
  const draft = await openDraft(WANG, "check/1", { store });
  const first = await draft.addPhoto("scene", photo("a"));
  const second = await draft.addPhoto("finding.1", photo("a"));
  await draft.removePhoto(first.id);
  assert.ok(!(await draft.photos())[0].lost);
  await draft.removePhoto(second.id);
  assert.equal(await store.read(["bytes"], (tx) => tx.objectStore("bytes").count()), 0);
});

test("a smaller copy takes the place of a photo in one step, and a copy that does not fit takes none", async () => {
  const store = freshStore();
  const draft = await openDraft(WANG, "check/1", { store });
  const large = await draft.addPhoto("scene", photo("a"));
  const hashes = async () => (await draft.photos()).map(({ sha256, lost }) => [sha256, lost]);
  await assert.rejects(draft.addPhoto("scene", { ...photo("b"), bytes: () => {} }, [large.id]));
  assert.deepEqual(await hashes(), [[photo("a").sha256, false]]);
  await draft.addPhoto("scene", photo("b"), [large.id]);
  assert.deepEqual(await hashes(), [[photo("b").sha256, false]]);
  assert.equal(await store.read(["bytes"], (tx) => tx.objectStore("bytes").count()), 1);
});

test("a photo that the phone lost is named", async () => {
  const store = freshStore();
  const draft = await openDraft(WANG, "check/1", { store });
  await draft.addPhoto("scene", photo("a"));
  await store.write(["bytes"], (tx) => tx.objectStore("bytes").clear());
  const [lost] = await draft.photos();
  assert.deepEqual([lost.lost, lost.slot], [true, "scene"]);
  assert.equal(await draft.bytesOf(lost), null);
});

test("the photos awaited when the page was killed are named on coming back, by their slot and number", async () => {
  const store = freshStore();
  const opened = () => openDraft(WANG, "check/1", { store });
  const draft = await opened();
  await draft.expectPhotos("finding.2", 3);
  await draft.expectPhotos("scene");
  await draft.addPhoto("finding.2", photo("a"));
  assert.deepEqual((await opened()).expected(), { "finding.2": 2, scene: 1 });
  await draft.addPhoto("scene", photo("a"));
  assert.deepEqual((await opened()).expected(), { "finding.2": 2 });
  await draft.cameBack("finding.2");
  assert.deepEqual((await opened()).expected(), {});
});

test("fields and photos of a draft take other names and keep all else", async () => {
  const store = freshStore();
  const draft = await openDraft(WANG, "k", { store });
  await draft.setMany({ "answers.1.result": "fail", "answers.2.result": "na", place: "gate" });
  await draft.addPhoto("findings.item-1.before", photo("a"));
  await draft.rename(new Map([["answers.1.result", "answers.2.result"], ["answers.2.result", "answers.3.result"], ["findings.item-1.before", "findings.item-2.before"]]));
  assert.deepEqual(await draft.get(), { "answers.2.result": "fail", "answers.3.result": "na", place: "gate" });
  assert.deepEqual((await draft.photos()).map((one) => [one.slot, one.lost]), [["findings.item-2.before", false]]);
});

test("two tabs on one draft share it and keep both their changes", async () => {
  const store = freshStore();
  const [one, two] = await Promise.all([openDraft(WANG, "k", { store }), openDraft(WANG, "k", { store })]);
  await Promise.all([one.set("a", 1), two.set("b", 2)]);
  assert.deepEqual(await one.get(), { a: 1, b: 2 });
  await one.set("c", 3);
  assert.equal(one.uuid, two.uuid);
});

test("filing keeps the draft until the receipt, then removes it with its bytes", async () => {
  const store = freshStore();
  const entry = await filed(store, { photos: ["a", "b"] });
  const outbox = openOutbox(WANG, { store });
  assert.deepEqual(await listDrafts(WANG, store), []);
  assert.equal((await openDraft(WANG, "check/1", { store })).filed, entry.uuid);
  await outbox.finish(entry.uuid, { uuid: entry.uuid, number: "No. 1" });
  assert.equal(await outbox.count(), 0);
  assert.equal((await outbox.receipts())[0].number, "No. 1");
  for (const name of ["drafts", "fields", "photos", "bytes"]) {
    assert.equal(await store.read([name], (tx) => tx.objectStore(name).count()), 0, name);
  }
});

test("bytes that another draft uses stay after the receipt", async () => {
  const store = freshStore();
  const entry = await filed(store, { photos: ["a"] });
  const other = await openDraft(WANG, "check/2", { store });
  await other.addPhoto("scene", photo("a"));
  await openOutbox(WANG, { store }).finish(entry.uuid, { number: "No. 1" });
  assert.ok(!(await other.photos())[0].lost);
});

test("a second tab cannot file the draft anew nor change it", async () => {
  const store = freshStore();
  const second = await openDraft(WANG, "check/1", { store });
  const entry = await filed(store);
  await assert.rejects(second.set("place", "x"), { code: "filed" });
  await openOutbox(WANG, { store }).finish(entry.uuid, { number: "No. 1" });
});

test("a change after the receipt does not raise the draft from the dead", async () => {
  const store = freshStore();
  const late = await openDraft(WANG, "check/9", { store });
  await late.set("a", 1);
  const outbox = openOutbox(WANG, { store });
  await outbox.put({ uuid: late.uuid, filing: { uuid: late.uuid }, label: {}, draft: late.key });
  await outbox.finish(late.uuid, { number: "No. 1" });
  assert.ok(await outbox.knows(late.uuid));
  await assert.rejects(outbox.put({ uuid: late.uuid, filing: { uuid: late.uuid, summary: "b" }, label: {} }), { code: "filed" });
  await assert.rejects(late.set("a", 2), { code: "filed" });
  assert.deepEqual(await listDrafts(WANG, store), []);
});

test("the same filing put twice waits once; other content under its UUID is refused", async () => {
  const store = freshStore();
  const outbox = openOutbox(WANG, { store });
  const given = { uuid: numbered(1), filing: { uuid: numbered(1), summary: "a" }, label: {} };
  const [first, second] = await Promise.all([outbox.put(given), outbox.put(given)]);
  assert.equal(first.sha256, second.sha256);
  assert.equal(await outbox.count(), 1);
  await assert.rejects(outbox.put({ ...given, filing: { ...given.filing, summary: "b" } }), { code: "waits" });
});

test("the outbox of one person never shows another's", async () => {
  const store = freshStore();
  await filed(store);
  const other = openOutbox(LIN, { store });
  assert.deepEqual(await other.list(), []);
  assert.equal(await other.get(numbered(1)), undefined);
  await other.finish(numbered(1), { number: "x" });
  assert.equal(await openOutbox(WANG, { store }).count(), 1);
});

test("a refused filing can be taken back, a waiting one not", async () => {
  const store = freshStore();
  const entry = await filed(store, { photos: ["a"] });
  const outbox = openOutbox(WANG, { store });
  assert.equal(await outbox.takeBack(entry.uuid), null);
  await outbox.change(entry.uuid, (old) => ({ ...old, state: "refused" }));
  assert.equal(await outbox.takeBack(entry.uuid), "check/1");
  const draft = await openDraft(WANG, "check/1", { store });
  assert.equal(draft.filed, null);
  assert.deepEqual(await draft.get(), { summary: "visit 1" });
  assert.ok(!(await draft.photos())[0].lost);
  assert.equal(await outbox.count(), 0);
});

test("what only the office can settle is put away: kept, not waited for, its draft free again", async () => {
  const store = freshStore();
  const outbox = openOutbox(WANG, { store });
  const late = await openDraft(WANG, "check/1", { store });
  const { uuid } = await filed(store, { photos: ["a"] });
  await outbox.putAway(uuid);
  assert.equal(await outbox.count(), 1, "a waiting one stays");
  await outbox.change(uuid, (entry) => ({ ...entry, state: "conflict" }));
  await outbox.putAway(uuid);
  assert.deepEqual([await outbox.count(), await waitingOfAll(store)], [0, []]);
  assert.deepEqual((await outbox.putAwayOnes()).map((entry) => entry.uuid), [uuid]);
  const [item] = await outbox.rescue();
  assert.ok(item.photos[0].bytes);
  assert.equal((await openDraft(WANG, "check/1", { store })).filed, null);
  const old = Object.assign(late, { row: { ...late.row, uuid } });
  await assert.rejects(old.set("place", "x"), { code: "filed" });
});

test("a filing can leave by hand, whole", async () => {
  const store = freshStore();
  const entry = await filed(store, { photos: ["a"] });
  const [saved] = await openOutbox(WANG, { store }).rescue();
  assert.equal(saved.uuid, entry.uuid);
  assert.equal(hash(saved.body), saved.sha256);
  assert.equal(new TextDecoder().decode(saved.photos[0].bytes), "a");
});

test("a closed connection is opened again and the save works", async () => {
  const store = freshStore();
  const draft = await openDraft(WANG, "k", { store });
  await draft.set("a", 1);
  const database = await store.read(["drafts"], (tx) => tx.db);
  database.close();
  await draft.set("b", 2);
  assert.deepEqual(await draft.get(), { a: 1, b: 2 });
  forceCloseDatabase(unwrap(await store.read(["drafts"], (tx) => tx.db)));
  await draft.set("c", 3);
  assert.deepEqual(await draft.get(), { a: 1, b: 2, c: 3 });
});

test("a full phone refuses one photo and keeps all else", async (t) => {
  const store = freshStore();
  const draft = await openDraft(WANG, "k", { store });
  await draft.set("a", 1);
  await draft.addPhoto("scene", photo("a"));
  const put = IDBObjectStore.prototype.put;
  t.after(() => { IDBObjectStore.prototype.put = put; });
  IDBObjectStore.prototype.put = function limited(value, ...more) {
    if (this.name === "bytes") throw new DOMException("full", "QuotaExceededError");
    return put.call(this, value, ...more);
  };
  await assert.rejects(draft.addPhoto("scene", photo("b")), { code: "full" });
  await draft.set("b", 2);
  assert.deepEqual(await draft.get(), { a: 1, b: 2 });
  assert.equal((await draft.photos()).length, 1);
});

test("renewing the store keeps a full outbox, and an older page lets go of it", async () => {
  const store = freshStore();
  const entry = await filed(store, { photos: ["a"] });
  const name = await nameOf(store);
  const later = [...MIGRATIONS, async (_db, tx) => {
    const outbox = tx.objectStore("outbox");
    for (const old of await outbox.getAll()) await outbox.put({ ...old, extra: true });
  }];
  const renewed = makeStore(name, later);
  const kept = await openOutbox(WANG, { store: renewed }).get(entry.uuid);
  assert.deepEqual(kept, { ...entry, extra: true });
  assert.ok(await openOutbox(WANG, { store: renewed }).bytes(hash("a")));
  await assert.rejects(openOutbox(WANG, { store }).list(), { code: "newer" });
});

test("a migration that fails leaves the store as it was", async () => {
  const store = freshStore();
  const entry = await filed(store);
  const name = await nameOf(store);
  const broken = makeStore(name, [...MIGRATIONS, async (_db, tx) => {
    await tx.objectStore("outbox").clear();
    throw new Error("half way");
  }]);
  await assert.rejects(openOutbox(WANG, { store: broken }).list());
  assert.deepEqual(await openOutbox(WANG, { store: makeStore(name) }).get(entry.uuid), entry);
});

test("a store held by a page that does not let go is told, and renewed when it does", async () => {
  const store = freshStore();
  await filed(store);
  const name = await nameOf(store);
  await store.close();
  const stubborn = await openDB(name, MIGRATIONS.length);
  const renewed = makeStore(name, [...MIGRATIONS, () => {}]);
  const told = new Promise((resolve) => renewed.whenBlocked(resolve));
  const list = openOutbox(WANG, { store: renewed }).list();
  assert.equal((await told).code, "blocked");
  const toldLate = await new Promise((resolve) => renewed.whenBlocked(resolve));
  assert.equal(toldLate.code, "blocked");
  stubborn.close();
  assert.equal((await list).length, 1);
  renewed.whenBlocked(() => assert.fail("nothing holds it any more"));
});

for (const [kind, without] of Object.entries({
  "there is none": { value: undefined },
  "asking for it throws": { get() { throw new DOMException("no", "SecurityError"); } },
  "opening throws": { value: { open() { throw new DOMException("no", "SecurityError"); } } },
})) {
  test(`without a store everybody learns in one word that the phone keeps nothing: ${kind}`, async (t) => {
    const own = Object.getOwnPropertyDescriptor(globalThis, "indexedDB");
    Object.defineProperty(globalThis, "indexedDB", { ...without, configurable: true });
    t.after(() => Object.defineProperty(globalThis, "indexedDB", own));
    const store = freshStore();
    for (const asked of [waitingOfAll(store), listDrafts(WANG, store), openDraft(WANG, "check/1", { store })]) {
      await assert.rejects(asked, { name: "StoreTrouble", code: "missing" });
    }
  });
}
