import assert from "node:assert/strict";
import test from "node:test";

import { makeAsk } from "../../static/js/offline/sender.js";
import { makeSingle } from "../../static/js/offline/single-sender.js";
import { LIN, WANG, bytes, filed, freshStore, hash, json, makeClock, makeServer, numbered, senderOf } from "./fixtures.js";

async function outboxOf(n, { photos = [], ...world } = {}) {
  const store = freshStore();
  for (let i = 1; i <= n; i += 1) await filed(store, { n: i, photos });
  const server = makeServer(world);
  const clock = makeClock();
  return { store, server, clock, ...(await senderOf(store, server, clock)) };
}

const isFiling = (request, n) => request.url === "/sync/filings" && JSON.parse(request.init.body).uuid === numbered(n);
const page = () => new Response("<html>", { status: 200, headers: { "Content-Type": "text/html" } });

test("ten filings go one by one, photos first, oldest first", async () => {
  const { outbox, sender, server } = await outboxOf(10, { photos: ["a", "b"] });
  await sender.drain();
  assert.equal(await outbox.count(), 0);
  assert.equal(server.most, 1);
  assert.equal(server.filings.size, 10);
  assert.equal((await outbox.receipts()).length, 10);
  assert.deepEqual([...server.filings.keys()], Array.from({ length: 10 }, (_x, i) => numbered(i + 1)));
});

test("nothing waits, nothing is asked", async () => {
  const { sender, server, clock } = await outboxOf(0);
  await sender.drain();
  assert.equal(server.requests.length, 0);
  assert.equal(clock.timers.size, 0);
});

const POISON = {
  "an unreachable answer": () => null,
  "a page": page,
  "a fault": () => json(500, { error: "500" }),
  "a refusal": () => json(422, { error: "invalid", message: "x", fields: [] }),
  "other content": () => json(422, { error: "content_differs", message: "x" }),
  "a prohibition": () => json(403, { error: "403", message: "x" }),
};
for (const [name, answer] of Object.entries(POISON)) {
  test(`${name} for the first in line does not hold back the rest`, async () => {
    const { outbox, sender } = await outboxOf(10, {
      answer: (request, proper) => (isFiling(request, 1) ? answer() : proper()),
    });
    await sender.drain();
    assert.deepEqual((await outbox.list()).map((entry) => entry.uuid), [numbered(1)]);
  });
}

test("pauses grow from two seconds to five minutes by the clock", async () => {
  const { sender, clock, outbox, server } = await outboxOf(1, {
    answer: (request, proper) => (request.url === "/sync/filings" ? json(500, {}) : proper()),
  });
  const waits = [];
  for (let i = 0; i < 10; i += 1) {
    await sender.drain();
    waits.push((clock.earliest() - clock.at) / 1000);
    clock.at = clock.earliest();
  }
  assert.deepEqual(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  const posts = server.count("POST", "/sync/filings");
  clock.at -= 1;
  await sender.drain();
  assert.equal(server.count("POST", "/sync/filings"), posts, "not before its time");
  assert.equal((await outbox.list())[0].reason, "server");
});

test("without a network only the token is asked for, and the filings' own pauses do not grow", async () => {
  const { sender, server, outbox, clock } = await outboxOf(3, { answer: () => null });
  await sender.drain();
  await sender.drain();
  assert.equal(server.requests.length, 2);
  assert.deepEqual((await outbox.list()).map((entry) => [entry.attempts, entry.reason]), Array(3).fill([0, "network"]));
  assert.equal(clock.earliest() - clock.at, 4000);
});

test("an answer lost on the way ends as filed once", async () => {
  let cut = true;
  const { outbox, sender, server, clock } = await outboxOf(1, {
    photos: ["a"],
    answer: async (request, proper) => {
      const given = await proper();
      if (request.url !== "/sync/filings" || !cut) return given;
      cut = false;
      return null;
    },
  });
  await sender.drain();
  assert.equal(await outbox.count(), 1);
  clock.at = clock.earliest();
  await sender.drain();
  assert.equal(await outbox.count(), 0);
  assert.equal(server.filings.size, 1);
  assert.equal(server.count("PUT", "/sync/photos/"), 1, "a photo that arrived is not sent again");
});

test("a photo whose answer was cut is asked for before it is sent again", async () => {
  let cut = true;
  const { outbox, sender, server, clock } = await outboxOf(1, {
    photos: ["a"],
    answer: async (request, proper) => {
      const given = await proper();
      if (request.method !== "PUT" || !cut) return given;
      cut = false;
      return null;
    },
  });
  await sender.drain();
  clock.at = clock.earliest();
  await sender.drain();
  assert.equal(await outbox.count(), 0);
  assert.equal(server.count("PUT", "/sync/photos/"), 1);
});

test("a photo is not sent again while nobody can say whether it has arrived", async () => {
  let cuts = 2;
  const { outbox, sender, server, clock } = await outboxOf(1, {
    photos: ["a"],
    answer: async (request, proper) => {
      const given = await proper();
      if (!request.url.startsWith("/sync/photos/") || !cuts) return given;
      cuts -= 1;
      return null;
    },
  });
  for (let round = 0; round < 3; round += 1) {
    await sender.drain();
    clock.at = clock.earliest() ?? clock.at;
  }
  assert.equal(await outbox.count(), 0);
  assert.equal(server.count("PUT", "/sync/photos/"), 1);
});

test("photos that the server lost are sent again", async () => {
  const { outbox, sender, server, clock } = await outboxOf(1, { photos: ["a", "b"], answer: (request, proper) => {
    if (request.url === "/sync/filings" && server.count("POST", "/sync/filings") === 1) server.photos.delete(hash("b"));
    return proper();
  } });
  await sender.drain();
  assert.equal((await outbox.list())[0].reason, "photos_missing");
  clock.at = clock.earliest();
  await sender.drain();
  assert.equal(await outbox.count(), 0);
});

test("an empty body on the way keeps the photo, and it goes the next time", async () => {
  let empty = true;
  const { outbox, sender, clock } = await outboxOf(1, { photos: ["a"], answer: (request, proper) => {
    if (request.method === "PUT" && empty) {
      empty = false;
      request.init.body = new Blob([]);
    }
    return proper();
  } });
  await sender.drain();
  assert.equal((await outbox.list())[0].reason, "bad_body");
  clock.at = clock.earliest();
  await sender.drain();
  assert.equal(await outbox.count(), 0);
});

test("a photo that the phone lost is named; the rest can go with a note", async () => {
  const { outbox, sender, store, server } = await outboxOf(1, { photos: ["a", "b"] });
  await store.write(["bytes"], (tx) => tx.objectStore("bytes").delete([WANG, hash("a")]));
  await sender.drain();
  const [stuck] = await outbox.list();
  assert.deepEqual([stuck.state, stuck.reason, stuck.photo], ["refused", "photo_gone", hash("a")]);
  await outbox.withoutLost(stuck.uuid, "one photo was lost");
  await sender.drain();
  assert.equal(await outbox.count(), 0);
  const posted = JSON.parse(server.requests.at(-1).init.body);
  assert.match(posted.summary, /one photo was lost/);
});

test("a photo damaged in the phone's store is named, not sent for ever", async () => {
  const { outbox, sender, store, server } = await outboxOf(1, {
    photos: ["a", "b"],
    answer: async (request, proper) => {
      const given = await proper();
      return given.status === 400 ? json(400, { error: "body_sha256", message: "x" }) : given;
    },
  });
  await store.write(["bytes"], (tx) => tx.objectStore("bytes").put({ user: WANG, sha256: hash("a"), type: "image/jpeg", bytes: bytes("z") }));
  await sender.drain();
  const [stuck] = await outbox.list();
  assert.deepEqual([stuck.state, stuck.reason, stuck.photo], ["refused", "photo_gone", hash("a")]);
  await outbox.withoutLost(stuck.uuid, "one photo was lost");
  await sender.drain();
  assert.equal(await outbox.count(), 0);
  assert.deepEqual([...server.photos.keys()], [hash("b")]);
});

test("a photo that the server cannot read leaves alone, the lost one is named after it", async () => {
  const { outbox, sender, store } = await outboxOf(1, {
    photos: ["a", "b"],
    answer: (request, proper) => (request.method === "PUT" && request.url.endsWith(hash("a")) ? json(422, { error: "photo_broken", message: "x" }) : proper()),
  });
  await store.write(["bytes"], (tx) => tx.objectStore("bytes").delete([WANG, hash("b")]));
  await sender.drain();
  const { uuid } = (await outbox.list())[0];
  await outbox.withoutLost(uuid, "unreadable");
  await sender.drain();
  const [stuck] = await outbox.list();
  assert.deepEqual([stuck.reason, stuck.photo], ["photo_gone", hash("b")]);
});

test("a photo lost on the phone that the server has is no loss", async () => {
  const { outbox, sender, store, server } = await outboxOf(1, { photos: ["a"] });
  await store.write(["bytes"], (tx) => tx.objectStore("bytes").clear());
  server.photos.set(hash("a"), 1);
  await sender.drain();
  assert.equal(await outbox.count(), 0);
});

test("signed out: all is kept, and goes after the next sign-in", async () => {
  let out = true;
  const { outbox, sender, server } = await outboxOf(2, {
    answer: (_request, proper) => (out ? json(401, { error: "sign_in" }) : proper()),
  });
  await sender.drain();
  assert.deepEqual((await outbox.list()).map((entry) => entry.state), ["waiting_sign_in", "waiting_sign_in"]);
  out = false;
  await sender.drain();
  assert.equal(await outbox.count(), 0);
  assert.equal(server.filings.size, 2);
});

test("signed out in the middle of the queue: the filing at hand is kept", async () => {
  const { outbox, sender } = await outboxOf(2, {
    answer: (request, proper) => (isFiling(request, 2) ? json(401, { error: "sign_in" }) : proper()),
  });
  await sender.drain();
  assert.deepEqual((await outbox.list()).map((entry) => [entry.uuid, entry.state]), [[numbered(2), "waiting_sign_in"]]);
});

test("another person's session sends nothing of it", async () => {
  const { outbox, sender, server } = await outboxOf(2, { user: LIN });
  await sender.drain();
  assert.equal(await outbox.count(), 2);
  assert.equal(server.filings.size, 0);
  assert.equal(server.count("PUT", "/"), 0);
});

test("a page killed while sending leaves a filing that goes the next time", async () => {
  const { outbox, sender } = await outboxOf(1);
  await outbox.change(numbered(1), (old) => ({ ...old, state: "sending" }));
  await sender.drain();
  assert.equal(await outbox.count(), 0);
});

test("the button keeps no pause, and a refused filing goes when its person says so", async () => {
  let fault = json(500, {});
  const { outbox, sender } = await outboxOf(1, { answer: (request, proper) => (fault && request.url === "/sync/filings" ? fault : proper()) });
  await sender.drain();
  fault = json(422, { error: "invalid", message: "x" });
  await sender.sendAll();
  assert.equal((await outbox.list())[0].state, "refused");
  fault = null;
  await sender.sendAll();
  assert.equal(await outbox.count(), 1, "not by itself");
  await outbox.resend(numbered(1));
  await sender.drain();
  assert.equal(await outbox.count(), 0);
});

test("a filing put in while another is being sent goes in the same breath", async () => {
  const { outbox, sender, store } = await outboxOf(1, { answer: async (request, proper) => {
    if (isFiling(request, 1)) await filed(store, { n: 2 });
    return proper();
  } });
  await sender.drain();
  assert.equal(await outbox.count(), 0);
});

test("an answer that does not come in time is a time-out, with more patience for large photos", async () => {
  const waits = [];
  const hang = (_url, { signal }) => new Promise((_ok, fail) => { signal.addEventListener("abort", () => fail(signal.reason)); });
  const ask = makeAsk({ fetch: hang, timer: (fn, ms) => { waits.push(ms); return setTimeout(fn, 0); } });
  assert.equal((await ask("/sync/filings", { size: 0 })).kind, "timeout");
  await ask("/sync/photos/x", { size: 400_000, attempts: 1 });
  assert.equal(waits[0], 120_000);
  assert.ok(waits[1] >= 400_000, "1 kB a second is enough the second time");
});

function fakeLocks() {
  let held = null;
  return {
    async request(_name, { ifAvailable, steal }, work) {
      if (held && ifAvailable && !steal) return work(null);
      const mine = {};
      held = mine;
      try {
        return await work({});
      } finally {
        if (held === mine) held = null;
      }
    },
  };
}

function fakeStorage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
}

for (const kind of ["locks", "leases"]) {
  test(`two tabs send one by one (${kind})`, async () => {
    const { store, server, clock } = await outboxOf(10, { photos: ["a"] });
    const shared = { locks: kind === "locks" ? fakeLocks() : null, storage: fakeStorage(), now: clock.now, every: () => () => {} };
    const sleep = () => new Promise((resolve) => setTimeout(resolve, 5));
    const tabs = await Promise.all([1, 2].map(() => senderOf(store, server, clock, { single: makeSingle({ ...shared, sleep }) })));
    await Promise.all(tabs.map((tab) => tab.sender.drain()));
    assert.equal(server.most, 1);
    assert.deepEqual([...server.filings.values()], Array(10).fill(1));
    assert.equal(await tabs[0].outbox.count(), 0);
  });

  test(`a frozen tab loses its turn after three minutes (${kind})`, async () => {
    const clock = makeClock();
    const shared = { locks: kind === "locks" ? fakeLocks() : null, storage: fakeStorage(), now: clock.now, every: () => () => {} };
    const [frozen, alive] = [makeSingle({ ...shared, sleep: async () => {} }), makeSingle({ ...shared, sleep: async () => {} })];
    frozen(() => new Promise(() => {}));
    await new Promise((resolve) => setTimeout(resolve, 5));
    let ran = 0;
    assert.equal(await alive(async () => { ran += 1; }), false);
    clock.at += 181_000;
    assert.equal(await alive(async () => { ran += 1; }), true);
    assert.equal(ran, 1);
  });
}

test("a holder that still beats keeps its turn, however long it takes", async () => {
  const clock = makeClock();
  let beat = null;
  const shared = { locks: null, storage: fakeStorage(), now: clock.now, sleep: async () => {}, every: (fn) => { beat = fn; return () => {}; } };
  const [holder, other] = [makeSingle(shared), makeSingle(shared)];
  holder(() => new Promise(() => {}));
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (let minute = 0; minute < 10; minute += 1) {
    assert.equal(await other(async () => {}), false);
    clock.at += 170_000;
    beat();
  }
});

test("a lease that was left days ago is not judged by the phone's clock", async () => {
  const clock = makeClock();
  const storage = fakeStorage();
  storage.setItem("xuncha-sender", JSON.stringify({ holder: "x", at: 1 }));
  const single = makeSingle({ locks: null, storage, now: clock.now, sleep: async () => {}, every: () => () => {} });
  assert.equal(await single(async () => {}), false);
  clock.at += 181_000;
  assert.equal(await single(async () => {}), true);
});

test("a browser without localStorage sends all the same", async (t) => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  t.after(() => (own ? Object.defineProperty(globalThis, "localStorage", own) : delete globalThis.localStorage));
  for (const without of [{ value: null }, { get() { throw new DOMException("no", "SecurityError"); } }]) {
    Object.defineProperty(globalThis, "localStorage", { ...without, configurable: true });
    for (const locks of [fakeLocks(), null]) {
      let ran = 0;
      assert.equal(await makeSingle({ locks, sleep: async () => {}, every: () => () => {} })(async () => { ran += 1; }), true);
      assert.equal(ran, 1);
    }
  }
});

test("a tab that finds another sending looks again soon", async () => {
  const { store, server, clock } = await outboxOf(1);
  const { sender } = await senderOf(store, server, clock, { single: async () => false });
  await sender.drain();
  assert.equal(clock.earliest() - clock.at, 5000);
});
