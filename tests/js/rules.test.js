import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { MAX_PHOTOS, faultsOf } from "../../static/js/offline/rules.js";

const { now, base, cases, max_photos: most } = JSON.parse(readFileSync(new URL("../checks/faults.json", import.meta.url), "utf8"));
const faults = (changes, more = {}) => faultsOf({ ...base, ...changes }, { now: Date.parse(now), firstItem: 1, ...more }).map(([field]) => field);

for (const { name, changes, field, items } of cases) {
  test(`the phone refuses what the server would: ${name}`, () => {
    assert.deepEqual(faults(changes, { items }), field ? [field] : []);
  });
}

test("where no phone may be carried, nobody asks for a photo of what was rectified on the spot", () => {
  const found = [{ uuid: "f", description: "x", fixed_on_spot: true, after: [] }];
  assert.deepEqual(faults({ findings: found }, { noPhone: true }), []);
});

test("more photos than a check takes are told before it leaves the phone", () => {
  const photos = (count) => Array.from({ length: count }, (_, number) => ({ sha256: `${number}` }));
  assert.equal(MAX_PHOTOS, most);
  assert.deepEqual(faults({ photos: photos(most) }), []);
  assert.deepEqual(faults({ photos: photos(most + 1) }), ["scene"]);
});

test("a visit without a list needs no answer", () => {
  assert.deepEqual(faults({ answers: [] }, { firstItem: undefined }), []);
});

test("an idle site has nobody who could sign", () => {
  assert.deepEqual(faults({ kind: "idle_patrol", signatures: base.signatures.slice(0, 1) }), []);
});
