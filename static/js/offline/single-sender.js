/* One sender over all tabs: a Web Lock where there is one, and a lease in localStorage that a frozen tab cannot keep. */
const NAME = "xuncha-sender";
const BEAT_MS = 5000;
// Browsers run the timers of hidden pages once a minute: a living holder is never silent for three.
const DEAD_AFTER_MS = 180000;
const SETTLE_MS = 60;

/** What browsers keep nothing with: one tab, whose lease nobody else sees. The server takes a filing once, whoever sends it. */
function alone() {
  let text = null;
  return { getItem: () => text, setItem: (_name, value) => { text = value; }, removeItem: () => { text = null; } };
}

function kept() {
  try {
    return globalThis.localStorage ?? alone();
  } catch {
    return alone();
  }
}

function readLease(storage) {
  try {
    return JSON.parse(storage.getItem(NAME)) || null;
  } catch {
    return null;
  }
}

/** Gives single(work): runs work() unless another tab is at it; answers whether it ran. */
export function makeSingle({
  locks = globalThis.navigator?.locks,
  storage = kept(),
  // Not the phone's clock: when that is set, a living holder must not look dead.
  now = () => performance.now(),
  sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  every = (fn, ms) => { const timer = setInterval(fn, ms); return () => clearInterval(timer); },
} = {}) {
  const me = `${Date.now()}-${Math.random()}`;
  let beats = 0;
  let seen = {};
  const write = () => storage.setItem(NAME, JSON.stringify({ holder: me, beat: (beats += 1) }));
  const release = () => { if (readLease(storage)?.holder === me) storage.removeItem(NAME); };

  /** Whether the lease was seen unchanged so long that its holder must be frozen or gone. */
  function isLeft() {
    const text = storage.getItem(NAME);
    if (text !== seen.text) seen = { text, since: now() };
    return now() - seen.since >= DEAD_AFTER_MS;
  }

  async function hold(work) {
    write();
    const stop = every(write, BEAT_MS);
    // A page that is left while it sends would else keep the next one waiting.
    globalThis.addEventListener?.("pagehide", release);
    try {
      await work();
    } finally {
      stop();
      globalThis.removeEventListener?.("pagehide", release);
      release();
    }
    return true;
  }

  async function byLease(work) {
    if (!isLeft() && readLease(storage)) return false;
    write();
    // Two tabs may write at one moment; the last one keeps it.
    await sleep(SETTLE_MS);
    return readLease(storage)?.holder === me ? hold(work) : false;
  }

  async function byLock(work) {
    const ran = await locks.request(NAME, { ifAvailable: true }, (lock) => (lock ? hold(work) : false));
    if (ran || !isLeft()) return ran;
    // The holder is frozen. Should it wake up, both send the same filing, and the server takes it once.
    return locks.request(NAME, { steal: true }, () => hold(work));
  }

  return (work) => (locks ? byLock(work) : byLease(work));
}
