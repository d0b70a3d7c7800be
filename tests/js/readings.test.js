import assert from "node:assert/strict";
import test from "node:test";

import { decided, needsReason } from "../../static/js/offline/readings.js";

const decimal = (units, decimals) => {
  const text = String(Math.abs(units)).padStart(decimals + 1, "0");
  const whole = decimals ? text.slice(0, -decimals) : text;
  return (units < 0 ? "-" : "") + whole + (decimals ? `.${text.slice(-decimals)}` : "");
};

test("a reading complies within its limits and nowhere else", () => {
  let seed = 7;
  const next = (span) => { seed = (seed * 48271) % 2147483647; return (seed % (2 * span + 1)) - span; };
  for (let round = 0; round < 3000; round += 1) {
    const decimals = round % 5;
    const span = round % 3 ? 1000 : 1e9;
    const [low, high, reading] = [next(span), next(span), round % 7 ? next(span) : null];
    const value = reading ?? low;
    const limits = { lower: round % 4 ? decimal(low, decimals) : "", upper: round % 6 ? decimal(high, decimals) : "", decimals };
    const inside = (limits.lower === "" || value >= low) && (limits.upper === "" || value <= high);
    assert.equal(decided(limits, decimal(value, decimals)), inside ? "comply" : "fail");
  }
});

test("what is no reading decides nothing", () => {
  const limits = { lower: "0", upper: "", decimals: 1 };
  for (const text of ["", " ", "1.25", "1,2", "1e3", "-", ".5", "5.", "0x1", "12345678901", "NaN"]) assert.equal(decided(limits, text), null, text);
});

test("another answer than that of the reading needs a reason, an answer without one too", () => {
  const limits = { lower: "0.3", upper: "0.6", decimals: 2 };
  assert.equal(needsReason(limits, { result: "comply", reading: "0.45" }), false);
  assert.equal(needsReason(limits, { result: "comply", reading: "0.2" }), true);
  assert.equal(needsReason(limits, { result: "comply" }), true);
  assert.equal(needsReason(limits, { result: "na" }), false);
  assert.equal(needsReason(limits, {}), false);
});
