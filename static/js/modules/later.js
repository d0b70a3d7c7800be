/* A part of the dashboard that is fetched after the first paint; until then, and where that fails, its link stands there. */
import { startModules } from "../behaviours.js";

// One after the other: the server answers each in the time of a page, and others wait for it too.
let queue = Promise.resolve();

async function fill(place) {
  const answer = await fetch(place.dataset.url, { headers: { "X-Part": "1" } });
  if (!answer.ok || answer.redirected) return;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  place.replaceChildren(...part.childNodes);
  startModules(place);
}

export function start(place) {
  const begin = () => {
    place.setAttribute("aria-busy", "true");
    queue = queue.then(() => fill(place)).catch(() => {}).then(() => place.removeAttribute("aria-busy"));
  };
  if ("onOpening" in place.dataset) place.closest("details").addEventListener("toggle", begin, { once: true });
  else begin();
}
