/** A moment in the zone's time, as the page's language writes it. */
export function moment(at) {
  const style = { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Shanghai" };
  return new Intl.DateTimeFormat(document.documentElement.lang, style).format(new Date(at));
}
