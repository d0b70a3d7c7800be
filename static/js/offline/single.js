/* One sender over all tabs: a Web Lock where there is one, and a lease in localStorage that a frozen tab cannot keep. */
const NAME = "xuncha-sender";
const BEAT_MS = 5000;
// Browsers run the timers of hidden pages once a minute: a living holder is never silent for three.
const DEAD_AFTER_MS = 180000;
const SETTLE_MS = 60;

function readLease(storage) {
  try {
    return JSON.parse(storage.getItem(NAME)) || null;
  } catch {
    return null;
  }
}

function alive(lease, now) {
  // A moment far ahead is one written before the clock was set back.
  return lease !== null && Math.abs(now - lease.at) < DEAD_AFTER_MS;
}

/** Gives single(work): runs work() unless another tab is at it; answers whether it ran. */
export function makeSingle({
  locks = globalThis.navigator?.locks,
  storage = globalThis.localStorage,
  now = Date.now,
  sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  every = (fn, ms) => { const timer = setInterval(fn, ms); return () => clearInterval(timer); },
} = {}) {
  const me = `${now()}-${Math.random()}`;
  const write = () => storage.setItem(NAME, JSON.stringify({ holder: me, at: now() }));

  async function hold(work) {
    write();
    const stop = every(write, BEAT_MS);
    try {
      await work();
    } finally {
      stop();
      if (readLease(storage)?.holder === me) storage.removeItem(NAME);
    }
    return true;
  }

  async function byLease(work) {
    if (alive(readLease(storage), now())) return false;
    write();
    // Two tabs may write at one moment; the last one keeps it.
    await sleep(SETTLE_MS);
    return readLease(storage)?.holder === me ? hold(work) : false;
  }

  async function byLock(work) {
    const ran = await locks.request(NAME, { ifAvailable: true }, (lock) => (lock ? hold(work) : false));
    if (ran || alive(readLease(storage), now())) return ran;
    // The holder is frozen. Should it wake up, both send the same filing, and the server takes it once.
    return locks.request(NAME, { steal: true }, () => hold(work));
  }

  return (work) => (locks ? byLock(work) : byLease(work));
}
