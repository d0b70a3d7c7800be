import assert from "node:assert/strict";
import test from "node:test";

import { arrivedSince } from "../../static/js/check/draft-key.js";
import { deleteOldStatic, plan, standing } from "../../static/js/offline/pack.js";
import { freeMb, requestPersistence } from "../../static/js/offline/storage-quota.js";

const page = (url, version = "1", title = url) => ({ url, title, kind: "check", version });
const LISTED = { entries: [page("/today"), page("/checks/new?task=1")], thumbs: ["/photos/a/thumb", "/photos/b/thumb"] };
const kept = (...urls) => Object.fromEntries(urls.map((url) => [url, { version: url.startsWith("/photos") ? "" : "1", size: 10, kind: url.startsWith("/photos") ? "thumb" : "check" }]));

test("only what is new or changed is fetched, and what is listed no more is dropped", () => {
  const { get, drop } = plan(LISTED, { ...kept("/today", "/photos/a/thumb", "/hazards/9"), "/checks/new?task=1": { version: "0" } });
  assert.deepEqual(get.map((entry) => entry.url), ["/checks/new?task=1", "/photos/b/thumb"]);
  assert.deepEqual(drop, ["/hazards/9"]);
});

test("a pack is whole only with its pages and its pictures", () => {
  const { wanted } = plan(LISTED, {});
  const stands = (record) => { const { pages, bytes, missing, pictures } = standing({ at: "x", wanted, kept: record }); return [pages, bytes, missing, pictures]; };
  assert.deepEqual(stands(kept("/today", "/photos/a/thumb")), [1, 20, ["/checks/new?task=1"], 1]);
  assert.deepEqual(stands(kept("/today", "/checks/new?task=1")), [2, 20, [], 2]);
  assert.deepEqual(stands(kept("/today", "/checks/new?task=1", ...LISTED.thumbs)), [2, 40, [], 0]);
});

test("program files go only when those of the new version are here", async () => {
  const names = new Set(["static-1", "pack-7"]);
  globalThis.caches = { keys: async () => [...names], delete: async (name) => names.delete(name) };
  await deleteOldStatic("2");
  assert.ok(names.has("static-1"));
  names.add("static-2");
  await deleteOldStatic("2");
  assert.deepEqual([...names], ["pack-7", "static-2"]);
  delete globalThis.caches;
});

test("a kept page knows a task's check that has arrived since, a fresh page asks the server", () => {
  const receipts = [{ uuid: "u", draft: "task:1", sentAt: Date.parse("2026-11-03T04:00Z") }];
  assert.equal(arrivedSince(receipts, "task:1", "2026-11-03T03:00:00Z").uuid, "u");
  assert.equal(arrivedSince(receipts, "task:1", "2026-11-03T05:00:00Z"), null, "the task was opened again");
  assert.equal(arrivedSince(receipts, "task:2", "2026-11-03T03:00:00Z"), null);
  assert.equal(arrivedSince(receipts, "task:1", undefined), null);
});

test("the browser is asked to keep the storage once, and its word is taken", async () => {
  let asked = 0;
  const storage = (before, answer) => ({ persisted: async () => before, persist: async () => { asked += 1; return answer; } });
  assert.deepEqual([await requestPersistence(storage(true, false)), await requestPersistence(storage(false, true)), await requestPersistence(storage(false, false))], [true, true, false]);
  assert.equal(asked, 2);
  assert.equal(await requestPersistence({}), false);
  assert.equal(await requestPersistence({ persisted: async () => { throw new Error("x"); }, persist: async () => { throw new Error("x"); } }), false);
});

test("free room is told in whole megabytes, or not at all", async () => {
  const MB = 1024 * 1024;
  assert.equal(await freeMb({ estimate: async () => ({ quota: 100 * MB, usage: 40.5 * MB }) }), 59);
  assert.equal(await freeMb({ estimate: async () => ({ quota: MB, usage: 2 * MB }) }), 0);
  assert.equal(await freeMb({}), null);
  assert.equal(await freeMb({ estimate: async () => { throw new Error("x"); } }), null);
});
