/* Words of the page code. The English message is the key; Chinese comes from the catalogue that the page names. */
const PATIENCE_MS = 4000;
let catalogue = {};

/** The message in the page's language, its %(name)s places filled. */
export function _(message, params = {}) {
  const text = catalogue[message] || message;
  return text.replace(/%\((\w+)\)s/g, (place, name) => (name in params ? String(params[name]) : place));
}

/** Marks a message for extraction; it is translated where it is shown. */
export const N_ = (message) => message;

/** Take up further messages. */
export function use(messages) {
  catalogue = { ...catalogue, ...messages };
}

async function fetched(address) {
  if (!address) return;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const taken = fetch(address)
    .then((response) => (response.ok ? response.json() : {}))
    .then(use)
    // English words are better than none.
    .catch(() => {});
  await Promise.race([taken, late]);
}

const named = globalThis.document?.querySelector('meta[name="catalogue"]');

/** Await it once before the first word is shown. */
export const ready = fetched(named?.content);

let further;

/** Await it before the first word of page code that is fetched when it is wanted (LATER in sync/translations.py). */
export function readyLater() {
  further ??= fetched(named?.dataset.later);
  return further;
}
