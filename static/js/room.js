/* How much room this phone has left for the app. */
const MB = 1024 * 1024;

/** Below this no photo is taken: it would be lost in the end. */
export const LOW_MB = 50;

/** Free space in MB, or null where the browser does not tell. */
export async function freeMb() {
  const told = await navigator.storage?.estimate?.().catch(() => null);
  return told?.quota ? Math.floor((told.quota - told.usage) / MB) : null;
}
