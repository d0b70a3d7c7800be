/* Opens pages without a network. It answers GETs, from what page code and its own installation have kept, and does nothing else:
   what is filed waits in the pages' own outbox, and a POST never passes through here. */
const FILES = {{ files|tojson }};
const STATIC = "static-{{ version }}";
const PATIENCE_MS = 2500;

addEventListener("install", (event) => {
  // Asked for without a session: this copy belongs to nobody.
  const offline = new Request("/offline", { credentials: "omit" });
  event.waitUntil(caches.open(STATIC).then((cache) => cache.addAll([offline, ...FILES])));
});

// Only page code knows whether the outbox is at rest and no form half filled; it says when.
addEventListener("message", ({ data }) => { if (data === "take over") skipWaiting(); });
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (/^\/(static|i18n)\/|^\/photos\/\w+\/(small|thumb)$/.test(pathname)) event.respondWith(first(request));
});

const kept = (request) => caches.match(request, { ignoreVary: true });

async function first(request) {
  return (await kept(request)) || fetch(request);
}

/** The network first, for a little while; then what is kept; then the network as long as it takes. */
async function page(request) {
  const network = fetch(request).then((answer) => ([502, 503, 504].includes(answer.status) ? null : answer), () => null);
  const soon = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  const answer = await Promise.race([network, soon]);
  return answer || (await kept(request.url.split("#")[0])) || (await network) || (await kept("/offline")) || Response.error();
}
