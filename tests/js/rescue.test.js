import assert from "node:assert/strict";
import { test } from "node:test";

import { fileName, newCode, normal, open, seal } from "../../static/js/unsent/rescue.js";

const FEW = { rounds: 310_000 }; // the fewest that a file may have
const picture = new TextEncoder().encode("bytes of a photo").buffer;
const pack = {
  user: 7,
  name: "王监管",
  items: [
    {
      uuid: "0d6f1f0a-5a68-4c7e-9d3a-0f7d3a0c1b11", sha256: "ab", body: '{"place":"一车间"}', label: { title: "华鑫化工" }, createdAt: 5,
      photos: [
        { sha256: "p1", type: "image/jpeg", size: picture.byteLength, bytes: picture },
        { sha256: "p1", type: "image/jpeg", size: picture.byteLength, bytes: picture },
        { sha256: "p2", type: "image/jpeg", size: 9, bytes: null },
      ],
    },
  ],
};
const code = (reason) => (error) => error.code === reason;

test("what was sealed is opened again, a lost photo stays lost", async () => {
  const opened = await open((await seal(pack, "correct horse battery", FEW)).buffer, "correct horse battery");
  assert.equal(opened.name, "王监管");
  assert.equal(opened.items[0].body, pack.items[0].body);
  const [first, twin, lost] = opened.items[0].photos;
  assert.deepEqual(new Uint8Array(first.bytes), new Uint8Array(picture));
  assert.deepEqual(new Uint8Array(twin.bytes), new Uint8Array(picture));
  assert.equal(lost.bytes, null);
});

test("nothing of the content can be read in the file", async () => {
  const text = new TextDecoder("latin1").decode(await seal(pack, "correct horse battery", FEW));
  assert.ok(!text.includes("bytes of a photo") && !text.includes("0d6f1f0a"));
});

test("a wrong passphrase, a cut file, a changed one and a foreign one are told apart", async () => {
  const file = await seal(pack, "correct horse battery", FEW);
  await assert.rejects(open(file.buffer, "another passphrase"), code("wrong"));
  await assert.rejects(open(file.slice(0, file.length - 10).buffer, "correct horse battery"), code("cut"));
  const changed = file.slice();
  changed[changed.length - 20] ^= 1;
  await assert.rejects(open(changed.buffer, "correct horse battery"), code("damaged"));
  await assert.rejects(open(new TextEncoder().encode("PK a zip file").buffer, "x"), code("foreign"));
});

test("a code of digits is good however it is grouped", async () => {
  const made = newCode();
  assert.match(made, /^(\d{4} ){4}\d{4}$/);
  assert.equal(normal(made), normal(made.replaceAll(" ", "-")));
  assert.equal(normal("１２３４ 5678"), "12345678");
});

test("the file is named by the zone's day", () => {
  assert.equal(fileName(new Date("2026-12-31T16:30:00Z")), "xuncha-rescue-2027-01-01.xrp");
});
