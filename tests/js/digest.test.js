import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import test from "node:test";

import { plainSha256, sha256, uuid } from "../../static/js/offline/digest.js";

const truth = (bytes) => createHash("sha256").update(bytes).digest("hex");

test("SHA-256 without crypto.subtle gives the same hash around every block edge", () => {
  for (const length of [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 200_003]) {
    const bytes = new Uint8Array(randomBytes(length));
    assert.equal(plainSha256(bytes), truth(bytes), `${length} bytes`);
  }
});

test("text, buffers and views of buffers are hashed by their bytes, both ways", async () => {
  const bytes = new Uint8Array(randomBytes(100));
  for (const subtle of [crypto.subtle, null]) {
    assert.equal(await sha256("巡查", subtle), truth("巡查"));
    assert.equal(await sha256(bytes.buffer, subtle), truth(bytes));
    assert.equal(await sha256(bytes.subarray(10, 20), subtle), truth(bytes.subarray(10, 20)));
  }
});

test("a UUID is one also on plain http", (t) => {
  const { randomUUID } = crypto;
  t.after(() => Object.defineProperty(crypto, "randomUUID", { value: randomUUID, configurable: true }));
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  const made = new Set(Array.from({ length: 100 }, uuid));
  assert.equal(made.size, 100);
  for (const one of made) assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
