import assert from "node:assert/strict";
import test from "node:test";

import * as filing from "../../static/js/offline/filing.js";
import { REASONS } from "../../static/js/offline/reasons.js";

const UUID = "8b1c9a52-5d0e-4a65-9a3c-0f6a3c1b2d4e";
const BODY_HASH = "b".repeat(64);
const [ONE, TWO] = ["1".repeat(64), "2".repeat(64)];
const NOW = 5_000_000;

const entry = (more = {}) => ({
  ...filing.newEntry(
    { uuid: UUID, user: 7, body: "{}", sha256: BODY_HASH, photos: [{ sha256: ONE, size: 3 }, { sha256: TWO, size: 4 }], label: {} },
    NOW,
  ),
  ...more,
});
const http = (status, body = {}, contentType = "application/json") =>
  ({ kind: "http", status, contentType, body: typeof body === "string" ? body : JSON.stringify(body) });
const receipt = (more = {}) => ({
  receipt: { uuid: UUID, number: "No. 1", photo_hashes: [ONE, TWO], ...more },
  body_sha256: BODY_HASH,
});

test("a filing is sent when the receipt repeats UUID, bytes and photos", () => {
  for (const status of [200, 201]) {
    assert.equal(filing.judgeFiling(http(status, receipt()), entry()).receipt.number, "No. 1");
  }
});

test("the reference of an answer stays with the receipt, and with an entry that was refused", () => {
  const answered = (answer) => filing.judgeFiling({ ...answer, reference: "0123456789" }, entry());
  assert.equal(answered(http(201, receipt())).receipt.reference, "0123456789");
  const judged = answered(http(422, { error: "invalid", message: "" }));
  assert.equal(filing.after(entry(), judged, NOW).reference, "0123456789");
  assert.equal(filing.after(entry(), filing.judgeFiling({ kind: "network" }, entry()), NOW).reference, "");
});

const NO_RECEIPTS = {
  "the UUID of another filing": receipt({ uuid: UUID.replace("8", "9") }),
  "a photo less": receipt({ photo_hashes: [ONE] }),
  "no photos": receipt({ photo_hashes: undefined }),
  "no number": receipt({ number: "" }),
  "other bytes": { ...receipt(), body_sha256: "c".repeat(64) },
  "no hash of the bytes": { receipt: receipt().receipt },
  "no receipt": { ok: true },
  "null": null,
};
for (const [name, body] of Object.entries(NO_RECEIPTS)) {
  test(`JSON with ${name} is no receipt`, () => {
    const judged = filing.judgeFiling(http(200, body), entry());
    assert.equal(judged.receipt, undefined);
    assert.equal(judged.reason, "not_receipt");
  });
}

const HTML = "<!doctype html><title>Welcome</title>";
const KEPT = [
  ["no network", { kind: "network" }, "queued", "network"],
  ["no answer in time", { kind: "timeout" }, "queued", "timeout"],
  ["a page with status 200", http(200, HTML, "text/html"), "queued", "not_ours"],
  ["a receipt dressed as a page", http(200, receipt(), "text/html"), "queued", "not_ours"],
  ["cut JSON", http(200, JSON.stringify(receipt()).slice(0, -2)), "queued", "not_receipt"],
  ["204", http(204, ""), "queued", "not_receipt"],
  ["302", http(302, ""), "queued", "redirected"],
  ["a redirect the browser hides", http(0, "", ""), "queued", "redirected"],
  ["400", http(400, { error: "body_differs", message: "" }), "queued", "bad_body"],
  ["401", http(401, { error: "sign_in" }), "waiting_sign_in", "sign_in"],
  ["401 of a portal", http(401, HTML, "text/html"), "queued", "not_ours"],
  ["403 of a proxy in JSON", http(403, { message: "blocked" }), "queued", "not_ours"],
  ["403", http(403, { error: "403", message: "no" }), "refused", "forbidden"],
  ["403 of a portal", http(403, HTML, "text/html"), "queued", "not_ours"],
  ["404", http(404, { error: "404" }), "queued", "not_found"],
  ["a place that is gone", http(404, { error: "missing", message: "gone" }), "refused", "invalid"],
  ["409", http(409, { error: "409" }), "queued", "in_progress"],
  ["photos missing", http(409, { error: "photos_missing", photos: [ONE] }), "queued", "photos_missing"],
  ["413", http(413, { error: "413" }), "refused", "too_large"],
  ["413 of a proxy", http(413, HTML, "text/html"), "queued", "not_ours"],
  ["422 of a proxy in JSON", http(422, { detail: "no" }), "queued", "not_ours"],
  ["422 other content", http(422, { error: "content_differs", message: "x" }), "conflict", "conflict"],
  ["422 newer format", http(422, { error: "newer_format", message: "x" }), "queued", "newer_format"],
  ["422 invalid", http(422, { error: "invalid", message: "x", fields: [{ path: "summary" }] }), "refused", "invalid"],
  ["422 of a portal", http(422, HTML, "text/html"), "queued", "not_ours"],
  ["429", { ...http(429, { error: "429" }), retryAfter: "30" }, "queued", "too_many"],
  ["500", http(500, { error: "500" }), "queued", "server"],
  ["503", http(503, HTML, "text/html"), "queued", "server"],
  ["418", http(418, {}), "queued", "not_receipt"],
];
for (const [name, answer, state, reason] of KEPT) {
  test(`${name} keeps the filing, ${state} for ${reason}`, () => {
    const judged = filing.judgeFiling(answer, entry());
    assert.equal(judged.receipt, undefined);
    const kept = filing.after(entry(), judged, NOW, () => 1);
    assert.deepEqual([kept.state, kept.reason, kept.body, kept.attempts], [state, reason, "{}", 1]);
    assert.ok(REASONS[reason], "a reason has words");
  });
}

test("photos that the server misses are sent again, the others not", () => {
  const judged = filing.judgeFiling(http(409, { error: "photos_missing", photos: [TWO, "../x"] }), entry());
  const kept = filing.after(entry({ sent: [ONE, TWO] }), judged, NOW);
  assert.deepEqual(filing.unsentPhotos(kept).map((photo) => photo.sha256), [TWO]);
});

test("what the server says of a refused filing is kept for the person", () => {
  const told = { error: "invalid", message: "words", fields: [{ path: "summary", message: "long" }] };
  const kept = filing.after(entry(), filing.judgeFiling(http(422, told), entry()), NOW);
  assert.equal(kept.words, "words");
  assert.deepEqual(kept.fields, told.fields);
});

const photo = { sha256: ONE, size: 3 };
test("a photo is taken when the answer repeats its hash and size", () => {
  assert.ok(filing.judgePhoto(http(201, { sha256: ONE, size: 3 }), photo).taken);
  for (const wrong of [{ sha256: TWO, size: 3 }, { sha256: ONE, size: 0 }, {}, null]) {
    assert.ok(!filing.judgePhoto(http(200, wrong), photo).taken);
  }
  assert.ok(!filing.judgePhoto(http(200, HTML, "text/html"), photo).taken);
});

test("a photo that the server cannot read is named, a damaged way is tried again", () => {
  const refused = filing.after(entry(), filing.judgePhoto(http(422, { error: "photo_broken", message: "x" }), photo), NOW);
  assert.deepEqual([refused.state, refused.reason, refused.photo], ["refused", "photo_refused", ONE]);
  assert.equal(filing.judgePhoto(http(400, { error: "body_empty" }), photo).state, "queued");
  assert.equal(filing.judgePhoto(http(413, HTML, "text/html"), photo).state, "queued");
  assert.equal(filing.judgePhoto({ kind: "network" }, photo).reason, "network");
});

test("pauses double to five minutes and are spread over their upper half", () => {
  const full = [1, 2, 3, 8, 9, 50].map((n) => filing.pause(n, () => 1));
  assert.deepEqual(full, [2000, 4000, 8000, 256000, 300000, 300000]);
  assert.deepEqual([1, 9].map((n) => filing.pause(n, () => 0)), [1000, 150000]);
});

test("a longer pause that the server asks for is kept, up to a quarter of an hour", () => {
  const next = (seconds) =>
    filing.after(entry(), filing.judgeFiling({ ...http(503), retryAfter: seconds }, entry()), NOW, () => 1).nextAt - NOW;
  assert.deepEqual([next("30"), next("1"), next("86400"), next("soon"), next(null)], [30000, 2000, 900000, 2000, 2000]);
});

test("a clock that was years ahead does not hold a filing for years", () => {
  assert.ok(filing.isDue(entry({ nextAt: NOW + 3650 * 86400000 }), NOW));
  assert.ok(!filing.isDue(entry({ nextAt: NOW + 1000 }), NOW));
});

test("the clock of pauses runs on when the phone's clock is set", () => {
  const phone = { wall: NOW, running: 500 };
  const now = filing.steadyClock(() => phone.wall, () => phone.running);
  Object.assign(phone, { wall: NOW - 86_400_000, running: 2500 });
  assert.equal(now(), NOW + 2000);
});

test("when the network returns only what failed by the network goes at once", () => {
  const later = { nextAt: NOW + 1000 };
  assert.ok(filing.isDue(entry({ ...later, reason: "network" }), NOW, true));
  assert.ok(!filing.isDue(entry({ ...later, reason: "server" }), NOW, true));
});

test("progress with photos begins the pauses anew", () => {
  assert.equal(filing.withPhotoSent(entry({ attempts: 6 }), ONE).attempts, 0);
});

test("a visit counts its photos as they are used, its manifest names each once", () => {
  const ref = (sha256) => ({ sha256 });
  const visit = { photos: [ref(ONE)], findings: [{ before: [ref(ONE)], after: [ref(TWO)] }], rechecks: [{ photos: [ref("3".repeat(64))] }] };
  assert.deepEqual(filing.photoHashes(visit), [ONE, TWO, "3".repeat(64)]);
  assert.equal(filing.photoRefs(visit).length, 4);
  assert.deepEqual(filing.photoHashes({}), []);
});

test("a lost photo is left out everywhere and the summary says so", () => {
  const ref = (sha256) => ({ sha256 });
  const visit = { uuid: UUID, summary: "fine", photos: [ref(ONE), ref(TWO)], findings: [{ uuid: "f", before: [ref(ONE)] }] };
  const kept = filing.withoutPhotos(visit, [ONE], "one photo was lost");
  assert.deepEqual(filing.photoHashes(kept), [TWO]);
  assert.equal(kept.summary, "fine\none photo was lost");
  assert.equal(kept.uuid, UUID);
});

test("only the owner's filings may go", () => {
  assert.ok(filing.mayGo(entry(), 7));
  assert.ok(!filing.mayGo(entry(), 8));
});
