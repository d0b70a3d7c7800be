import assert from "node:assert/strict";
import test from "node:test";

import { claims } from "../../static/js/exif.js";
import { toBox, toCanvas } from "../../static/js/offline/strokes.js";

/** A JPEG's beginning with the given directories: [[tag, type, count, value | Uint8Array]]; pointers are filled in. */
function jpeg({ exif = [], gps = [] }, little = true) {
  const out = new DataView(new ArrayBuffer(2000));
  const start = 12;
  let free = 8;
  const directory = (entries) => {
    const at = free;
    free += 2 + 12 * entries.length + 4;
    out.setUint16(start + at, entries.length, little);
    entries.forEach(([tag, type, count, value], i) => {
      const entry = start + at + 2 + 12 * i;
      out.setUint16(entry, tag, little);
      out.setUint16(entry + 2, type, little);
      out.setUint32(entry + 4, count, little);
      if (typeof value === "number") return out.setUint32(entry + 8, value, little);
      const where = value.length <= 4 ? entry + 8 : start + free;
      if (value.length > 4) { out.setUint32(entry + 8, free, little); free += value.length; }
      return value.forEach((byte, j) => out.setUint8(where + j, byte));
    });
    return at;
  };
  out.setUint16(0, 0xffd8);
  out.setUint16(2, 0xffe1);
  out.setUint16(4, 1900);
  out.setUint32(6, 0x45786966);
  out.setUint16(start, little ? 0x4949 : 0x4d4d);
  out.setUint16(start + 2, 42, little);
  out.setUint32(start + 4, 8, little);
  free = 8 + 2 + 12 * 2 + 4;
  const exifAt = directory(exif);
  const gpsAt = directory(gps);
  free = 8;
  directory([[0x8769, 4, 1, exifAt], [0x8825, 4, 1, gpsAt]]);
  return out.buffer;
}

const ascii = (text) => [...new TextEncoder().encode(`${text}\0`)];
function rationals(values, little) {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach(([over, under], i) => { view.setUint32(8 * i, over, little); view.setUint32(8 * i + 4, under, little); });
  return [...new Uint8Array(view.buffer)];
}
const at = (text) => [0x9003, 2, 20, ascii(text)];

for (const little of [true, false]) {
  test(`time and place are read from ${little ? "little" : "big"} endian EXIF`, () => {
    const told = claims(jpeg({
      exif: [at("2026:11:03 10:11:12")],
      gps: [
        [1, 2, 2, ascii("N")], [2, 5, 3, rationals([[31, 1], [30, 1], [0, 1]], little)],
        [3, 2, 2, ascii("W")], [4, 5, 3, rationals([[120, 1], [15, 1], [0, 1]], little)],
      ],
    }, little));
    assert.deepEqual(told, { takenAt: "2026-11-03T02:11:12.000Z", latitude: 31.5, longitude: -120.25 });
  });
}

test("a camera that names its zone is believed", () => {
  const told = claims(jpeg({ exif: [at("2026:11:03 10:11:12"), [0x9011, 2, 7, ascii("+09:00")]] }));
  assert.equal(told.takenAt, "2026-11-03T01:11:12.000Z");
});

test("no fix is no place, not a place in the sea", () => {
  const nothing = rationals([[0, 1], [0, 1], [0, 1]], true);
  const told = claims(jpeg({ gps: [[1, 2, 2, ascii("N")], [2, 5, 3, nothing], [3, 2, 2, ascii("E")], [4, 5, 3, nothing]] }));
  assert.deepEqual(told, { takenAt: null });
});

test("impossible times and broken files tell nothing", () => {
  for (const text of ["2026:13:45 10:11:12", "0000:00:00 00:00:00", "yesterday"]) {
    assert.equal(claims(jpeg({ exif: [at(text)] })).takenAt, null);
  }
  const whole = jpeg({ exif: [at("2026:11:03 10:11:12")] });
  for (const length of [0, 1, 3, 11, 20, 30, 60]) assert.equal(claims(whole.slice(0, length)).takenAt, null);
  assert.equal(claims(new TextEncoder().encode("<html>").buffer).takenAt, null);
});

test("strokes fit the box from any canvas and come back to their place", () => {
  for (const [width, height] of [[576, 176], [320, 176], [300, 100], [200, 300]]) {
    const strokes = [[{ x: 0, y: 0 }, { x: width, y: height }], [{ x: width / 2, y: height / 2 }]];
    const box = toBox(strokes, width, height);
    for (const [x, y] of box.flat()) assert.ok(x >= 0 && x <= 3 && y >= 0 && y <= 1);
    assert.deepEqual(box[1], [[1.5, 0.5]]);
    toCanvas(box, width, height).flat().forEach((point, i) => {
      const was = strokes.flat()[i];
      assert.ok(Math.abs(point.x - was.x) < 0.1 && Math.abs(point.y - was.y) < 0.1);
    });
  }
});

test("a stroke longer than the server takes is cut without a gap", () => {
  const long = Array.from({ length: 5001 }, (_x, i) => ({ x: i / 20, y: 50 }));
  const box = toBox([long], 300, 100);
  assert.ok(box.every((stroke) => stroke.length <= 2000));
  box.slice(1).forEach((stroke, i) => assert.deepEqual(stroke[0], box[i].at(-1)));
  assert.deepEqual(box.at(-1).at(-1), [5000 / 20 / 100, 0.5]);
});
