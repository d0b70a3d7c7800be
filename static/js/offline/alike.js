/* PURE. Which open hazards look like a finding that is being written; the office's choice at a merge weighs alike (hazards/queries.py). */
const SHORTEST_PLACE = 2;

const samePlace = (one, other) =>
  one.length >= SHORTEST_PLACE && other.length >= SHORTEST_PLACE && (one.includes(other) || other.includes(one));

/** The open hazards {item, place, kind} that look like a finding, each with its weight, the likest first: by item, then place, then class. */
export function alike(hazards, { item, place, kind }) {
  const weight = (one) => 4 * (item !== "" && one.item === item) + 2 * samePlace(one.place, place) + (one.kind === kind);
  return hazards
    .map((one) => ({ ...one, weight: weight(one) }))
    .filter((one) => one.weight > 0)
    .sort((one, other) => other.weight - one.weight);
}
