/* The service worker as seen from the page: registration, update, activation when no work is open. No document here. */
// The pack does not need the worker: a slow installation must not hold it up.
const UPDATE_MS = 5000;
const INSTALLING_MS = 10000;

export const canKeep = () => Boolean(globalThis.navigator?.serviceWorker && globalThis.caches);

const within = (ms, promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms))]);

/** Register the worker and ask for a newer one; waits a while for what is being installed. */
export async function register() {
  const registration = await navigator.serviceWorker.register("/service-worker.js", { scope: "/", updateViaCache: "none" });
  await within(UPDATE_MS, registration.update().catch(() => {}));
  await within(INSTALLING_MS, installed(registration.installing));
  return registration;
}

function installed(worker) {
  if (!worker) return null;
  return new Promise((resolve) => {
    const look = () => { if (worker.state !== "installing") resolve(); };
    worker.addEventListener("statechange", look);
    look();
  });
}

/** Let a newer worker in when `isIdle()` says that nothing waits and nothing is half filled in. */
export async function activateWhenIdle(registration, isIdle) {
  if (registration.waiting && (await isIdle())) registration.waiting?.postMessage("take over");
}

/** Whether the newest worker is the one at work. */
export const isNewest = (registration) => Boolean(registration.active) && !registration.waiting && !registration.installing;
