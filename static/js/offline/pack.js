/* The pack: pages of the server kept as they are, so that they open without a network. One cache a person; no document here. */
const NAME = "pack-";
const STATIC = "static-";
const LIST = "/sync/pack";
const PAGES = "/sync/pages";
// As many at once as the server takes (sync/offline_views.py).
const TOGETHER = 30;
const PATIENCE_MS = 60000;

export const nameOf = (user) => `${NAME}${user}`;

/** PURE. What has to be fetched and dropped so that `kept` {url: {version}} becomes what the server lists. */
export function plan(listed, kept) {
  const wanted = [...listed.entries, ...listed.thumbs.map((url) => ({ url, title: "", kind: "thumb", version: "" }))];
  const named = new Set(wanted.map((entry) => entry.url));
  return {
    wanted,
    get: wanted.filter((entry) => kept[entry.url]?.version !== entry.version),
    drop: Object.keys(kept).filter((url) => !named.has(url)),
  };
}

/** PURE. How the pack stands: pages, bytes, the titles of the pages that are not there, how many pictures are not. */
export function standing(record) {
  const kept = Object.values(record.kept);
  const absent = record.wanted.filter(({ url, version }) => record.kept[url]?.version !== version);
  return {
    at: record.at,
    pages: kept.filter((one) => one.kind !== "thumb").length,
    bytes: kept.reduce((sum, one) => sum + one.size, 0),
    missing: [...new Set(absent.map(({ title }) => title).filter(Boolean))],
    pictures: absent.filter(({ kind }) => kind === "thumb").length,
  };
}

/** What this phone keeps for a person, or null. */
export async function recordOf(user) {
  if (!globalThis.caches || !(await caches.has(nameOf(user)))) return null;
  const found = await (await caches.open(nameOf(user))).match(LIST);
  return found ? found.json() : null;
}

/** Take away the packs of everybody but this person; of everybody without one. */
export async function deleteOtherPacks(except = null) {
  if (!globalThis.caches) return;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(NAME) && name !== nameOf(except)).map((name) => caches.delete(name)));
}

/** Take away the program files of other versions, once those of this one are here. */
export async function deleteOldStatic(version) {
  const names = await caches.keys();
  if (!names.includes(STATIC + version)) return;
  await Promise.all(names.filter((name) => name.startsWith(STATIC) && name !== STATIC + version).map((name) => caches.delete(name)));
}

class NotOurs extends Error {}

async function asked(url, accept) {
  const answer = await fetch(url, {
    // The server shows no passing messages on such a page: they are for the page that the person looks at.
    headers: { Accept: accept, "X-Pack": "1" },
    cache: "no-store", credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout?.(PATIENCE_MS),
  });
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new NotOurs("signed out");
  if (answer.status >= 500 || answer.status === 429) throw new Error(`status ${answer.status}`);
  return answer;
}

/** The page with the moment at which it was kept; whoever opens it is told. */
function dated(text, user, at) {
  if (!text.includes(`<meta name="user" content="${user}">`)) throw new NotOurs("another person");
  return text.replace("<body ", `<body data-module="cached-page" data-kept="${at}" `);
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** {size, make} of a page or picture as the server answered it; null where there is none. */
function copyOf({ status, headers, text, base64 }, user, at) {
  if (status === 401 || (status >= 300 && status < 400)) throw new NotOurs("signed out");
  if (status >= 500 || status === 429) throw new Error(`status ${status}`);
  if (status !== 200) return null;
  const body = base64 === undefined ? new TextEncoder().encode(dated(text, user, at)) : bytesOf(base64);
  return { size: body.byteLength, make: () => new Response(body, { headers }) };
}

/** What the server answers under these addresses, in one request. */
async function answersOf(entries) {
  const named = entries.map(({ url }) => `url=${encodeURIComponent(url)}`).join("&");
  const answer = await asked(`${PAGES}?${named}`, "application/json");
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return new Map((await answer.json()).pages.map((one) => [one.url, one]));
}

/** Make the pack as the server lists it now. Calls tell(standing) as it grows; answers the list, or null when it is not ours to fetch.
 * Throws when the network fails or the phone is full; what was fetched until then is kept. */
export async function renew(user, tell = () => {}, now = Date.now) {
  const answer = await asked(LIST, "application/json");
  const listed = answer.ok ? await answer.json() : null;
  if (listed?.user !== user) return null;
  const cache = await caches.open(nameOf(user));
  const kept = (await recordOf(user))?.kept ?? {};
  const { wanted, get, drop } = plan(listed, kept);
  const at = new Date(now()).toISOString();
  const save = async () => {
    const record = { user, at, language: listed.language, static: listed.static, wanted, kept };
    await cache.put(LIST, new Response(JSON.stringify(record), { headers: { "Content-Type": "application/json" } }));
    tell(standing(record));
  };
  await Promise.all(drop.map((url) => cache.delete(url)));
  for (const url of drop) delete kept[url];

  async function keep(entry, told) {
    const copy = told ? copyOf(told, user, at) : null;
    if (!copy) {
      delete kept[entry.url];
      await cache.delete(entry.url);
      return;
    }
    await cache.put(entry.url, copy.make());
    if (entry.url === listed.home) await cache.put("/", copy.make());
    kept[entry.url] = { version: entry.version, size: copy.size, kind: entry.kind };
  }

  let failed = null;
  try {
    for (let next = 0; next < get.length; next += TOGETHER) {
      const entries = get.slice(next, next + TOGETHER);
      const told = await answersOf(entries);
      for (const entry of entries) await keep(entry, told.get(entry.url));
      await save();
    }
  } catch (error) {
    failed = error;
  }
  await save();
  if (failed instanceof NotOurs) return null;
  if (failed) throw failed;
  return listed;
}

/** The same, unless another tab is at it: then null. */
export async function renewAlone(user, tell) {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request("xuncha-pack", { ifAvailable: true }, (lock) => (lock ? renew(user, tell) : null)) : renew(user, tell);
}
