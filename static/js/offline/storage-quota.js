/* The storage quota: whether the browser keeps this app's storage (persist), and how much is free. No document here. */
const MB = 1024 * 1024;

/** Below this no photo is taken: it would be lost in the end. */
export const LOW_MB = 50;

/** Whether the browser keeps what is stored here; asks it to, once it has a reason. */
export async function requestPersistence(storage = globalThis.navigator?.storage) {
  if (!storage?.persist) return false;
  return (await storage.persisted().catch(() => false)) || storage.persist().catch(() => false);
}

/** Megabytes left, or null where the browser does not tell. */
export async function freeMb(storage = globalThis.navigator?.storage) {
  const told = await storage?.estimate?.().catch(() => null);
  return told?.quota ? Math.max(0, Math.floor((told.quota - told.usage) / MB)) : null;
}
