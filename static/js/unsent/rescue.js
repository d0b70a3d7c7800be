/* PURE. The rescue file: what waits on a phone, sealed with a passphrase, when the network never returns. No document, no store.
 *
 * "XRP1" · length of the head (4 bytes) · head (JSON) · proof of the passphrase (16) · sealed content.
 * Content: length of the list (4 bytes) · list (JSON) · the photos' bytes one after another. AES-256-GCM, its key from
 * PBKDF2-SHA-256; the head is bound to both seals, so nothing of the file can be changed unseen. */
import { utf8 } from "../offline/digest.js";

const MAGIC = "XRP1";
const VERSION = 1;
export const ROUNDS = 600_000;
const FEWEST_ROUNDS = 310_000;
const MOST_ROUNDS = 10_000_000;
const LONGEST_HEAD = 4096;
const PROOF = 16;
const SEAL = 16;
export const SHORTEST_PASSPHRASE = 12;
const CODE_DIGITS = 20;
export const TYPE = "application/octet-stream";

/** A rescue file that cannot be made or opened; `code` is "no_crypto", "foreign", "newer", "cut", "wrong" or "damaged". */
export class RescueTrouble extends Error {
  constructor(code) {
    super(`rescue: ${code}`);
    this.name = "RescueTrouble";
    this.code = code;
  }
}

/** xuncha-rescue-2026-11-03.xrp, by the zone's day. */
export function fileName(now) {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", dateStyle: "short" }).format(now);
  return `xuncha-rescue-${day}.xrp`;
}

/** A random code of 20 digits (66 bits) in groups of four: it can be read out over the telephone in any language. */
export function newCode(random = (bytes) => crypto.getRandomValues(bytes)) {
  let digits = "";
  while (digits.length < CODE_DIGITS) {
    for (const byte of random(new Uint8Array(32))) if (byte < 250 && digits.length < CODE_DIGITS) digits += byte % 10;
  }
  return digits.replace(/(.{4})(?!$)/g, "$1 ");
}

/** The passphrase as it counts: one Unicode form, no blanks around it; a code of digits however it was grouped. */
export function normal(passphrase) {
  const text = passphrase.normalize("NFKC").trim();
  const digits = text.replace(/[\s-]/g, "");
  return /^\d+$/.test(digits) ? digits : text;
}

function subtleOf(given) {
  const subtle = given ?? globalThis.crypto?.subtle;
  if (!subtle) throw new RescueTrouble("no_crypto");
  return subtle;
}

async function keyOf(subtle, passphrase, salt, iterations) {
  const base = await subtle.importKey("raw", utf8(normal(passphrase)), "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return subtle.deriveKey(derivation, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const unbase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

function number(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.byteLength;
  }
  return whole;
}

/** The list and the photos in one piece; the same picture once. */
function written({ user, name, items }, now) {
  const places = new Map();
  const pictures = [];
  let end = 0;
  const place = ({ bytes, ...photo }) => {
    if (bytes && !places.has(photo.sha256)) {
      places.set(photo.sha256, end);
      pictures.push(new Uint8Array(bytes));
      end += bytes.byteLength;
    }
    return { ...photo, size: bytes ? bytes.byteLength : photo.size, at: places.get(photo.sha256) ?? null };
  };
  const listed = items.map(({ photos, ...item }) => ({ ...item, photos: photos.map(place) }));
  const list = utf8(JSON.stringify({ made_at: new Date(now).toISOString(), user, name, items: listed }));
  return joined([number(list.byteLength), list, ...pictures]);
}

function read(content) {
  const length = new DataView(content.buffer, content.byteOffset).getUint32(0);
  const { items, ...list } = JSON.parse(new TextDecoder().decode(content.subarray(4, 4 + length)));
  const pictures = content.subarray(4 + length);
  const bytes = ({ at, size }) => (at === null ? null : pictures.slice(at, at + size).buffer);
  return { ...list, items: items.map((item) => ({ ...item, photos: item.photos.map((photo) => ({ ...photo, bytes: bytes(photo) })) })) };
}

/** The bytes of a rescue file. `pack` is {user, name, items: [{uuid, sha256, body, label, createdAt, photos: [{sha256, type, size, bytes}]}]}. */
export async function seal(pack, passphrase, { now = Date.now(), rounds = ROUNDS, subtle: given } = {}) {
  const subtle = subtleOf(given);
  const random = (size) => crypto.getRandomValues(new Uint8Array(size));
  const salt = random(16);
  const proofIv = random(12);
  const iv = random(12);
  const content = written(pack, now);
  const head = utf8(JSON.stringify({
    version: VERSION, kdf: "PBKDF2-SHA-256", rounds, cipher: "AES-256-GCM", size: content.byteLength + SEAL,
    salt: base64(salt), proof_iv: base64(proofIv), iv: base64(iv),
  }));
  const key = await keyOf(subtle, passphrase, salt, rounds);
  const under = (vector) => ({ name: "AES-GCM", iv: vector, additionalData: head });
  const proof = await subtle.encrypt(under(proofIv), key, new Uint8Array(0));
  const sealed = await subtle.encrypt(under(iv), key, content);
  return joined([utf8(MAGIC), number(head.byteLength), head, new Uint8Array(proof), new Uint8Array(sealed)]);
}

/** The parts of a file, as far as they can be told without the passphrase. */
function parts(bytes) {
  const text = (from, to) => new TextDecoder().decode(bytes.subarray(from, to));
  if (bytes.byteLength < 8 || text(0, 4) !== MAGIC) throw new RescueTrouble("foreign");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
  if (length > LONGEST_HEAD) throw new RescueTrouble("damaged");
  if (bytes.byteLength < 8 + length + PROOF) throw new RescueTrouble("cut");
  let head;
  try {
    head = JSON.parse(text(8, 8 + length));
  } catch {
    throw new RescueTrouble("damaged");
  }
  if (head.version > VERSION) throw new RescueTrouble("newer");
  if (!(head.rounds >= FEWEST_ROUNDS && head.rounds <= MOST_ROUNDS)) throw new RescueTrouble("damaged");
  const from = 8 + length;
  const sealed = bytes.subarray(from + PROOF);
  if (sealed.byteLength < head.size) throw new RescueTrouble("cut");
  if (sealed.byteLength !== head.size) throw new RescueTrouble("damaged");
  return { head, bound: bytes.subarray(8, from), proof: bytes.subarray(from, from + PROOF), sealed };
}

/** What a rescue file holds: {made_at, user, name, items}. Throws RescueTrouble. */
export async function open(content, passphrase, { subtle: given } = {}) {
  const subtle = subtleOf(given);
  const { head, bound, proof, sealed } = parts(new Uint8Array(content));
  const [salt, proofIv, iv] = vectors(head);
  const key = await keyOf(subtle, passphrase, salt, head.rounds);
  const under = (vector) => ({ name: "AES-GCM", iv: vector, additionalData: bound });
  await subtle.decrypt(under(proofIv), key, proof).catch(() => { throw new RescueTrouble("wrong"); });
  const opened = await subtle.decrypt(under(iv), key, sealed).catch(() => { throw new RescueTrouble("damaged"); });
  return read(new Uint8Array(opened));
}

function vectors(head) {
  try {
    return [head.salt, head.proof_iv, head.iv].map(unbase64);
  } catch {
    throw new RescueTrouble("damaged");
  }
}
