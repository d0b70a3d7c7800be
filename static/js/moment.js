/** A moment in the zone's time, as the page's language writes it. */
export function moment(at) {
  const style = { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Shanghai" };
  return new Intl.DateTimeFormat(tongue(), style).format(new Date(at));
}

/** The language of the page as dates are written in it: day before month in English, as on every page of the server. */
export function tongue() {
  const { lang } = document.documentElement;
  return lang === "en" ? "en-GB" : lang;
}
