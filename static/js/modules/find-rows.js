/* Narrows a list to the rows that contain what is typed; works on a page that the phone has kept. */

/** Shows of `rows` those that contain what is typed, `none` where there are none; returns the way to do it now. */
export function narrowBy(field, rows, none) {
  const narrow = () => {
    const wanted = field.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    if (none) none.hidden = rows.some((row) => !row.hidden);
  };
  field.addEventListener("input", narrow);
  return narrow;
}

export function start(form) {
  const rows = [...(document.getElementById(form.dataset.rows)?.querySelectorAll("li") ?? [])];
  const narrow = narrowBy(form.querySelector("input[type=search]"), rows, document.querySelector("[data-none]"));
  form.addEventListener("submit", (event) => {
    // The server is asked only where it may know more than the page shows.
    if (!("whole" in form.dataset)) return;
    event.preventDefault();
    narrow();
  });
}
