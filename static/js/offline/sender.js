/* Drains the outbox one by one, photos first. Only a receipt removes anything; every other end keeps it, with its reason. */
import { sha256, utf8 } from "./digest.js";
import * as filing from "./filing.js";

const BUSY_MS = 5000;
const TOKEN_URL = "/sync/token";
const photoUrl = (sha256) => `/sync/photos/${sha256}`;

/** One request, its end put into {kind, status, contentType, retryAfter, reference, body}; never throws. */
export function makeAsk({ fetch = (...given) => globalThis.fetch(...given), timer = setTimeout, clear = clearTimeout } = {}) {
  return async function ask(url, { size = 0, attempts = 0, ...init } = {}) {
    const control = new AbortController();
    let late = false;
    const clock = timer(() => { late = true; control.abort(); }, filing.patience(size, attempts));
    try {
      const response = await fetch(url, {
        credentials: "same-origin", cache: "no-store", redirect: "manual", ...init,
        headers: { Accept: "application/json", ...init.headers }, signal: control.signal,
      });
      const { status, headers } = response;
      // The body too may break off or hang: it is read within the same patience.
      const body = status === 204 || status === 0 ? "" : await response.text();
      return {
        kind: "http", status, contentType: headers.get("Content-Type") || "", retryAfter: headers.get("Retry-After"),
        reference: headers.get("X-Request-ID") || "", body,
      };
    } catch {
      return { kind: late ? "timeout" : "network" };
    } finally {
      clear(clock);
    }
  };
}

function json(answer) {
  try {
    return JSON.parse(answer.body);
  } catch {
    return null;
  }
}

/** The sender of one person's outbox. `single(work)` lets only one tab work; the rest is the world, replaceable in tests. */
export function makeSender({ outbox, single, ask = makeAsk(), now = filing.steadyClock(), wall = Date.now, random = Math.random, timer = setTimeout, clear = clearTimeout, quickLineMs = filing.QUICK_LINE_MS }) {
  let running = null;
  let wanted = null;
  let clock = null;
  let tokenFailures = 0;
  let stopped = false;

  function later(ms) {
    clear(clock);
    if (!stopped) clock = timer(() => drain(), Math.max(0, ms));
  }

  async function putPhoto(entry, photo, token) {
    if (entry.attempts > 0) {
      const known = await ask(photoUrl(photo.sha256), { method: "GET" });
      if (known.status === 200 && json(known)?.sha256 === photo.sha256) return { taken: true };
      // Whether it has arrived cannot be told now: to send it blindly would cost its bytes a second time.
      if (known.kind !== "http") return filing.judgePhoto(known, photo);
    }
    const kept = await outbox.bytes(photo.sha256);
    if (!kept?.bytes?.byteLength) return goneOrKnown(photo);
    const answer = await ask(photoUrl(photo.sha256), {
      method: "PUT",
      // A new Blob: Safari sends what it read back from its store as an empty body.
      body: new Blob([kept.bytes], { type: photo.type }),
      headers: { "Content-Type": photo.type, "X-Content-Length-Declared": String(kept.bytes.byteLength), "X-CSRFToken": token },
      size: kept.bytes.byteLength,
      attempts: entry.attempts,
    });
    const judged = filing.judgePhoto(answer, { ...photo, size: kept.bytes.byteLength });
    // Damaged on the way, or here in the store: then no sending again helps.
    const isWhole = judged.reason !== "bad_body" || (await sha256(kept.bytes)) === photo.sha256;
    return isWhole ? judged : gone(photo);
  }

  const gone = (photo) => ({ state: filing.STATES.REFUSED, reason: "photo_gone", photo: photo.sha256 });

  async function goneOrKnown(photo) {
    const answer = await ask(photoUrl(photo.sha256), { method: "GET" });
    if (answer.status === 200 && json(answer)?.sha256 === photo.sha256) return { taken: true };
    const absent = answer.status === 404 && json(answer)?.error === "photo_unknown";
    return absent ? gone(photo) : filing.judgePhoto(answer, photo);
  }

  const filingHeaders = (entry, token) => ({
    "X-Filing-SHA256": entry.sha256, "X-CSRFToken": token, "X-Phone-Time": new Date(wall()).toISOString(),
  });

  async function postFiling(entry, token) {
    const answer = await ask(filing.addressOf(entry), {
      method: "POST",
      body: entry.body,
      headers: { ...filingHeaders(entry, token), "Content-Type": "application/json" },
      size: utf8(entry.body).length,
      attempts: entry.attempts,
    });
    return filing.judgeFiling(answer, entry);
  }

  /** The filing and its photos in one request; null when they must go one by one. */
  async function postTogether(entry, token) {
    const album = [];
    for (const { sha256 } of entry.photos) album.push({ sha256, bytes: (await outbox.bytes(sha256))?.bytes });
    if (album.some(({ bytes }) => !bytes?.byteLength)) return null;
    const body = new Blob([entry.body, ...album.map(({ bytes }) => bytes)], { type: "application/octet-stream" });
    const sizes = album.map(({ sha256, bytes }) => `${sha256}=${bytes.byteLength}`).join(", ");
    const headers = { ...filingHeaders(entry, token), "Content-Type": body.type, "X-Photos": sizes };
    const answer = await ask(filing.TOGETHER_URL, { method: "POST", body, headers, size: body.size });
    return filing.isAboutPhoto(answer) ? null : filing.judgeFiling(answer, entry);
  }

  async function sendOne(uuid, { token, isQuick }) {
    let goesTogether = false;
    let entry = await outbox.change(uuid, (old) => {
      goesTogether = isQuick && filing.mayGoTogether(old);
      return { ...old, state: filing.STATES.SENDING, triedTogether: old.triedTogether || goesTogether };
    });
    if (!entry) return;
    const told = goesTogether && (await postTogether(entry, token));
    if (told) {
      await settle(uuid, told);
      return;
    }
    for (const photo of filing.unsentPhotos(entry)) {
      const judged = await putPhoto(entry, photo, token);
      if (!judged.taken) {
        await settle(uuid, judged);
        return;
      }
      entry = await outbox.change(uuid, (old) => filing.withPhotoSent(old, photo.sha256));
      if (!entry) return;
    }
    await settle(uuid, await postFiling(entry, token));
  }

  async function settle(uuid, judged) {
    if (judged.receipt) await outbox.finish(uuid, judged.receipt);
    else await outbox.change(uuid, (old) => filing.after(old, judged, now(), random));
  }

  /** A fresh token for this person and whether the line was quick, or null: then nothing may be sent now. */
  async function tokenFor(entries) {
    const begun = now();
    const answer = await ask(TOKEN_URL, { method: "GET" });
    const told = answer.status === 200 ? json(answer) : null;
    if (told && typeof told.token === "string" && filing.mayGo({ user: outbox.user }, told.user)) {
      tokenFailures = 0;
      return { token: told.token, isQuick: now() - begun <= quickLineMs };
    }
    tokenFailures += 1;
    const judged = filing.judgeFiling(answer, entries[0]);
    if (judged.state === filing.STATES.WAITING_SIGN_IN) {
      for (const entry of entries) await outbox.change(entry.uuid, (old) => filing.after(old, judged, now(), random));
    } else if (!told) {
      // Only the reason: the network has failed, not these filings, and their own pauses must not grow by it.
      for (const entry of entries) await outbox.change(entry.uuid, (old) => filing.unreached(old, judged.reason || "not_receipt"));
    }
    return null;
  }

  async function pass({ awake, all }) {
    const tried = new Set();
    const due = async () =>
      (await outbox.list()).filter((entry) => !tried.has(entry.uuid) && (filing.isDue(entry, now(), awake) || (all && filing.goesByItself(entry))));
    let entries = await due();
    if (!entries.length) return;
    const line = await tokenFor(entries);
    // One entry after another, each tried once in a pass: what fails stands back and never blocks the next.
    while (line && entries.length && !stopped) {
      const { uuid } = entries[0];
      tried.add(uuid);
      await sendOne(uuid, line).catch(() =>
        outbox.change(uuid, (old) => filing.after(old, { state: filing.STATES.QUEUED, reason: "phone" }, now(), random)));
      entries = await due();
    }
  }

  async function plan(ran) {
    if (!ran) return later(BUSY_MS);
    const entries = await outbox.list();
    const next = filing.nextDue(entries);
    const waitsForPerson = next === null && !entries.some((entry) => entry.state === filing.STATES.WAITING_SIGN_IN);
    if (waitsForPerson) return undefined;
    const wait = next === null ? filing.pause(9, random) : next - now();
    return later(Math.max(wait, tokenFailures ? filing.pause(tokenFailures, random) : 0));
  }

  async function run(how) {
    let ran = false;
    try {
      ran = await single(() => pass(how));
    } finally {
      await plan(ran).catch(() => later(BUSY_MS));
    }
  }

  /** Send what is due. `awake`: the network may be back; `all`: a person pressed the button, no pause is kept. */
  function drain(how = {}) {
    if (running) {
      wanted = { awake: wanted?.awake || how.awake, all: wanted?.all || how.all };
      return running;
    }
    clear(clock);
    running = run(how).finally(() => {
      running = null;
      const next = wanted;
      wanted = null;
      if (next && !stopped) drain(next).catch(() => {});
    });
    return running;
  }

  return {
    drain,
    poke: () => drain({ awake: true }).catch(() => {}),
    sendAll: () => drain({ awake: true, all: true }),
    stop: () => { stopped = true; clear(clock); },
  };
}
