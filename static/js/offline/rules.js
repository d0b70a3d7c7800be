/* PURE. What the server is bound to refuse in a filing (checks/rules.py, checks/filing.py, hazards/findings.py; checks/readings.py in readings.js), asked before it
   leaves the phone; tests/checks/faults.json holds for both. */
import { dayOf } from "./fields.js";
import { photoHashes } from "./filing.js";
import { ofMeasured } from "./readings.js";

export const MAX_PHOTOS = 60;

const N_ = (message) => message;
const DAY_MS = 86400000;

function ofTimes({ started_at: began, finished_at: ended }) {
  if (Number.isNaN(Date.parse(began))) return [["started_at", N_("Enter when the visit began.")]];
  const lasted = Date.parse(ended) - Date.parse(began);
  if (Number.isNaN(lasted)) return [["finished_at", N_("Enter when the visit ended.")]];
  if (lasted < 0) return [["finished_at", N_("The visit ends before it begins. Correct the times.")]];
  return lasted > DAY_MS ? [["finished_at", N_("A visit lasts at most a day. Correct the times.")]] : [];
}

/** A visit that has a list looked at something on it. An idle site may be seen to be empty from its gate. */
function ofAnswers({ kind, answers }, firstItem) {
  if (firstItem === undefined || ["idle_patrol", "recheck"].includes(kind) || answers.some((answer) => answer.result !== "unchecked")) return [];
  return [[`answers.${firstItem}.result`, N_("No item is answered. Go through the list before you submit.")]];
}

function ofFinding(finding, filing, noPhone) {
  const at = `findings.${finding.uuid}`;
  if (!finding.description?.trim()) return [[`${at}.description`, N_("%(code)s does not comply: say what is wrong.")]];
  if (finding.fixed_on_spot && finding.adds_to) {
    return [[`${at}.adds_to`, N_("This hazard is open already: choose its result under “Earlier hazards”, or file it as new.")]];
  }
  if (finding.fixed_on_spot) {
    return finding.after.length || noPhone ? [] : [[`${at}.after`, N_("Rectified on the spot: add a photo of how it looks now, or choose a due date.")]];
  }
  if (!finding.due_on) return [[`${at}.due_on`, N_("%(words)s: choose by when it must be rectified.")]];
  return finding.due_on < dayOf(filing.started_at) ? [[`${at}.due_on`, N_("A due date lies before the visit. Correct it.")]] : [];
}

const ofRecheck = ({ hazard_uuid: uuid, result, due_on: due }) =>
  result === "fixed" || due ? [] : [[`rechecks.${uuid}.due_on`, N_("%(number)s is not rectified: give it a new due date.")]];

function ofSignatures({ kind, signatures }) {
  const given = signatures.filter((part) => part.strokes.length || part.refused_reason?.trim() || part.on_paper).map((part) => part.party);
  const faults = [];
  if (!given.includes("inspector")) faults.push(["signatures.inspector", N_("The inspector has not signed. Sign with a finger.")]);
  if (!given.includes("site") && kind !== "idle_patrol") {
    faults.push(["signatures.site", N_("The person in charge on site has not signed. Let them sign, or note the refusal and its reason.")]);
  }
  return faults;
}

/** Entered on a later day. A phone without a network signs on the day of the visit and sends later: that is no late entry. */
function isLate(filing, now) {
  const days = [dayOf(filing.started_at), dayOf(filing.finished_at)]; // a visit over midnight has two
  const signed = filing.signatures.map((part) => part.signed_at).filter(Boolean);
  return days[1] < dayOf(new Date(now).toISOString()) && (!signed.length || signed.some((at) => !days.includes(dayOf(at))));
}

const ofPhotos = (filing) =>
  photoHashes(filing).length > MAX_PHOTOS ? [["scene", N_("A check takes at most %(count)s photos. Take some out, or file a second check.")]] : [];

/** The faults of a filing as [field, message]; `firstItem` of its list if it has one, `noPhone` where no phone may be carried on site, `items`
 * those that ask for a reading or a photo. */
export function faultsOf(filing, { now, firstItem, noPhone = false, items = {} }) {
  const faults = [];
  if (filing.replaces && !filing.correction_reason?.trim()) faults.push(["correction_reason", N_("Say why the check is corrected.")]);
  faults.push(...ofPhotos(filing), ...ofAnswers(filing, firstItem), ...ofMeasured(filing, items, noPhone));
  faults.push(...filing.rechecks.flatMap(ofRecheck), ...filing.findings.flatMap((finding) => ofFinding(finding, filing, noPhone)));
  const times = ofTimes(filing);
  faults.push(...times);
  if (!times.length && !filing.replaces && !filing.late_reason?.trim() && isLate(filing, now)) {
    faults.push(["late_reason", N_("This visit was on an earlier day. Say why it is entered late.")]);
  }
  return [...faults, ...ofSignatures(filing)];
}
