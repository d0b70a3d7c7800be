/* The key / goes to the search field, except where something is being typed or a list has the key. */
export function start(form) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (document.querySelector("[data-keys-switch][aria-pressed=true]")) return;
    const field = form.elements.q;
    if (!field.offsetParent) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
