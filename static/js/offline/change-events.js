/* Tells this page and the other tabs that drafts or the outbox changed. */
const CHANNEL = "xuncha";
const listeners = new Set();
const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(CHANNEL) : null;
// Node keeps running for an open channel; browsers have no unref.
channel?.unref?.();
channel?.addEventListener("message", (event) => listeners.forEach((listener) => listener(event.data, true)));

/** Tell everybody: {about: "outbox"} or {about: "draft", user, key, name}. */
export function tell(news) {
  listeners.forEach((listener) => listener(news, false));
  channel?.postMessage(news);
}

/** Calls fn(news, fromAnotherTab); returns the way to stop. */
export function listen(fn) {
  listeners.add(fn);
  return () => listeners.delete(fn);
}
