/* PURE. The few facts of a photo's EXIF that shrinking would lose: when it was taken, and where. */
const TAGS = { exif: 0x8769, gps: 0x8825, taken: 0x9003, offset: 0x9011, digitised: 0x9004 };
const GPS = { latitudeRef: 1, latitude: 2, longitudeRef: 3, longitude: 4 };
const ZONE = "+08:00"; // cameras without a zone of their own: the zone's clock
const SIZES = { 2: 1, 3: 2, 4: 4, 5: 8, 7: 1 };

/** Where the TIFF part of a JPEG begins, or -1. */
function tiffStart(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return -1;
  for (let at = 2; at + 10 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return -1;
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
  }
  return -1;
}

function directory(view, start, at, little) {
  const found = new Map();
  const count = view.getUint16(start + at, little);
  for (let i = 0; i < count; i += 1) {
    const entry = start + at + 2 + 12 * i;
    const type = view.getUint16(entry + 2, little);
    const length = view.getUint32(entry + 4, little);
    const inline = (SIZES[type] || 1) * length <= 4;
    const where = inline ? entry + 8 : start + view.getUint32(entry + 8, little);
    found.set(view.getUint16(entry, little), { type, length, where });
  }
  return found;
}

function text(view, field) {
  if (!field || field.type !== 2) return "";
  const bytes = new Uint8Array(view.buffer, view.byteOffset + field.where, field.length);
  return String.fromCharCode(...bytes).replace(/\0.*$/s, "").trim();
}

function degrees(view, field, ref, little) {
  if (!field || field.type !== 5 || field.length !== 3) return null;
  const part = (i) => view.getUint32(field.where + 8 * i, little) / view.getUint32(field.where + 8 * i + 4, little);
  const value = part(0) + part(1) / 60 + part(2) / 3600;
  if (!Number.isFinite(value)) return null;
  return /^[SW]/.test(ref) ? -value : value;
}

function moment(taken, offset) {
  const match = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(taken);
  if (!match) return null;
  const zone = /^[+-]\d\d:\d\d$/.test(offset) ? offset : ZONE;
  const at = new Date(`${match[1]}-${match[2]}-${match[3]}T${match[4]}${zone}`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

function read(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const first = directory(view, start, view.getUint32(start + 4, little), little);
  const sub = (tag) => (first.has(tag) ? directory(view, start, view.getUint32(first.get(tag).where, little), little) : new Map());
  const [exif, gps] = [sub(TAGS.exif), sub(TAGS.gps)];
  const taken = text(view, exif.get(TAGS.taken)) || text(view, exif.get(TAGS.digitised));
  const latitude = degrees(view, gps.get(GPS.latitude), text(view, gps.get(GPS.latitudeRef)), little);
  const longitude = degrees(view, gps.get(GPS.longitude), text(view, gps.get(GPS.longitudeRef)), little);
  // 0, 0 is a phone without a fix, not a plant in the Gulf of Guinea.
  const fixed = latitude !== null && longitude !== null && (latitude !== 0 || longitude !== 0);
  return { takenAt: moment(taken, text(view, exif.get(TAGS.offset))), ...(fixed ? { latitude, longitude } : {}) };
}

/** {takenAt: ISO or null, latitude?, longitude?} of the beginning of a photo; nothing when it tells nothing. */
export function claims(buffer) {
  const view = new DataView(buffer);
  try {
    const start = tiffStart(view);
    return start < 0 ? { takenAt: null } : read(view, start);
  } catch (error) {
    if (error instanceof RangeError) return { takenAt: null };
    throw error;
  }
}
