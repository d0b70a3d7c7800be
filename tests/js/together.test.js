import assert from "node:assert/strict";
import test from "node:test";

import { filed, freshStore, hash, json, makeClock, makeServer, numbered, senderOf } from "./fixtures.js";

const TOGETHER = "/sync/filings/together";
const page = () => new Response("<html>", { status: 200, headers: { "Content-Type": "text/html" } });

/** An outbox with filings whose sender's line is quick. */
async function outboxOf(n, { photos = ["a", "b"], ...world } = {}) {
  const store = freshStore();
  for (let i = 1; i <= n; i += 1) await filed(store, { n: i, photos });
  const server = makeServer(world);
  const clock = makeClock();
  return { store, server, clock, ...(await senderOf(store, server, clock, { quickLineMs: 800 })) };
}

test("over a quick line a filing goes with its photos in one request", async () => {
  const { outbox, sender, server } = await outboxOf(2);
  await sender.drain();
  assert.equal(await outbox.count(), 0);
  assert.deepEqual(server.requests.map((one) => one.url), ["/sync/token", TOGETHER, TOGETHER]);
  assert.deepEqual([...server.photos.keys()], [hash("a"), hash("b")]);
});

test("a line that answers late gets the photos one by one", async () => {
  const { sender, server, clock } = await outboxOf(1, {
    answer: (request, proper) => { clock.at += request.url === "/sync/token" ? 801 : 0; return proper(); },
  });
  await sender.drain();
  assert.equal(server.count("POST", TOGETHER), 0);
  assert.equal(server.count("PUT", "/sync/photos/"), 2);
});

const BROKEN = {
  "a broken line": () => null,
  "a page that is not ours": page,
  "a server of before, which does not know the address": () => json(404, { error: "404", message: "" }),
};
for (const [name, answer] of Object.entries(BROKEN)) {
  test(`after ${name} photos go one by one, and never together again`, async () => {
    const { outbox, sender, server, clock } = await outboxOf(1, {
      answer: (request, proper) => (request.url === TOGETHER ? answer() : proper()),
    });
    await sender.drain();
    assert.equal(await outbox.count(), 1);
    clock.at = clock.earliest();
    await sender.drain();
    assert.equal(await outbox.count(), 0);
    assert.equal(server.count("POST", TOGETHER), 1);
    assert.equal(server.filings.size, 1);
  });
}

for (const [status, error] of [[400, "body_sha256"], [422, "photo_decode"], [413, "413"], [429, "refused"]]) {
  test(`${status} ${error} for all of it is followed by the photos one by one at once`, async () => {
    const { outbox, sender, server } = await outboxOf(1, {
      answer: (request, proper) => (request.url === TOGETHER ? json(status, { error, message: "x" }) : proper()),
    });
    await sender.drain();
    assert.equal(await outbox.count(), 0);
    assert.equal(server.count("PUT", "/sync/photos/"), 2);
  });
}

test("a refusal of the filing itself stays, and its photos are not sent for it", async () => {
  const { outbox, sender, server } = await outboxOf(1, {
    answer: (request, proper) => (request.url === TOGETHER ? json(422, { error: "refused", message: "x" }) : proper()),
  });
  await sender.drain();
  assert.equal((await outbox.list())[0].state, "refused");
  assert.equal(server.count("PUT", "/sync/photos/"), 0);
});

test("a filing that was cut off with its page goes on photo by photo", async () => {
  const { outbox, sender, server } = await outboxOf(1);
  await outbox.change(numbered(1), (old) => ({ ...old, state: "sending", triedTogether: true }));
  await sender.drain();
  assert.equal(await outbox.count(), 0);
  assert.equal(server.count("POST", TOGETHER), 0);
});

test("more than two megabytes of photos go one by one", async () => {
  const { sender, server } = await outboxOf(1, { photos: ["a".repeat(1_200_000), "b".repeat(900_000)] });
  await sender.drain();
  assert.equal(server.count("POST", TOGETHER), 0);
  assert.equal(server.filings.size, 1);
});
