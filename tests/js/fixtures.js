/* What the tests of the phone's side share: a fresh store, a filing with photos, a server made of answers, a clock. */
import "fake-indexeddb/auto";

import { createHash } from "node:crypto";

import { makeStore, MIGRATIONS } from "../../static/js/offline/db.js";
import { openDraft } from "../../static/js/offline/drafts.js";
import { openOutbox } from "../../static/js/offline/outbox.js";
import { makeSender } from "../../static/js/offline/sender.js";

export const WANG = 7;
export const LIN = 8;

let count = 0;

export const hash = (content) => createHash("sha256").update(content).digest("hex");
export const bytes = (text) => new TextEncoder().encode(text).buffer;
export const freshStore = (migrations = MIGRATIONS, name = `test-${(count += 1)}`) => makeStore(name, migrations);

export function numbered(n) {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

/** A draft with photos, put into the outbox; returns its entry. */
export async function filed(store, { user = WANG, n = 1, photos = [], now = () => 1000 + n } = {}) {
  const uuid = numbered(n);
  const draft = await openDraft(user, `check/${n}`, { store, now });
  await draft.set("summary", `visit ${n}`);
  for (const text of photos) await draft.addPhoto("scene", { bytes: bytes(text), sha256: hash(text), type: "image/jpeg" });
  const filing = { uuid, summary: `visit ${n}`, photos: photos.map((text) => ({ sha256: hash(text) })) };
  return openOutbox(user, { store, now }).put({ uuid, filing, label: { title: `site ${n}` }, draft: draft.key });
}

export const json = (status, body, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

/** A server that keeps what it takes. `answer(request, otherwise)` may answer in its place; returning null is a broken line. */
export function makeServer({ user = WANG, answer = (_request, otherwise) => otherwise() } = {}) {
  const server = { user, photos: new Map(), filings: new Map(), requests: [], inFlight: 0, most: 0 };

  async function proper({ url, method, init }) {
    if (url === "/sync/token") return json(200, { token: "t", user: server.user });
    const sha256 = url.split("/").pop();
    if (url.startsWith("/sync/photos/") && method === "GET") {
      const size = server.photos.get(sha256);
      return size ? json(200, { sha256, size }) : json(404, { error: "photo_unknown", message: "" });
    }
    if (url.startsWith("/sync/photos/")) {
      const body = await init.body.arrayBuffer();
      if (hash(new Uint8Array(body)) !== sha256) return json(400, { error: "body", message: "" });
      server.photos.set(sha256, body.byteLength);
      return json(201, { sha256, size: body.byteLength });
    }
    if (url.endsWith("/together")) {
      const parts = init.headers["X-Photos"].split(", ").map((part) => part.split("="));
      let at = init.body.size - parts.reduce((sum, [, size]) => sum + Number(size), 0);
      const text = await init.body.slice(0, at).text();
      for (const [sha256, size] of parts) {
        const photo = await init.body.slice(at, (at += Number(size))).arrayBuffer();
        if (hash(new Uint8Array(photo)) !== sha256) return json(400, { error: "body_sha256", message: "" });
        server.photos.set(sha256, photo.byteLength);
      }
      return take(text);
    }
    return take(init.body);
  }

  function take(body) {
    const filing = JSON.parse(body);
    const hashes = filing.photos.map((photo) => photo.sha256);
    const missing = hashes.filter((one) => !server.photos.has(one));
    if (missing.length) return json(409, { error: "photos_missing", message: "", photos: missing });
    const known = server.filings.get(filing.uuid);
    server.filings.set(filing.uuid, (known || 0) + 1);
    const receipt = { uuid: filing.uuid, number: `No. ${filing.uuid.slice(-1)}`, photo_hashes: hashes, photos: hashes.length };
    return json(known ? 200 : 201, { receipt, body_sha256: hash(body) });
  }

  server.fetch = async (url, init) => {
    const request = { url, method: init.method, init };
    server.requests.push(request);
    server.inFlight += 1;
    server.most = Math.max(server.most, server.inFlight);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      const given = await answer(request, () => proper(request));
      if (!given) throw new TypeError("Failed to fetch");
      return given;
    } finally {
      server.inFlight -= 1;
    }
  };
  server.count = (method, start) => server.requests.filter((one) => one.method === method && one.url.startsWith(start)).length;
  return server;
}

/** A clock that stands until it is moved, with the timers that were set on it. */
export function makeClock(start = 1_000_000) {
  const clock = { at: start, timers: new Map(), next: 1 };
  clock.now = () => clock.at;
  clock.timer = (fn, ms) => { clock.timers.set(clock.next, { fn, at: clock.at + ms }); return clock.next++; };
  clock.clear = (id) => clock.timers.delete(id);
  clock.earliest = () => Math.min(...[...clock.timers.values()].map((timer) => timer.at));
  return clock;
}

/** A sender whose timers are `clock`'s; requests time out by no clock unless `askTimer` is given. Its line is slow: photos go one by one. */
export async function senderOf(store, server, clock, more = {}) {
  const { makeAsk } = await import("../../static/js/offline/sender.js");
  const outbox = openOutbox(more.user || WANG, { store, now: clock.now });
  const ask = makeAsk({ fetch: server.fetch, timer: () => 0, clear: () => {} });
  const single = more.single || (async (work) => { await work(); return true; });
  const sender = makeSender({ outbox, single, ask, now: clock.now, random: () => 1, timer: clock.timer, clear: clock.clear, quickLineMs: -1, ...more });
  return { outbox, sender };
}
