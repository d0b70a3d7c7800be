/* Ignores a second tap while the first post is on its way. */
const DOWNLOAD_MS = 10000;

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

export function start(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    // Later listeners may take the post over; only a real one is locked. Not `disabled`: its name and value must be sent.
    setTimeout(() => {
      if (event.defaultPrevented) return;
      form.dataset.sent = "yes";
      if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
      // An answer that is a file leaves this page standing.
      setTimeout(() => release(form), DOWNLOAD_MS);
    });
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) release(form);
  });
}
