/* On the page of a notice: what was kept for a hazard that has gone on since is removed. */
import { forget } from "../unsent-by-link.js";

export async function start(element) {
  const live = element.dataset.live.split(/\s+/).filter(Boolean);
  try {
    await forget(element.dataset.user, (key) => live.some((begin) => key.startsWith(`${begin}-`)));
  } catch {
    // A browser without storage has nothing to forget.
  }
}
