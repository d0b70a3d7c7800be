/* Every version of the phone's store that was ever released is read for ever. Never change a file of stores/. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { makeStore, MIGRATIONS } from "../../static/js/offline/db.js";
import { listDrafts, openDraft } from "../../static/js/offline/drafts.js";
import { WANG, bytes, freshStore, hash, makeClock, makeServer, numbered, senderOf } from "./fixtures.js";

/** A store as an older page left it; `name` opens it again. */
async function left(version, name) {
  const rows = JSON.parse(readFileSync(new URL(`stores/v${version}.json`, import.meta.url), "utf8"));
  rows.bytes = rows.bytes.map((row) => ({ ...row, bytes: bytes(row.bytes) }));
  const store = makeStore(name, MIGRATIONS.slice(0, version));
  await store.write(Object.keys(rows), (tx) =>
    Promise.all(Object.entries(rows).flatMap(([kind, kept]) => kept.map((row) => tx.objectStore(kind).put(row)))));
  await store.close();
}

for (let version = 1; version <= MIGRATIONS.length; version += 1) {
  test(`what a page of store version ${version} left is read, sent and gone on with`, async () => {
    const name = `kept-${version}`;
    await left(version, name);
    const store = freshStore(MIGRATIONS, name);
    const server = makeServer();
    server.photos.set(hash("a"), 1); // it had arrived before the page was closed
    const { outbox, sender } = await senderOf(store, server, makeClock());
    assert.deepEqual((await outbox.receipts()).map((receipt) => receipt.number), ["JC2026-0005"]);
    await sender.sendAll();
    assert.deepEqual([...server.filings.keys()].sort(), [1, 2, 3].map(numbered));
    assert.deepEqual([...server.photos.keys()].sort(), [hash("a"), hash("b")].sort());
    assert.deepEqual((await outbox.list()).map((entry) => [entry.uuid, entry.state]), [[numbered(4), "refused"]]);
    assert.equal(await outbox.takeBack(numbered(4)), "check/4");

    assert.deepEqual((await listDrafts(WANG, store)).map((draft) => draft.key).sort(), ["check/4", "check/9"]);
    const draft = await openDraft(WANG, "check/9", { store });
    assert.equal((await draft.get()).place, "东门");
    const [photo] = await draft.photos();
    assert.equal(new TextDecoder().decode(await draft.bytesOf(photo)), "d");
    await draft.set("place", "西门");
  });
}
