import assert from "node:assert/strict";
import test from "node:test";

import { entriesOf, leftOver, moves } from "../../static/js/check/list-changes.js";
import { endOf, inZone, toSecond } from "../../static/js/check/times.js";

const item = (code) => ({ code, hazardClass: "fire", days: "7" });

test("what belongs to an item moves to the item of the same code", () => {
  const names = ["answers.1.result", "findings.item-1.description", "findings.item-1.before", "answers.2.result", "answers.3.result", "findings.extra-0.place", "summary", "rechecks.h.result"];
  const moved = moves(names, { 1: item("A1"), 2: item("A2"), 3: item("A3") }, { 3: item("A3"), 9: item("A1") });
  assert.deepEqual([...moved], [["answers.1.result", "answers.9.result"], ["findings.item-1.description", "findings.item-9.description"], ["findings.item-1.before", "findings.item-9.before"]]);
});

test("what has no place on the page is named by what it belongs to, and filed under its own item", () => {
  const place = new Set(["answers.3.result", "summary"]);
  const names = ["answers.2.result", "findings.item-2.description", "findings.item-2.before", "answers.3.result", "summary", "_at", "signatures.site.signed_at", "rechecks.h.result"];
  const left = leftOver(names, (name) => place.has(name));
  assert.deepEqual([...left.keys()], ["item-2", "rechecks.h"]);
  const saved = { "answers.2.result": "fail", "findings.item-2.description": "x" };
  assert.deepEqual(entriesOf("item-2", left.get("item-2"), saved, { 2: item("A2") }), [
    ["findings.item-2.days", "7"], ["answers.2.result", "fail"], ["findings.item-2.description", "x"], ["findings.item-2.item_id", "2"], ["findings.item-2.hazard_class", "fire"],
  ]);
});

const BEGAN = Date.parse("2026-11-03T01:30:00Z");
const HOUR = 3600000;

test("a visit ends now, however long the phone slept in a pocket", () => {
  assert.equal(endOf(BEGAN, BEGAN + 5 * HOUR, 1000), BEGAN + 5 * HOUR);
});

test("a clock that was moved during a visit is not believed", () => {
  assert.equal(endOf(BEGAN, BEGAN - 48 * HOUR, HOUR), BEGAN + HOUR);
  assert.equal(endOf(BEGAN, BEGAN + 48 * HOUR, HOUR), BEGAN + HOUR);
  assert.equal(endOf(BEGAN, BEGAN + HOUR / 2, HOUR), BEGAN + HOUR);
  assert.equal(endOf(BEGAN, BEGAN - 1, 0), BEGAN);
});

test("moments are written in the zone's clock and to the second", () => {
  assert.equal(inZone(BEGAN), "2026-11-03T09:30");
  assert.equal(toSecond(BEGAN + 345), "2026-11-03T01:30:00Z");
});
