/* One banner for what the phone cannot do just now, always in sight. */
import { banner } from "../alert.js";
import { _, N_ } from "../i18n.js";

const WORDS = {
  full: N_("This phone is full: what you enter now is not kept. Free some space; it is kept as soon as there is room."),
  broken: N_("This phone could not keep what you entered last. Leave this page open; it is tried again with your next entry."),
  newer: N_("This page is older than what this phone keeps, so nothing more is kept. Load the page again."),
  blocked: N_("Another tab of this app holds what this phone keeps. Close the other tab."),
  missing: N_("This browser keeps nothing on the phone: what you enter is gone when the page is closed. Submit while there is a network."),
};

/** Say what a failed save means. */
export function showStorageAlert(error) {
  hideStorageAlert();
  const made = banner("danger", _(WORDS[error.code] ?? WORDS.broken));
  made.classList.add("trouble");
  made.setAttribute("role", "alert");
  document.querySelector("[data-draft-notice]").before(made);
}

export const hideStorageAlert = () => document.querySelector(".trouble")?.remove();
