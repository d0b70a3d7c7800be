/* The provisional papers of a filing that still waits: the record and the notice as the phone knows them, with a code by which
   the server confirms later that it took exactly this. */
import { make } from "../elements.js";
import { _, N_ } from "../i18n.js";
import { photoRefs } from "../offline/filing.js";
import { moment, tongue } from "../moment.js";

const SVG = "http://www.w3.org/2000/svg";
const RESULTS = { comply: N_("Complies"), fail: N_("Does not comply"), na: N_("Not applicable") };
const LOOKS = { fixed: N_("Rectified"), partly: N_("Partly rectified"), not_fixed: N_("Not rectified") };
const PARTIES = { inspector: N_("Inspector"), site: N_("Person in charge on site") };

/** The short code of a filing: what two people compare. */
export const codeOf = (sha256) => `${sha256.slice(0, 4)} ${sha256.slice(4, 8)}`.toUpperCase();

const day = (iso) => new Intl.DateTimeFormat(tongue(), { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${iso}T00:00Z`));

function facts(pairs) {
  const list = make("dl", "dl");
  for (const [name, value] of pairs) {
    if (value) list.append(make("div", "", make("dt", "", name), make("dd", "", value)));
  }
  return list;
}

function drawn({ strokes }) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 300 100");
  picture.setAttribute("role", "img");
  for (const stroke of strokes) {
    const line = document.createElementNS(SVG, "polyline");
    line.setAttribute("points", stroke.map(([x, y]) => `${(x * 100).toFixed(1)},${(y * 100).toFixed(1)}`).join(" "));
    picture.append(line);
  }
  return picture;
}

function signature(part, siteName) {
  const name = part.name || (part.party === "site" ? siteName : "");
  const who = [_(PARTIES[part.party] ?? part.party), name, part.signed_at && moment(part.signed_at)].filter(Boolean).join(" · ");
  const given = part.strokes.length ? drawn(part)
    : part.refused_reason ? make("p", "", _("Refused to sign"), ": ", part.refused_reason)
      : part.on_paper ? make("p", "", _("To be signed by hand on the printed record")) : null;
  if (!given) return null;
  given.setAttribute("aria-label", _("Signature of %(name)s", { name: name || who }));
  return make("figure", "signature", given, make("figcaption", "small", who));
}

function finding(one, number, hazards) {
  const due = one.adds_to ? _("Added to the hazard that is open already: %(words)s", { words: hazards[one.adds_to] ?? "" })
    : one.due_on ? _("To be rectified by %(day)s", { day: day(one.due_on) }) : _("Rectified on the spot");
  const photos = _("%(count)s photos", { count: one.before.length + one.after.length });
  return make("li", "", make("strong", "", `${number}. ${one.description}`),
    make("p", "small", [one.place, due, photos].filter(Boolean).join(" · ")),
    make("p", "small", [one.measure, one.basis].filter(Boolean).join(" · ")));
}

function head(title, entry) {
  return [
    make("h2", "", title),
    make("p", "line", make("b", "badge due", _("Not uploaded yet, to be confirmed by the server")), make("span", "num", _("Code %(code)s", { code: codeOf(entry.sha256) }))),
  ];
}

const foot = (entry) => make("p", "small quiet digest", _("Digest of the content (SHA-256): %(digest)s", { digest: entry.sha256 }));

const counts = (answers) => Object.entries(RESULTS)
  .map(([result, name]) => `${_(name)} ${answers.filter((answer) => answer.result === result).length}`).join(" · ");

/** What was measured, each reading with what it is of. */
const readings = ({ answers }, names) => answers.filter((one) => one.reading)
  .map((one) => [`${names[one.item_id] ?? ""} ${one.reading}`.trim(), one.reading_reason].filter(Boolean).join(" · ")).join("; ");

function record(filing, entry, hazards) {
  const inspector = filing.signatures.find((part) => part.party === "inspector")?.name;
  const rechecks = filing.rechecks.map((one) => make("li", "", make("strong", "", [hazards[one.hazard_uuid], _(LOOKS[one.result])].filter(Boolean).join(" · ")), make("p", "small", one.note ?? "")));
  return make("section", "section paper", ...head(_("Record of the check (provisional)"), entry),
    facts([
      [_("Site"), entry.label.title], [_("Kind of visit"), entry.label.detail],
      [_("Visit began"), moment(filing.started_at)], [_("Visit ended"), moment(filing.finished_at)],
      [_("Inspector"), [inspector, filing.certificate].filter(Boolean).join(" ")],
      [_("Companions"), filing.companions.map((person) => person.name).join(", ")],
      [_("Person in charge on site"), [filing.site_person.name, filing.site_person.title].filter(Boolean).join(" ")],
      [_("Items checked"), filing.answers.length ? counts(filing.answers) : ""], [_("Readings"), readings(filing, entry.label.readings ?? {})],
      [_("Photos"), String(photoRefs(filing).length)],
      [_("Summary"), filing.summary], [_("Objection of the enterprise"), filing.objection],
    ]),
    rechecks.length ? make("h3", "", _("Earlier hazards")) : null, rechecks.length ? make("ul", "plain-list", ...rechecks) : null,
    filing.findings.length ? make("h3", "", _("Hazards found")) : null,
    filing.findings.length ? make("ol", "plain-list", ...filing.findings.map((one, i) => finding(one, i + 1, hazards))) : null,
    make("div", "cols two", ...filing.signatures.map((part) => signature(part, filing.site_person.name))), foot(entry));
}

function notice(filing, entry) {
  const open = filing.findings.filter((one) => !one.fixed_on_spot && !one.adds_to);
  if (!open.length) return null;
  const words = _("%(name)s: the following hazards were found on %(day)s. Rectify each by its date. The numbered notice follows after the upload.", {
    name: entry.label.title, day: day(new Date(Date.parse(filing.started_at) + 8 * 3600000).toISOString().slice(0, 10)),
  });
  return make("section", "section paper", ...head(_("Rectification notice (provisional)"), entry), make("p", "", words),
    make("ol", "plain-list", ...open.map((one, i) => finding(one, i + 1, {}))), foot(entry));
}

/** The papers of an entry of the outbox, as elements. */
export function papers(entry) {
  const filing = JSON.parse(entry.body);
  return [record(filing, entry, entry.label.hazards ?? {}), notice(filing, entry)].filter(Boolean);
}
