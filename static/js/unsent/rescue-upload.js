/* Brings one filing of a rescue file to the server for its author: photos first, then the filing, as the sender does. */
import { sha256, utf8 } from "../offline/digest.js";
import * as filing from "../offline/filing.js";
import { makeAsk } from "../offline/sender.js";

const GONE = { state: filing.STATES.REFUSED, reason: "photo_gone" };
const photoUrl = (sha256) => `/sync/photos/${sha256}`;

function json(answer) {
  try {
    return JSON.parse(answer.body);
  } catch {
    return null;
  }
}

async function known(ask, photo) {
  const answer = await ask(photoUrl(photo.sha256), { method: "GET" });
  return { answer, there: answer.status === 200 && json(answer)?.sha256 === photo.sha256 };
}

async function bring(ask, photo, token) {
  const { answer, there } = await known(ask, photo);
  if (there) return { taken: true };
  if (!photo.bytes) {
    const absent = json(answer)?.error === "photo_unknown";
    return absent ? GONE : filing.judgePhoto(answer, photo);
  }
  const taken = await ask(photoUrl(photo.sha256), {
    method: "PUT",
    body: new Blob([photo.bytes], { type: photo.type }),
    headers: { "Content-Type": photo.type, "X-Content-Length-Declared": String(photo.size), "X-CSRFToken": token },
    size: photo.size,
  });
  const judged = filing.judgePhoto(taken, photo);
  const isWhole = judged.reason !== "bad_body" || (await sha256(photo.bytes)) === photo.sha256;
  return isWhole ? judged : GONE;
}

/** A form token for whoever is signed in here, or null without a network or a sign-in. */
export async function freshToken(ask = makeAsk()) {
  const answer = await ask("/sync/token", { method: "GET" });
  return answer.status === 200 ? (json(answer)?.token ?? null) : null;
}

/** {receipt} when the server has the filing, whole; else the state and reason why not, as filing.js judges it. */
export async function deliver(item, { author, token, ask = makeAsk() }) {
  for (const photo of item.photos) {
    const judged = await bring(ask, photo, token);
    if (!judged.taken) return judged;
  }
  const answer = await ask(`${filing.addressOf(item)}?for=${author}`, {
    method: "POST",
    body: item.body,
    // Not the phone's time: this is another phone than the one on which the visit was filled in.
    headers: { "Content-Type": "application/json", "X-Filing-SHA256": item.sha256, "X-CSRFToken": token },
    size: utf8(item.body).length,
  });
  return filing.judgeFiling(answer, item);
}
