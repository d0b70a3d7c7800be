/* A screen that nobody touches fetches itself anew; without a connection it says that it may be old. */
const EVERY_MS = 5 * 60 * 1000;

async function renew(main) {
  const answer = await fetch(location.href);
  if (!answer.ok || answer.redirected) throw new Error("not renewed");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  if (!fresh) throw new Error("no page");
  main.replaceChildren(...fresh.childNodes);
}

export function start(main) {
  setInterval(() => renew(main).catch(() => { main.querySelector("[data-renew-failed]").hidden = false; }), EVERY_MS);
}
