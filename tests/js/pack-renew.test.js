import assert from "node:assert/strict";
import test from "node:test";

import { recordOf, renew, standing } from "../../static/js/offline/pack.js";

const page = (number) => ({ url: `/p/${number}`, title: `Page ${number}`, kind: "page", version: "1" });
const text = `<html><meta name="user" content="7"><body class="x"></body></html>`;

/** Caches as a browser has them, and a server: `answers` gives what it says of an address, `asked` tells what it was asked. */
function world(entries, answers = () => ({ status: 200, headers: {}, text }), thumbs = []) {
  const kept = new Map();
  globalThis.caches = {
    has: async (name) => kept.has(name),
    open: async (name) => {
      const rows = kept.get(name) ?? kept.set(name, new Map()).get(name);
      return { match: async (url) => rows.get(url)?.clone(), put: async (url, answer) => { rows.set(url, answer); }, delete: async (url) => rows.delete(url) };
    },
  };
  const asked = [];
  globalThis.fetch = async (url) => {
    asked.push(url);
    if (url === "/sync/pack") return Response.json({ user: 7, language: "zh", static: "s", home: "/p/0", entries, thumbs });
    const urls = new URL(url, "http://x").searchParams.getAll("url");
    return Response.json({ pages: urls.map((one) => ({ url: one, ...answers(one) })) });
  };
  return { asked, kept };
}

test("a pack of seventy pages is four requests, and unchanged it is one", async () => {
  const { asked, kept } = world(Array.from({ length: 70 }, (_none, i) => page(i)));
  assert.ok(await renew(7));
  assert.equal(asked.length, 4);
  assert.deepEqual(standing(await recordOf(7)).missing, []);
  assert.match(await kept.get("pack-7").get("/").text(), /data-module="cached-page"/);
  await renew(7);
  assert.equal(asked.length, 5);
});

test("a picture comes as its bytes", async () => {
  const { kept } = world([], () => ({ status: 200, headers: { "Content-Type": "image/jpeg" }, base64: "/9j/AA==" }), ["/photos/a/small"]);
  await renew(7);
  const answer = kept.get("pack-7").get("/photos/a/small");
  assert.deepEqual([...new Uint8Array(await answer.clone().arrayBuffer())], [0xff, 0xd8, 0xff, 0x00]);
  assert.equal(answer.headers.get("Content-Type"), "image/jpeg");
});

for (const [what, answer, outcome] of [
  ["whose session has ended", { status: 302, headers: {}, text: "" }, "not ours"],
  ["that the server could not write", { status: 500, headers: {}, text: "" }, "thrown"],
  ["of another person", { status: 200, headers: {}, text: text.replace("7", "8") }, "not ours"],
  ["that is there no more", { status: 404, headers: {}, text: "" }, "left out"],
]) {
  test(`what came before a page ${what} is kept`, async () => {
    world([page(0), page(1)], (url) => (url === "/p/1" ? answer : { status: 200, headers: {}, text }));
    const result = await renew(7).then((listed) => (listed ? "left out" : "not ours"), () => "thrown");
    assert.equal(result, outcome);
    assert.deepEqual(standing(await recordOf(7)).missing, ["Page 1"]);
  });
}
