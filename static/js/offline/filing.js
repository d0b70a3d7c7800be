/* PURE: the states of a filing on the phone, and what each answer does to it. No document, no store, no network. */
export const STATES = {
  QUEUED: "queued",
  SENDING: "sending",
  WAITING_SIGN_IN: "waiting_sign_in",
  REFUSED: "refused",
  CONFLICT: "conflict",
  // The office has it: kept here, and no longer waited for.
  PUT_AWAY: "put_away",
};

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 5 * 60 * 1000;
const LONGEST_ASKED_PAUSE_MS = 15 * 60 * 1000;
const PATIENCE_MS = 120 * 1000;
const SLOW_LINE_BYTES_PER_MS = 4;
const TOGETHER_BYTES = 2_000_000;
export const QUICK_LINE_MS = 800;
const HEX64 = /^[0-9a-f]{64}$/;

/** What of the server takes an entry: checks, decisions on hazards, pulses of idle sites. Entries of earlier releases are checks. */
export const TO = { FILINGS: "filings", VERIFICATIONS: "verifications", PULSES: "pulses" };

export const addressOf = (entry) => `/sync/${entry.to ?? TO.FILINGS}`;
export const TOGETHER_URL = "/sync/filings/together";

/** An entry as it waits in the outbox. `body` is the exact text that is posted, `sha256` that of its bytes; it is held for so long
 * that it can be taken back. */
export function newEntry({ uuid, user, body, sha256, photos, label, draft, to = TO.FILINGS, holdMs = 0 }, now) {
  return {
    uuid, user, body, sha256, photos, label, draft, to,
    state: STATES.QUEUED, reason: null, words: "", fields: [], photo: null,
    sent: [], attempts: 0, nextAt: holdMs && now + holdMs, createdAt: now, triedAt: null,
  };
}

/** Whether nothing of an entry has left the phone yet. */
export const isUntried = (entry) => entry.state === STATES.QUEUED && entry.triedAt === null && entry.sent.length === 0;

/** Whether an entry is tried in one request with its photos: once, and only few bytes, because what breaks off is lost. */
export function mayGoTogether(entry) {
  const bytes = entry.photos.reduce((sum, photo) => sum + photo.size, 0);
  const untried = !entry.triedTogether && entry.attempts === 0 && entry.sent.length === 0;
  return (entry.to ?? TO.FILINGS) === TO.FILINGS && untried && entry.photos.length > 0 && bytes <= TOGETHER_BYTES;
}

/** Every photo that a filing names, in order. */
export function photoRefs(filing) {
  const refs = [...(filing.photos || [])];
  for (const answer of filing.answers || []) refs.push(...(answer.photos || []));
  for (const finding of filing.findings || []) refs.push(...(finding.before || []), ...(finding.after || []));
  for (const recheck of filing.rechecks || []) refs.push(...(recheck.photos || []));
  return refs;
}

/** The hashes of the photos that a filing names, each once, in order. */
export const photoHashes = (filing) => [...new Set(photoRefs(filing).map((ref) => ref.sha256))];

/** The filing without some photos, with a note of it in the summary; it was never taken, so its UUID stays. */
export function withoutPhotos(filing, hashes, note) {
  const kept = (refs) => (refs || []).filter((ref) => !hashes.includes(ref.sha256));
  const list = (name, names) =>
    (filing[name] ? { [name]: filing[name].map((part) => ({ ...part, ...Object.fromEntries(names.map((one) => [one, kept(part[one])])) })) } : {});
  return {
    ...filing,
    photos: kept(filing.photos),
    ...(filing.answers && { answers: filing.answers.map((one) => (one.photos ? { ...one, photos: kept(one.photos) } : one)) }),
    ...list("findings", ["before", "after"]),
    ...list("rechecks", ["photos"]),
    summary: [filing.summary, note].filter(Boolean).join("\n"),
  };
}

/** Photos that have still to be sent, in the order of the filing. */
export const unsentPhotos = (entry) => entry.photos.filter((photo) => !entry.sent.includes(photo.sha256));

/** Milliseconds to wait after the nth failure in a row: doubling to five minutes, spread so that phones do not return together. */
export function pause(attempts, random = Math.random) {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 20));
  return Math.round(full * (0.5 + random() / 2));
}

/** Milliseconds to wait for an answer: more for large bodies, and more again after a failure on a very slow line. */
export function patience(bytes, attempts = 0) {
  return (PATIENCE_MS + bytes / SLOW_LINE_BYTES_PER_MS) * 2 ** Math.min(attempts, 2);
}

const isJson = (answer) => /^application\/json\b/i.test(answer.contentType || "");
// A proxy or portal may answer in JSON too; the server always names its reason.
const named = (value) => (typeof value?.error === "string" ? value : null);

function parsed(answer) {
  if (!isJson(answer)) return null;
  try {
    const value = JSON.parse(answer.body);
    return value && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** What was made of an answer, with the number under which the server's log has its request. */
const referred = (answer, made) => (answer.reference ? { ...made, reference: answer.reference } : made);

const again = (reason, more = {}) => ({ state: STATES.QUEUED, reason, ...more });
const stop = (state, reason, told) => ({ state, reason, words: told?.message || "", fields: told?.fields || [] });

/** Whether an answer is the receipt of this filing: its UUID, the hash of its bytes, and every photo. */
export function receiptOf(answer, entry) {
  const told = parsed(answer);
  const receipt = told?.receipt;
  if (!receipt || typeof receipt.number !== "string" || !receipt.number) return null;
  if (String(receipt.uuid).toLowerCase() !== entry.uuid || told.body_sha256 !== entry.sha256) return null;
  const hashes = receipt.photo_hashes;
  if (!Array.isArray(hashes) || entry.photos.some((photo) => !hashes.includes(photo.sha256))) return null;
  return referred(answer, receipt);
}

function judgeRefusal(told) {
  switch (told?.error) {
    case "content_differs": return stop(STATES.CONFLICT, "conflict", told);
    case "newer_format": return again("newer_format");
    default: return stop(STATES.REFUSED, "invalid", told);
  }
}

function judgeStatus(answer, told) {
  const asked = Number(answer.retryAfter) * 1000;
  const wait = asked > 0 ? { wait: Math.min(asked, LONGEST_ASKED_PAUSE_MS) } : {};
  switch (answer.status) {
    case 400: return again("bad_body");
    // A portal or proxy refuses in its own words; only the server's own JSON ends the attempts.
    case 401: return told ? { state: STATES.WAITING_SIGN_IN, reason: "sign_in" } : again("not_ours");
    case 403: return told ? stop(STATES.REFUSED, "forbidden", told) : again("not_ours");
    case 404: return told && told.error !== "404" ? stop(STATES.REFUSED, "invalid", told) : again("not_found");
    case 409: return again("in_progress", wait);
    case 413: return told ? stop(STATES.REFUSED, "too_large", told) : again("not_ours");
    case 422: return told ? judgeRefusal(told) : again("not_ours");
    case 429: return again("too_many", wait);
    default: return answer.status >= 500 ? again("server", wait) : again("not_receipt", wait);
  }
}

function judgeAny(answer) {
  return answer.kind === "http" ? referred(answer, judgeHttp(answer)) : again(answer.kind === "timeout" ? "timeout" : "network");
}

function judgeHttp(answer) {
  if (answer.status === 0 || (answer.status >= 300 && answer.status < 400)) return again("redirected");
  if (answer.status >= 400) return judgeStatus(answer, named(parsed(answer)));
  return again(isJson(answer) || answer.status === 204 ? "not_receipt" : "not_ours");
}

/** What an answer to a filing means: {receipt} when it is sent, else the state and reason in which it stays. */
export function judgeFiling(answer, entry) {
  if (answer.kind === "http" && (answer.status === 200 || answer.status === 201)) {
    const receipt = receiptOf(answer, entry);
    return receipt ? { receipt } : judgeAny(answer);
  }
  const told = answer.status === 409 ? parsed(answer) : null;
  // A check is taken whatever happened meanwhile; a decision on a hazard that has moved on is for a person.
  if (told?.error === "acted_first" && entry.to === TO.VERIFICATIONS) return referred(answer, stop(STATES.REFUSED, "acted_first", told));
  if (told?.error === "photos_missing") {
    return again("photos_missing", { resend: (told.photos || []).filter((hash) => HEX64.test(hash)) });
  }
  return judgeAny(answer);
}

/** Whether an answer to a filing with its photos is about a photo: which one, and what to do, is told when they go one by one. */
export const isAboutPhoto = (answer) =>
  [413, 429].includes(answer.status) || ([400, 422].includes(answer.status) && /^(body|photo)_/.test(named(parsed(answer))?.error ?? ""));

/** What an answer to a photo means: {taken: true}, else the state and reason in which its filing stays. */
export function judgePhoto(answer, photo) {
  const told = answer.kind === "http" ? parsed(answer) : null;
  if (answer.status === 200 || answer.status === 201) {
    return told?.sha256 === photo.sha256 && told.size === photo.size ? { taken: true } : judgeAny(answer);
  }
  if ([413, 422].includes(answer.status) && named(told)) return referred(answer, { ...stop(STATES.REFUSED, "photo_refused", told), photo: photo.sha256 });
  return judgeAny(answer);
}

/** The entry after a judgement that is not a receipt. Automatic ones come again after a pause, the others when told to. */
export function after(entry, judgement, now, random = Math.random) {
  const attempts = entry.attempts + 1;
  const wait = Math.max(pause(attempts, random), judgement.wait || 0);
  const lost = judgement.resend || [];
  return {
    ...entry,
    state: judgement.state,
    reason: judgement.reason,
    words: judgement.words || "",
    fields: judgement.fields || [],
    photo: judgement.photo || null,
    reference: judgement.reference || "",
    sent: entry.sent.filter((hash) => !lost.includes(hash)),
    attempts,
    nextAt: judgement.state === STATES.QUEUED ? now + wait : 0,
    triedAt: now,
  };
}

/** The entry with one photo more at the server: that is progress, so the pauses begin anew. */
export const withPhotoSent = (entry, sha256) => ({ ...entry, sent: [...new Set([...entry.sent, sha256])], attempts: 0 });

/** The entry that a person, or a new sign-in, sends once more. */
export const onceMore = (entry) => ({ ...entry, state: STATES.QUEUED, reason: null, words: "", fields: [], photo: null, attempts: 0, nextAt: 0 });

/** The entry whose server could not even be asked for a token. */
export const unreached = (entry, reason) => ({ ...entry, state: STATES.QUEUED, reason });

/** Whether an entry is sent without a person having to decide something first. */
export const goesByItself = (entry) => ![STATES.REFUSED, STATES.CONFLICT, STATES.PUT_AWAY].includes(entry.state);

/** Whether nothing its person could do on this phone makes it go: the office can, or the hazard's own page. */
export const isForTheOffice = (entry) =>
  entry.state === STATES.CONFLICT || (entry.state === STATES.REFUSED && (entry.reason === "forbidden" || [TO.VERIFICATIONS, TO.PULSES].includes(entry.to)));

const LINE = ["network", "timeout"];

/** A clock that no setting of the phone's clock moves while the page is open: pauses are measured by it. */
export function steadyClock(wall = Date.now, running = () => performance.now()) {
  const began = wall() - running();
  return () => Math.round(began + running());
}

/** Whether an entry should go now. `awake` is a good sign for the network: the page came back, the network returned. */
export function isDue(entry, now, awake = false) {
  if (entry.state === STATES.SENDING || entry.state === STATES.WAITING_SIGN_IN) return true;
  if (entry.state !== STATES.QUEUED) return false;
  // Further away than any pause: noted before the clock was set back.
  return entry.nextAt <= now || entry.nextAt > now + LONGEST_ASKED_PAUSE_MS || (awake && LINE.includes(entry.reason));
}

/** When the next automatic attempt falls due, or null. */
export function nextDue(entries) {
  const moments = entries.filter((entry) => entry.state === STATES.QUEUED).map((entry) => entry.nextAt);
  return moments.length ? Math.min(...moments) : null;
}

/** Whether a signed-in person may send an entry: only his own. Another's is held until its owner signs in. */
export const mayGo = (entry, user) => entry.user === user;
