/* On every page: warns of filings that have waited for more than a day, more strongly with age, and says what to do. */
import { banner, link } from "../alert.js";
import { _, ready } from "../i18n.js";
import { ageInDays, bannerKind } from "../offline/reminder-policy.js";
import { phone } from "../phone.js";

function words(kind, days) {
  switch (kind) {
    case "info": return _("A check has waited on this phone for a day. Open this app where there is a network; it is sent by itself.");
    case "warning": return _("A check has waited on this phone for %(days)s days. Go to a network and press “Send all now” on the page Me.", { days });
    default: return _("A check has waited on this phone for %(days)s days. Send it today; without a network hand it to a colleague or the office as a rescue file.", { days });
  }
}

export async function start(element) {
  if (phone.user === null) return;
  await ready;
  phone.watch(async () => {
    const days = ageInDays(await phone.outbox.list(), Date.now());
    const kind = bannerKind(days);
    element.hidden = !kind;
    element.replaceChildren(...(kind ? [banner(kind, words(kind, days), link(_("What waits on this phone"), "/me#waiting"))] : []));
  });
}
