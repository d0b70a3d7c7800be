/* Decisions on hazards in the outbox: held for a moment, taken back, sent to their own address, and what stops them. */
import assert from "node:assert/strict";
import test from "node:test";

import * as filing from "../../static/js/offline/filing.js";
import { openDraft } from "../../static/js/offline/drafts.js";
import { openOutbox } from "../../static/js/offline/outbox.js";
import { WANG, freshStore, hash, json, makeClock, makeServer, numbered, senderOf } from "./fixtures.js";

const HOLD_MS = 8000;

async function decided(store, clock, n = 1) {
  const draft = await openDraft(WANG, `verification:${n}`, { store, now: clock.now, meta: { url: "/hazards/verification" } });
  await draft.set("note", "still open");
  const outbox = openOutbox(WANG, { store, now: clock.now });
  await outbox.put({ uuid: numbered(n), filing: { uuid: numbered(n), decision: "on_site" }, label: { title: "site" }, draft: draft.key, to: filing.TO.VERIFICATIONS, holdMs: HOLD_MS });
  return { outbox, draft };
}

const taken = ({ init }) => {
  const { uuid } = JSON.parse(init.body);
  return json(201, { receipt: { uuid, number: "YH2026-0001", photos: 0, photo_hashes: [] }, body_sha256: hash(init.body) });
};
const toVerifications = (answer) => (request, otherwise) => (request.url === "/sync/verifications" ? answer(request) : otherwise());

test("a decision is held, then goes to its own address and leaves with its receipt", async () => {
  const [store, clock] = [freshStore(), makeClock()];
  const server = makeServer({ answer: toVerifications(taken) });
  const { outbox } = await decided(store, clock);
  const { sender } = await senderOf(store, server, clock);
  await sender.drain();
  assert.equal(server.count("POST", "/sync/"), 0);
  clock.at += HOLD_MS;
  await sender.drain();
  assert.deepEqual(server.requests.filter((one) => one.method === "POST").map((one) => one.url), ["/sync/verifications"]);
  assert.deepEqual(await outbox.list(), []);
  assert.equal((await outbox.receipts())[0].number, "YH2026-0001");
});

test("while it is held it can be taken back, and what was typed is a draft again", async () => {
  const [store, clock] = [freshStore(), makeClock()];
  const { outbox, draft } = await decided(store, clock);
  assert.equal(await outbox.undo(numbered(1)), true);
  assert.deepEqual(await outbox.list(), []);
  assert.equal((await openDraft(WANG, draft.key, { store })).filed, null);
  assert.equal((await draft.get()).note, "still open");
});

test("once something of it has left the phone it cannot be taken back", async () => {
  const [store, clock] = [freshStore(), makeClock()];
  const server = makeServer({ answer: toVerifications(() => null) });
  const { outbox } = await decided(store, clock);
  const { sender } = await senderOf(store, server, clock);
  clock.at += HOLD_MS;
  await sender.drain();
  assert.equal(await outbox.undo(numbered(1)), false);
  assert.equal((await outbox.list()).length, 1);
  assert.equal(await outbox.undo(numbered(2)), false);
});

test("a hazard that has moved on stops the decision for its person, who may put it away", async () => {
  const [store, clock] = [freshStore(), makeClock()];
  const server = makeServer({ answer: toVerifications(() => json(409, { error: "acted_first", message: "somebody was first" })) });
  const { outbox } = await decided(store, clock);
  const { sender } = await senderOf(store, server, clock);
  clock.at += HOLD_MS;
  await sender.drain();
  const [entry] = await outbox.list();
  assert.deepEqual([entry.state, entry.reason, entry.words], ["refused", "acted_first", "somebody was first"]);
  assert.ok(filing.isForTheOffice(entry));
  await outbox.putAway(entry.uuid);
  assert.deepEqual(await outbox.list(), []);
});

test("an entry of an earlier release is a check, and a check that somebody was before goes on by itself", () => {
  const entry = filing.newEntry({ uuid: numbered(1), user: WANG, body: "{}", sha256: hash("{}"), photos: [], label: {} }, 1);
  delete entry.to;
  assert.equal(filing.addressOf(entry), "/sync/filings");
  const told = { kind: "http", status: 409, contentType: "application/json", body: JSON.stringify({ error: "acted_first", message: "" }) };
  assert.equal(filing.judgeFiling(told, entry).state, "queued");
});
