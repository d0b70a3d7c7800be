/* PURE. Readings and required photos: the twin of inspect/xuncha/checks/readings.py; tests/checks/faults.json holds for both. */
const N_ = (message) => message;
const LOOKED_AT = ["comply", "fail"];

// Nine and four digits: numbers of the browser tell all of them apart.
const isReading = (text, decimals) => /^-?\d{1,9}(\.\d{1,4})?$/.test(text) && (text.split(".")[1] ?? "").length <= decimals;

/** The answer that a reading gives; null when it is no reading. The limits comply. */
export function decided({ lower, upper, decimals }, reading) {
  if (!isReading(reading, decimals)) return null;
  // Against no limit nothing is less or more.
  return Number(reading) < (lower || undefined) || Number(reading) > (upper || undefined) ? "fail" : "comply";
}

/** Whether an answer needs a reason: it is not that of its reading, or there is none. */
export const needsReason = (limits, { result, reading = "" }) =>
  (reading ? Boolean(result) && decided(limits, reading) !== result : LOOKED_AT.includes(result));

function ofReading(limits, answer) {
  const { reading = "", reading_reason: reason = "" } = answer;
  if (reading && !isReading(reading, limits.decimals)) return ["reading", N_("%(code)s: enter the reading as a number with at most %(decimals)s decimals.")];
  if (reason.trim() || !needsReason(limits, answer)) return null;
  return reading ? ["reading_reason", N_("%(code)s: the answer is not that of the reading. Say why.")]
    : ["reading", N_("%(code)s: enter the reading, or say why there is none.")];
}

/** The faults of the answers as [field, message]; `items` maps an item to {limits, photo}, what it asks for. */
export function ofMeasured({ answers, findings }, items, noPhone) {
  const shown = findings.filter((one) => one.before?.length).map((one) => Number(one.item_id));
  return answers.flatMap((answer) => {
    const { limits, photo } = items[answer.item_id] ?? {};
    const there = answer.photos?.length || answer.no_photo?.trim() || shown.includes(answer.item_id) || noPhone;
    const fault = (limits && ofReading(limits, answer))
      || (photo && LOOKED_AT.includes(answer.result) && !there && ["photos", N_("%(code)s: take the photo that is asked for, or say why there is none.")]);
    return fault ? [[`answers.${answer.item_id}.${fault[0]}`, fault[1]]] : [];
  });
}
