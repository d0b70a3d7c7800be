import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { dayOf, payload } from "../../static/js/offline/fields.js";

const cases = JSON.parse(readFileSync(new URL("../checks/fields.json", import.meta.url), "utf8"));

for (const { name, entries, photos, payload: expected } of cases) {
  test(`the phone reads the fields as the server does: ${name}`, () => {
    assert.deepEqual(payload(entries, photos), expected);
  });
}

test("the day of a visit is the zone's day, whatever zone the phone is in", () => {
  assert.equal(dayOf("2026-12-31T16:30:00Z"), "2027-01-01");
  assert.equal(dayOf("2024-02-28T23:59", 1), "2024-02-29");
});
