/* Narrows a list to the rows that contain what is typed; works on a page that the phone has kept. */
export function start(form) {
  const field = form.querySelector("input[type=search]");
  const rows = [...(document.getElementById(form.dataset.rows)?.querySelectorAll("li") ?? [])];
  const none = document.querySelector("[data-none]");
  const narrow = () => {
    const wanted = field.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    if (none) none.hidden = rows.some((row) => !row.hidden);
  };
  field.addEventListener("input", narrow);
  form.addEventListener("submit", (event) => {
    // The server is asked only where it may know more than the page shows.
    if (!("whole" in form.dataset)) return;
    event.preventDefault();
    narrow();
  });
}
