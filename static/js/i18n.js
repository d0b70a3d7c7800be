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

export function use(messages) {
  catalogue = messages;
}

async function load() {
  const named = globalThis.document?.querySelector('meta[name="catalogue"]');
  if (!named) return;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const fetched = fetch(named.content)
    .then((response) => (response.ok ? response.json() : {}))
    .then(use)
    // English words are better than none.
    .catch(() => {});
  await Promise.race([fetched, late]);
}

/** Await it once before the first word is shown. */
export const ready = load();
