/* How a waiting filing is named to people. */
import { N_, _ } from "../i18n.js";
import { REASONS } from "../offline/reasons.js";

const STATES = {
  queued: [N_("Waits to be sent"), "due"],
  sending: [N_("Being sent"), "wait"],
  waiting_sign_in: [N_("Waits for sign-in"), "due"],
  refused: [N_("Not accepted"), "bad"],
  conflict: [N_("Filed twice"), "bad"],
  put_away: [N_("Put away"), "plain"],
};

/** [words, tone of the badge] of an entry's state. */
export function stateOf(entry) {
  const [words, tone] = STATES[entry.state];
  return [_(words), tone];
}

// Here the server's own sentence says it all.
const ENOUGH = ["conflict", "forbidden", "acted_first"];

/** Why an entry still waits, in words; what the server said comes first. Empty when nothing went wrong yet. */
export function reasonOf(entry) {
  if (!entry.reason) return "";
  const told = [...new Set([entry.words, ...entry.fields.map((field) => field.message)].filter(Boolean))];
  const more = told.length && ENOUGH.includes(entry.reason) ? [] : [_(REASONS[entry.reason])];
  return [...told, ...more].join(" ");
}
