import assert from "node:assert/strict";
import test from "node:test";

import { alike } from "../../static/js/offline/alike.js";

const OPEN = [
  { uuid: "class", item: "FAC-01", place: "二车间", kind: "fire" },
  { uuid: "place", item: "", place: "一车间东侧", kind: "other" },
  { uuid: "item", item: "FIRE-03", place: "仓库", kind: "fire" },
  { uuid: "none", item: "GEN-01", place: "办公楼", kind: "training" },
];
const found = (about) => alike(OPEN, about).map((one) => one.uuid);

test("the same item comes before the same place, and that before the same class", () => {
  assert.deepEqual(found({ item: "FIRE-03", place: "一车间", kind: "fire" }), ["item", "place", "class"]);
});

test("a place matches when one names the other more exactly, a single character never", () => {
  assert.deepEqual(found({ item: "", place: "一车间东侧配电箱", kind: "x" }), ["place"]);
  assert.deepEqual(found({ item: "", place: "一", kind: "x" }), []);
});

test("a finding that belongs to no item is not like every hazard that belongs to none", () => {
  assert.deepEqual(found({ item: "", place: "", kind: "x" }), []);
});
