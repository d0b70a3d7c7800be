/* On the page of a notice, a hazard or an account: what was kept for a form of it and has been sent is removed.
   `data-of`: how the keys begin that this page knows; without it, all. */
import { forget } from "../unsent-by-link.js";

export async function start(element) {
  const { live: words, of = "" } = element.dataset;
  const live = words.split(/\s+/).filter(Boolean);
  try {
    await forget(element.dataset.user, (key) => !key.startsWith(of) || live.some((begin) => key === begin || key.startsWith(`${begin}-`)));
    element.dataset.forgotten = "yes";
  } catch {
    // A browser without storage has nothing to forget.
  }
}
