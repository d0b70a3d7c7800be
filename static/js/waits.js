/* How much waited on this phone when it was last looked at, in a cookie: it outlives the storage that a browser clears. */
const LIFE_S = 400 * 86400;
const name = (user) => `xuncha-waits-${user}`;

/** The number of filings that waited here, as last noted; nought when nothing was noted. */
export function remembered(user) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name(user)}=`));
  return Number(found?.split("=")[1]) || 0;
}

/** Note how many wait now. */
export function remember(user, count) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name(user)}=${count}; Path=/; SameSite=Lax; Max-Age=${count ? LIFE_S : 0}${secure}`;
}
