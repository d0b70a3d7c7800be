/* The bright/dark switch. A cookie, so that the server paints the first frame of the next page in the chosen theme. */
const YEAR = 365 * 24 * 3600;
const root = document.documentElement;
const systemDark = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  const match = document.cookie.match(/(?:^|; )theme=(light|dark)/);
  return match ? match[1] : null;
}

function isDark() {
  return root.dataset.theme === "dark" || (root.dataset.theme !== "light" && systemDark.matches);
}

export function start(button) {
  // A page from the offline cache carries the theme of the day it was fetched.
  if (chosen()) root.dataset.theme = chosen();
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  show();
  button.hidden = false;
  systemDark.addEventListener("change", show);
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=${YEAR}; SameSite=Lax`;
    show();
  });
}
