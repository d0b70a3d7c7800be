/* Opens the phone's IndexedDB store and migrates it. The browser may close it at any moment. */
import { openDB } from "idb";

export const NAME = "xuncha";

/* Ordered; one is never changed once released. Each takes (database, transaction) of the version before. */
export const MIGRATIONS = [
  (db) => {
    db.createObjectStore("drafts", { keyPath: ["user", "key"] });
    db.createObjectStore("fields", { keyPath: ["user", "key", "name"] });
    const photos = db.createObjectStore("photos", { keyPath: "id", autoIncrement: true });
    photos.createIndex("draft", ["user", "key"]);
    photos.createIndex("bytes", ["user", "sha256"]);
    // Apart from what describes them: a list of photos must not load forty pictures.
    db.createObjectStore("bytes", { keyPath: ["user", "sha256"] });
    db.createObjectStore("outbox", { keyPath: ["user", "uuid"] });
    db.createObjectStore("receipts", { keyPath: ["user", "uuid"] });
  },
];

/** The phone cannot keep what it was given; `code` is "full", "newer", "blocked", "filed", "waits", "missing" or "broken". */
export class StoreTrouble extends Error {
  constructor(code, cause) {
    super(`store: ${code}`, { cause });
    this.name = "StoreTrouble";
    this.code = code;
  }
}

/** All keys that begin with these parts. */
export const under = (...parts) => IDBKeyRange.bound(parts, [...parts, []]);

// What a store that the browser closed answers; an aborted transaction has done nothing, so it may be repeated.
const CLOSED = new Set(["InvalidStateError", "UnknownError", "AbortError"]);

function trouble(error) {
  if (!(error instanceof DOMException)) return error;
  if (error.name === "QuotaExceededError") return new StoreTrouble("full", error);
  if (error.name === "VersionError") return new StoreTrouble("newer", error);
  return new StoreTrouble("broken", error);
}

/** A store by name; `migrations` is for tests. One is shared by all of a page. */
export function makeStore(name = NAME, migrations = MIGRATIONS) {
  let opening = null;
  let blocked = null;
  const waits = new Set();

  const forget = () => { opening = blocked = null; };
  const close = async () => {
    const database = await opening?.catch(() => null);
    forget();
    database?.close();
  };

  async function upgrade(database, from, _to, transaction) {
    transaction.done.catch(() => {});
    try {
      for (const migrate of migrations.slice(from)) await migrate(database, transaction);
    } catch (error) {
      // Half a migration is never kept: the store stays as it was, with all that is in it.
      transaction.abort();
      throw error;
    }
  }

  async function connect() {
    return openDB(name, migrations.length, {
      upgrade: (...given) => { upgrade(...given).catch(() => {}); },
      blocked: () => {
        blocked = new StoreTrouble("blocked");
        waits.forEach((tell) => tell(blocked));
      },
      // A newer page wants to renew the store: let it.
      blocking: (_from, _to, event) => { event.target.close(); forget(); },
      terminated: forget,
    });
  }

  function open() {
    if (!opening) {
      // There is nothing to ask, or the browser forbids it.
      opening = connect().catch((error) => {
        forget();
        throw error instanceof DOMException && error.name !== "SecurityError" ? error : new StoreTrouble("missing", error);
      });
      opening.then(() => { blocked = null; }, () => {});
    }
    return opening;
  }

  async function attempt(stores, mode, work) {
    const database = await open();
    // Relaxed commits, the browsers' default, lose what a flat battery cuts off.
    const transaction = database.transaction(stores, mode, { durability: "strict" });
    // Watched from the start: a failing transaction must not also be an unhandled rejection.
    const done = transaction.done.then(() => null, (error) => error || new DOMException("aborted", "AbortError"));
    try {
      const result = await work(transaction);
      const failed = await done;
      if (failed) throw failed;
      return result;
    } catch (error) {
      try { transaction.abort(); } catch { /* it has ended already */ }
      throw transaction.error || error;
    }
  }

  /** Run `work(transaction)` in one transaction; opens the store again, once, when the browser has closed it. */
  async function within(stores, mode, work) {
    for (let round = 0; ; round += 1) {
      try {
        return await attempt(stores, mode, work);
      } catch (error) {
        if (!CLOSED.has(error?.name) || round === 1) throw trouble(error);
        await close();
      }
    }
  }

  return {
    read: (stores, work) => within(stores, "readonly", work),
    write: (stores, work) => within(stores, "readwrite", work),
    /** Calls fn(StoreTrouble) when another tab keeps the store from being renewed, also when it does so already. */
    whenBlocked: (fn) => {
      waits.add(fn);
      if (blocked) fn(blocked);
      return () => waits.delete(fn);
    },
    close,
  };
}

export const store = makeStore();
