/* The only entry that pages name. */
import { startModules } from "./behaviours.js";

startModules(document);

// On a phone tabs scroll sideways: the open one must be seen.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest("ul");
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}
