import assert from "node:assert/strict";
import test from "node:test";

import { ageInDays, isDue, lossAfter, bannerKind, reportOf } from "../../static/js/offline/reminder-policy.js";

const DAY = 86_400_000;
const NOW = 100 * DAY;
const waiting = (...days) => days.map((age) => ({ createdAt: NOW - age * DAY }));

test("a phone reminds by the age of what has waited longest", () => {
  const kinds = [[], waiting(0.9), waiting(1), waiting(0.1, 3), waiting(6.9), waiting(7)].map((entries) => bannerKind(ageInDays(entries, NOW)));
  assert.deepEqual(kinds, [null, null, "info", "warning", "warning", "danger"]);
  assert.equal(ageInDays(waiting(-5), NOW), 0, "a clock that was set back");
});

test("a report is due when it says something new, or after ten minutes", () => {
  const report = reportOf(waiting(2, 1), [{}], 500);
  assert.deepEqual(report, { unsent: 2, oldest: new Date(NOW - 2 * DAY).toISOString(), drafts: 1, lost: 0, storage_free: 500 });
  const last = { at: NOW, report };
  assert.ok(isDue(report, null, NOW));
  assert.ok(!isDue({ ...report, storage_free: 400 }, last, NOW + 599_000));
  assert.ok(isDue(report, last, NOW + 600_000));
  assert.ok(isDue(report, last, NOW - 1), "a clock that was set back");
  assert.ok(isDue({ ...report, lost: 1 }, last, NOW));
});

test("a loss stays noted until its person has read it and the office was told", () => {
  const lost = lossAfter(null, 2, true);
  assert.deepEqual(lost, { count: 2, read: false, told: false });
  assert.equal(lossAfter(null, 2, false), null, "what waits is here");
  assert.equal(lossAfter(null, 0, true), null, "a new phone");
  assert.deepEqual(lossAfter(lost, 0, false), lost, "a new draft");
  assert.ok(lossAfter({ ...lost, read: true }, 0, false));
  assert.ok(lossAfter({ ...lost, told: true }, 0, false));
  assert.equal(lossAfter({ ...lost, read: true, told: true }, 0, false), null);
  assert.deepEqual(lossAfter({ ...lost, read: true, told: true }, 1, true), { count: 3, read: false, told: false });
});
