/* The service worker as seen from the page: registration, update, activation when no work is open. No document here. */
const INSTALLING_MS = 60000;

export const canKeep = () => Boolean(globalThis.navigator?.serviceWorker && globalThis.caches);

/** Register the worker and ask for a newer one; waits until what is being installed is there. */
export async function register() {
  const registration = await navigator.serviceWorker.register("/service-worker.js", { scope: "/", updateViaCache: "none" });
  await registration.update().catch(() => {});
  await installed(registration.installing);
  return registration;
}

function installed(worker) {
  if (!worker) return null;
  return new Promise((resolve) => {
    const look = () => { if (worker.state !== "installing") resolve(); };
    worker.addEventListener("statechange", look);
    setTimeout(resolve, INSTALLING_MS);
    look();
  });
}

/** Let a newer worker in when `isIdle()` says that nothing waits and nothing is half filled in. */
export async function activateWhenIdle(registration, isIdle) {
  if (registration.waiting && (await isIdle())) registration.waiting?.postMessage("take over");
}

/** Whether the newest worker is the one at work. */
export const isNewest = (registration) => Boolean(registration.active) && !registration.waiting && !registration.installing;
