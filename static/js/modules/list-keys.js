/* The keys of a list on a desk: j and k go from line to line, Enter opens the line (its link has the focus), x selects it,
   / goes to the search. They are single letters, so a switch turns them off, and no field is ever robbed of what is typed. */
import { _, readyLater } from "../i18n.js";

const KEPT = "list-keys";
const TYPED = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

function kept() {
  try { return localStorage.getItem(KEPT) !== "off"; } catch { return true; }
}

function keep(on) {
  try { localStorage.setItem(KEPT, on ? "on" : "off"); } catch { /* it holds for this page */ }
}

function goTo(lines, step) {
  const now = lines.findIndex((line) => line.contains(document.activeElement));
  const next = now < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(Math.max(now + step, 0), lines.length - 1);
  const link = lines[next].querySelector("th a, a");
  link.focus();
  link.scrollIntoView({ block: "nearest" });
}

function select(lines) {
  const box = lines.find((line) => line.contains(document.activeElement))?.querySelector("[type=checkbox]");
  if (box) box.click();
}

function search() {
  const field = document.querySelector("main [type=search], main [name=q], main [name=text]");
  if (!field) return;
  const fold = field.closest("details");
  if (fold) fold.open = true;
  field.focus();
  field.select();
}

export async function start(list) {
  await readyLater();
  const help = list.querySelector("[data-keys]");
  const toggle = list.querySelector("[data-keys-switch]");
  const lines = [...list.querySelectorAll("tbody tr")];
  let on = kept();

  const show = () => {
    toggle.setAttribute("aria-pressed", String(on));
    toggle.textContent = on ? _("Keys on") : _("Keys off");
  };
  toggle.addEventListener("click", () => {
    on = !on;
    keep(on);
    show();
  });

  const acts = { j: () => goTo(lines, 1), k: () => goTo(lines, -1), x: () => select(lines), "/": search };
  document.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing;
    if (!on || !plain || !acts[event.key] || event.target.closest(TYPED) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    acts[event.key]();
  });
  show();
  help.hidden = false;
  list.dataset.ready = "";
}
